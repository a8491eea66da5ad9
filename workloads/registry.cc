// One row a workload.
#include "workloads/registry.h"

#include "workloads/append.h"
#include "workloads/bank.h"
#include "workloads/counter.h"
#include "workloads/g2.h"
#include "workloads/lock.h"
#include "workloads/long_fork.h"
#include "workloads/queue.h"
#include "workloads/register.h"
#include "workloads/set.h"
#include "workloads/wr.h"

namespace cleave {

std::span<const WorkloadInfo> Workloads() {
  static const WorkloadInfo kWorkloads[] = {
      {"register", "read, write and cas over independent keys", MakeRegister},
      {"set", "unique adds, reads now and then, final reads", MakeSet},
      {"append", "transactions that append to and read lists", MakeAppend},
      {"wr", "transactions that write and read registers", MakeWr},
      {"bank", "transfers between accounts, reads of all of them", MakeBank},
      {"long-fork", "transactions that write one key, and reads of a group of keys", MakeLongFork},
      {"g2", "pairs of inserts that exclude each other", MakeG2},
      {"counter", "adds to a counter, reads of it", MakeCounter},
      {"queue", "unique elements are enqueued and dequeued, and what is left drained", MakeQueue},
      {"lock", "a lock is acquired, held for a while, released", MakeLock},
      {"lock-fenced", "the same; what was done under it is committed if it is still held",
       MakeFencedLock},
  };
  return kWorkloads;
}

const WorkloadInfo* FindWorkload(std::string_view name) {
  for (const WorkloadInfo& workload : Workloads()) {
    if (workload.name == name) return &workload;
  }
  return nullptr;
}

}  // namespace cleave
