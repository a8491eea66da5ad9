// cleave-raft: one node of the embedded store, one process.
#include <csignal>
#include <cstdio>

#include "harness/run/asio.h"
#include "targets/raft/server/server.h"

int main(int argc, char** argv) {
  using namespace cleave::raft;
  namespace asio = cleave::asio;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    const ServerOptions options = ParseServerOptions(arguments);
    if (options.help) {
      std::fputs(ServerUsage().c_str(), stdout);
      return 0;
    }
    if (options.version) {
      std::printf("cleave-raft %s\n", ServerVersion().c_str());
      return 0;
    }
    std::signal(SIGPIPE, SIG_IGN);
    asio::io_context io(1);
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    Server server(io, options);
    io.run();
    return 0;
  } catch (const UsageError& error) {
    std::fprintf(stderr, "cleave-raft: %s\nTry cleave-raft --help.\n", error.what());
    return 254;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cleave-raft: %s\n", error.what());
    return 255;
  }
}
