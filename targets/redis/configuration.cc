// See configuration.h. What is not set here is as Redis has it by default.
#include "targets/redis/configuration.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "targets/redis/sentinel.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

fs::path DataOf(const Node& node) { return fs::absolute(node.data_directory()); }

std::string ServerText(const Node& node, const RedisNodeOptions& options) {
  std::ostringstream text;
  text << "bind " << node.address() << "\n"
       << "protected-mode no\n"
       << "port " << kRedisPort << "\n"
       << "dir " << DataOf(node) << "\n"
       << "replica-announce-ip " << node.address()
       << "\n"
       // As those run it who want to keep their data; fsync every second, the default.
       << "appendonly yes\n"
       // A replica need not wait five seconds for others that may come.
       << "repl-diskless-sync-delay 0\n";
  if (options.min_replicas_to_write > 0) {
    text << "min-replicas-to-write " << options.min_replicas_to_write << "\n";
  }
  if (node.address() != options.first_master) {
    text << "replicaof " << options.first_master << " " << kRedisPort << "\n";
  }
  return text.str();
}

std::string SentinelText(const Node& node, const RedisNodeOptions& options) {
  const std::string master = kRedisMasterName;
  std::ostringstream text;
  text << "bind " << node.address() << "\n"
       << "protected-mode no\n"
       << "port " << kSentinelPort << "\n"
       << "dir " << DataOf(node) << "\n"
       << "logfile " << fs::absolute(node.log_directory() / "sentinel.log") << "\n"
       << "sentinel announce-ip " << node.address() << "\n"
       << "sentinel monitor " << master << " " << options.first_master << " " << kRedisPort << " "
       << options.quorum
       << "\n"
       // By default 30 s and 180 s: faults of a test are shorter.
       << "sentinel down-after-milliseconds " << master << " 2000\n"
       << "sentinel failover-timeout " << master << " 5000\n";
  // It would ask the master after ten seconds; a replica that it does not know when the master is
  // lost is never told of the next one.
  for (const std::string& replica : options.replicas) {
    text << "sentinel known-replica " << master << " " << replica << " " << kRedisPort << "\n";
  }
  return text.str();
}

void WriteOnce(const fs::path& path, const std::string& text) {
  if (fs::exists(path)) return;
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

fs::path RedisConfiguration(const Node& node) { return DataOf(node) / "redis.conf"; }

fs::path SentinelConfiguration(const Node& node) { return DataOf(node) / "sentinel.conf"; }

void WriteConfigurations(const Node& node, const RedisNodeOptions& options) {
  WriteOnce(RedisConfiguration(node), ServerText(node, options));
  WriteOnce(SentinelConfiguration(node), SentinelText(node, options));
}

}  // namespace cleave
