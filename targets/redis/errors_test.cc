// Which error replies are definite.
#include "targets/redis/errors.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TEST(RedisErrors, RefusalsBeforeExecutionAreDefiniteAndHaveTheirNames) {
  const std::pair<const char*, const char*> refusals[] = {
      {"LOADING Redis is loading the dataset in memory", "loading"},
      {"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
       "master-down"},
      {"READONLY You can't write against a read only replica.", "read-only"},
      {"READONLY You can't write against a read only replica. script: 3f8a, on @user_script:6.",
       "read-only"},
      {"NOREPLICAS Not enough good replicas to write.", "no-replicas"},
      {"MISCONF Errors writing to the AOF file: No space left on device", "disk-error"},
      {"OOM command not allowed when used memory > 'maxmemory'.", "out-of-memory"},
      {"BUSY Redis is busy running a script.", "busy"},
      {"EXECABORT Transaction discarded because of previous errors.", "aborted"},
      {"WRONGTYPE Operation against a key holding the wrong kind of value", "wrong-type"},
      {"CLUSTERDOWN Hash slot not served", "cluster-down"},
      {"NOAUTH Authentication required.", "not-allowed"},
      {"MOVED 3999 127.0.0.1:6381", "redirected"},
      {"ERR max number of clients reached", "too-many-clients"},
  };
  for (const auto& [reply, symbol] : refusals) {
    EXPECT_EQ(RedisErrorOf(reply).symbol, symbol) << reply;
    EXPECT_TRUE(RedisErrorOf(reply).definite) << reply;
    EXPECT_STREQ(RedisErrorOf(reply).what(), reply);
  }
}

TEST(RedisErrors, WhatMayHaveHappenedIsNotDefinite) {
  for (const char* reply :
       {"UNBLOCKED force unblock from blocking operation, instance state changed (master -> "
        "replica?)",
        "ERR something else", "BUSYKEY Target key name already exists.", "", "READONLYISH",
        "ERR WAIT cannot be used with replica instances."}) {
    EXPECT_EQ(RedisErrorOf(reply).symbol, "redis-error") << reply;
    EXPECT_FALSE(RedisErrorOf(reply).definite) << reply;
  }
}

}  // namespace
}  // namespace cleave
