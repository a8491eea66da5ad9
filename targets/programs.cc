// See programs.h.
#include "targets/programs.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace cleave {
namespace {

constexpr std::chrono::seconds kRunLimit{120};

std::string ReadWhole(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::filesystem::path FindProgram(const std::string& name, const std::string& target) {
  const char* path = std::getenv("PATH");
  // Debian's users have no /usr/sbin in their path, where some servers are.
  std::istringstream folders(std::string(path != nullptr ? path : "") + ":/usr/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::filesystem::path program = std::filesystem::path(folder) / name;
    if (!folder.empty() && access(program.c_str(), X_OK) == 0) return program;
  }
  throw std::runtime_error(name + " is not installed: run `./cleave install " + target + "`");
}

std::string FirstLineOfVersion(const std::filesystem::path& program) {
  const std::string command = "'" + program.string() + "' --version 2>/dev/null";
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) return "";
  std::array<char, 256> line{};
  const bool any = fgets(line.data(), line.size(), output) != nullptr;
  pclose(output);
  const std::string text = any ? line.data() : "";
  return text.substr(0, text.find_first_of("\r\n"));
}

asio::awaitable<std::string> RunToEnd(Node& node, Program program) {
  co_await node.Start(program);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto deadline = std::chrono::steady_clock::now() + kRunLimit;
  while (node.Running() && std::chrono::steady_clock::now() < deadline) {
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
  }
  if (node.Running()) co_await node.Kill();
  std::string log = ReadWhole(node.log_directory() / program.log);
  if (node.ExitDescription() == "exited with 0") co_return log;
  throw std::runtime_error(program.argv[0] + " " + node.ExitDescription() + ": " + log);
}

}  // namespace cleave
