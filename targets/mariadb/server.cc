// See server.h.
#include "targets/mariadb/server.h"

#include <algorithm>
#include <cctype>
#include <fstream>

#include "targets/data_directory.h"
#include "targets/programs.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

/// The word after "Ver" in "/usr/sbin/mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-…".
std::string MariadbVersion(const fs::path& server) {
  const std::string text = FirstLineOfVersion(server);
  const std::string label = " Ver ";
  const size_t begin = text.find(label);
  if (begin == std::string::npos) return "";
  const size_t word = begin + label.size();
  return text.substr(word, text.find(' ', word) - word);
}

}  // namespace

MariadbPrograms FindMariadb(const std::string& target) {
  MariadbPrograms programs;
  programs.server = FindProgram("mariadbd", target);
  programs.install = FindProgram("mariadb-install-db", target);
  programs.version = MariadbVersion(programs.server);
  return programs;
}

fs::path MariadbDataDirectory(const Node& node) { return node.data_directory() / "mariadb"; }

asio::awaitable<void> MakeMariadbData(Node& node, MariadbPrograms programs) {
  const fs::path data = MariadbDataDirectory(node);
  if (fs::exists(data)) co_return;
  const std::string user = kMariadbUser;
  const fs::path account = node.data_directory() / "account.sql";
  // Whoever can reach the server: the node's network is private.
  std::ofstream(account) << "FLUSH PRIVILEGES;\n"
                         << "CREATE USER " << user << "@'%';\n"
                         << "GRANT ALL ON *.* TO " << user << "@'%' WITH GRANT OPTION;\n"
                         << "CREATE DATABASE " << user << ";\n";
  Program install;
  install.argv = {programs.install,
                  "--no-defaults",
                  "--datadir=" + data.string(),
                  "--auth-root-authentication-method=normal",
                  "--skip-test-db",
                  "--skip-name-resolve",
                  "--innodb-log-file-size=16M",
                  "--extra-file=" + account.string()};
  install.log = "install.log";
  install.not_root = true;
  co_await MakeDataDirectory(node, data, "mariadb-" + programs.version, install);
}

Program MariadbProgram(const Node& node, const MariadbPrograms& programs) {
  Program program;
  program.argv = {programs.server, "--no-defaults",
                  "--datadir=" + MariadbDataDirectory(node).string(),
                  "--bind-address=" + node.address(), "--port=" + std::to_string(kMariadbPort),
                  "--skip-name-resolve",
                  // Within the data directory, or not at all: nodes share the machine's others.
                  "--pid-file=mariadbd.pid", "--socket=",
                  // The size of the data directory, which is copied for each run.
                  "--innodb-log-file-size=16M",
                  // Who waits for a lock longer than clients wait does nothing else.
                  "--innodb-lock-wait-timeout=1",
                  // Connections that were given up for their deadline linger until then.
                  "--max-connections=1000"};
  program.log = "mariadb.log";
  program.not_root = true;
  return program;
}

TargetFlag MariadbIsolationFlag() {
  return {"isolation",
          "the isolation level of all transactions",
          {"serializable", "repeatable-read", "read-committed"}};
}

MariadbServer MariadbServerOf(const Node& node, const TargetOptions& options) {
  MariadbServer server;
  server.address = node.address();
  const auto isolation = options.flags.find("isolation");
  if (isolation == options.flags.end()) return server;
  server.isolation = isolation->second;  // "repeatable-read", which SQL has as REPEATABLE READ
  for (char& c : server.isolation) {
    c = c == '-' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return server;
}

}  // namespace cleave
