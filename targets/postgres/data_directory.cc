// See data_directory.h.
#include "targets/postgres/data_directory.h"

#include "targets/data_directory.h"

namespace cleave {

asio::awaitable<void> MakePostgresData(Node& node, std::filesystem::path data,
                                       std::filesystem::path programs, std::string version) {
  Program initdb;
  initdb.argv = {programs / "initdb", "-D",   data,       "-U", "postgres", "--auth", "trust",
                 "--encoding",        "UTF8", "--locale", "C"};
  initdb.log = "initdb.log";
  initdb.not_root = true;
  co_await MakeDataDirectory(node, data, "postgres-" + version, initdb);
}

}  // namespace cleave
