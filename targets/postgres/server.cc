// See server.h. Which of two servers is the primary is told by its data alone (standby.signal), so
// that both are always given the same settings.
#include "targets/postgres/server.h"

#include <fstream>
#include <vector>

#include "targets/postgres/connection.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

/// $1 the data, $2 pg_basebackup, $3 how to reach the other server; then the program. A copy has
/// its name once it is whole: whatever ends this, the next start begins again.
constexpr const char* kFollowAnew = R"(data=$1 backup=$2 from=$3
shift 3
until rm -rf "$data.new" &&
    "$backup" --dbname="$from" --pgdata="$data.new" --checkpoint=fast --wal-method=stream --no-sync
do sleep 0.5; done
touch "$data.new/standby.signal"
rm -rf "$data"
mv "$data.new" "$data"
exec "$@")";

std::vector<std::string> Settings(const PostgresSetup& setup, const Node& node, const Node* other) {
  std::vector<std::string> settings = {
      "listen_addresses=" + node.address(), "port=" + std::to_string(kPostgresPort),
      // No socket file, which would outlive a kill.
      "unix_socket_directories=",
      // Two that wait for each other need not wait for a second: it says nothing of safety.
      "deadlock_timeout=50ms",
      // After a kill: as safe as the default, which opens and syncs a thousand files.
      "recovery_init_sync_method=syncfs",
      // Connections that were given up for their deadline linger where they wait for a lock.
      "max_connections=1000"};
  if (other == nullptr) return settings;
  for (const std::string& setting :
       {// The name by which the other server knows this one as its standby.
        "cluster_name=" + node.name(), "primary_conninfo=" + ConnectionString(*other),
        // By default a minute, and five seconds: faults of a test are shorter.
        std::string("wal_receiver_timeout=2s"), std::string("wal_sender_timeout=2s"),
        std::string("wal_retrieve_retry_interval=500ms"),
        // What a standby that was away has missed must still be there.
        std::string("wal_keep_size=512MB")}) {
    settings.push_back(setting);
  }
  if (setup.synchronous) settings.push_back("synchronous_standby_names=" + other->name());
  return settings;
}

}  // namespace

fs::path PostgresData(const Node& node) { return node.data_directory() / "postgres"; }

bool HasStandbyData(const Node& node) { return fs::exists(PostgresData(node) / "standby.signal"); }

void MakeStandbyData(const Node& node) { std::ofstream(PostgresData(node) / "standby.signal"); }

std::string ConnectionString(const Node& node) {
  return "hostaddr=" + node.address() + " port=" + std::to_string(kPostgresPort) +
         " user=postgres dbname=postgres sslmode=disable connect_timeout=2 tcp_user_timeout=2000"
         // So that one who only receives learns, too, that nothing can come any more.
         " keepalives_idle=1 keepalives_interval=1";
}

Program PostgresProgram(const PostgresSetup& setup, const Node& node, const Node* other) {
  Program program;
  program.argv = {setup.programs / "postgres", "-D", PostgresData(node)};
  for (const std::string& setting : Settings(setup, node, other)) {
    program.argv.insert(program.argv.end(), {"-c", setting});
  }
  program.log = "postgres.log";
  program.not_root = true;
  program.stop_signal = SIGINT;  // "fast": ends without waiting for its clients to go
  return program;
}

Program FollowAnewProgram(const PostgresSetup& setup, const Node& node, const Node& other) {
  Program program = PostgresProgram(setup, node, &other);
  const std::vector<std::string> script = {"/bin/sh",
                                           "-c",
                                           kFollowAnew,
                                           "sh",
                                           PostgresData(node),
                                           setup.programs / "pg_basebackup",
                                           ConnectionString(other)};
  program.argv.insert(program.argv.begin(), script.begin(), script.end());
  return program;
}

}  // namespace cleave
