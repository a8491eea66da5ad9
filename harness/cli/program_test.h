// Running the built program as a user would, for tests.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace cleave {

struct ProgramResult {
  int exit_code = -1;
  std::string output;  // standard output and error together
};

/// Runs a shell command line.
inline ProgramResult RunShell(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen failed");
  ProgramResult result;
  std::array<char, 4096> buffer;
  while (const size_t n = fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), n);
  }
  const int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

/// The program as a word for a shell, also inside single quotes: the checkout's path may hold
/// spaces.
constexpr char kProgram[] = "\"" CLEAVE_PROGRAM "\"";

/// Runs `cleave ARGUMENTS`, at most two minutes.
inline ProgramResult RunCleave(const std::string& arguments) {
  return RunShell(std::string("timeout 120 ") + kProgram + " " + arguments);
}

/// A directory that is removed with its content.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    char name[] = "/tmp/cleave-test-XXXXXX";
    if (mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string Write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name) << content;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace cleave
