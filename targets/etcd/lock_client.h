// etcd's own locks (its Lock service), as a client uses them that trusts them.
#pragma once

#include <memory>

#include "targets/etcd/clients.h"

namespace cleave {

/// acquire → the fencing token; release → null, or "expired" where the lease was gone; commit: the
/// token is written and the lock given back in one transaction, if the lock's key is still there
/// (kFail "lock-lost" where it is not). The lease is renewed in the background; a holder whose
/// lease could not be renewed goes on, as the command of `etcdctl lock NAME COMMAND` does.
std::unique_ptr<Client> MakeEtcdLockClient(const EtcdClientOptions& options);

}  // namespace cleave
