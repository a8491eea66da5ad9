// The table of targets.
#include "targets/registry.h"

#include <algorithm>
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

int OnlyNodes(const TargetInfo& target, const std::map<std::string, std::string>& flags) {
  for (const TargetFlag& flag : target.flags) {
    if (flag.nodes.empty()) continue;
    const auto given = flags.find(flag.name);
    size_t value = 0;
    if (given != flags.end() && !given->second.empty()) {
      value =
          std::find(flag.values.begin(), flag.values.end(), given->second) - flag.values.begin();
    }
    if (value < flag.nodes.size()) return flag.nodes[value];
  }
  return target.nodes;
}

}  // namespace cleave
