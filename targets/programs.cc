// See programs.h.
#include "targets/programs.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace cleave {

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

}  // namespace cleave
