// The table of targets.
#include "targets/registry.h"

#include <vector>

#include "targets/etcd/etcd_target.h"
#include "targets/mariadb/galera_target.h"
#include "targets/mariadb/mariadb_target.h"
#include "targets/postgres/postgres_target.h"
#include "targets/raft/client/raft_target.h"
#include "targets/redis/redis_target.h"

namespace cleave {

std::span<const TargetInfo> Targets() {
  static const std::vector<TargetInfo> kTargets = {
      RaftTarget(),     EtcdTarget(),    RedisSentinelTarget(),
      PostgresTarget(), MariadbTarget(), GaleraTarget(),
  };
  return kTargets;
}

const TargetInfo* FindTarget(std::string_view name) {
  for (const TargetInfo& target : Targets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace cleave
