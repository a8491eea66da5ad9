// The table of error replies.
#include "targets/redis/errors.h"

#include <string_view>

namespace cleave {
namespace {

struct RedisMeaning {
  std::string_view begins;  // how the reply begins, a whole word or more
  const char* symbol;
};

// All are refusals before the command, or a script's first write, has changed anything.
constexpr RedisMeaning kRedisRefusals[] = {
    // The data is being read from the disk, or the first synchronisation is not over.
    {"LOADING", "loading"},
    // A replica without its master that may not serve old data.
    {"MASTERDOWN", "master-down"},
    // It was a master, or never was one.
    {"READONLY", "read-only"},
    // Fewer replicas than min-replicas-to-write.
    {"NOREPLICAS", "no-replicas"},
    // The last save, or a write to the append-only file, failed: it takes no writes until one
    // works.
    {"MISCONF", "disk-error"},
    {"OOM", "out-of-memory"},
    // Another client's script runs for too long.
    {"BUSY", "busy"},
    // A transaction of which a command was refused when it was queued: none of it was run.
    {"EXECABORT", "aborted"},
    {"WRONGTYPE", "wrong-type"},
    {"NOAUTH", "not-allowed"},
    {"NOPERM", "not-allowed"},
    // Redis Cluster: no node serves the slot, or another one does.
    {"CLUSTERDOWN", "cluster-down"},
    {"MOVED", "redirected"},
    {"ASK", "redirected"},
    {"TRYAGAIN", "redirected"},
    {"CROSSSLOT", "redirected"},
    {"ERR max number of clients reached", "too-many-clients"},
};

bool BeginsWith(std::string_view reply, std::string_view words) {
  return reply.starts_with(words) && (reply.size() == words.size() || reply[words.size()] == ' ');
}

}  // namespace

RedisError RedisErrorOf(const std::string& reply) {
  for (const RedisMeaning& meaning : kRedisRefusals) {
    if (BeginsWith(reply, meaning.begins)) return RedisError(meaning.symbol, reply, true);
  }
  return RedisError("redis-error", reply, false);
}

}  // namespace cleave
