// See namespace_processes.h and proc(5).
#include "harness/cluster/namespace_processes.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace cleave {
namespace {

namespace fs = std::filesystem;

/// The numbers that name the entries of a directory of /proc: processes, or threads of one.
std::vector<pid_t> Numbers(const fs::path& directory) {
  std::vector<pid_t> numbers;
  std::error_code gone;
  for (fs::directory_iterator entry(directory, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const std::string name = entry->path().filename();
    if (name.find_first_not_of("0123456789") == std::string::npos)
      numbers.push_back(std::stoi(name));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

fs::path Proc(pid_t pid) { return fs::path("/proc") / std::to_string(pid); }

std::optional<ino_t> PidNamespace(pid_t pid) {
  struct stat status;
  if (stat((Proc(pid) / "ns/pid").c_str(), &status) < 0) return std::nullopt;
  return status.st_ino;
}

/// "" of a process that is gone, also of one that goes between the opening and the reading: a
/// stream's iterator would throw then.
std::string ReadFile(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The letter after "PID (NAME) ", where NAME may hold anything; nothing for a thread that is gone.
std::optional<char> StateOf(const fs::path& task) {
  const std::string text = ReadFile(task / "stat");
  const size_t end = text.rfind(") ");
  if (end == std::string::npos || end + 2 >= text.size()) return std::nullopt;
  return text[end + 2];
}

std::optional<char> StateOfAllThreads(pid_t pid) {
  const std::optional<char> state = StateOf(Proc(pid));
  if (state != 'T') return state;
  for (pid_t thread : Numbers(Proc(pid) / "task")) {
    const std::optional<char> other = StateOf(Proc(pid) / "task" / std::to_string(thread));
    if (other.value_or('T') != 'T') return other;
  }
  return state;
}

std::string CommandOf(pid_t pid) {
  std::string command = ReadFile(Proc(pid) / "cmdline");
  while (!command.empty() && command.back() == '\0') command.pop_back();
  std::replace(command.begin(), command.end(), '\0', ' ');
  if (!command.empty()) return command;
  command = ReadFile(Proc(pid) / "comm");
  if (!command.empty()) command.pop_back();  // its newline
  return command;
}

std::vector<pid_t> Members(pid_t init) {
  const std::optional<ino_t> wanted = PidNamespace(init);
  if (!wanted) return {};
  std::vector<pid_t> members;
  for (pid_t pid : Numbers("/proc")) {
    if (pid != init && PidNamespace(pid) == wanted) members.push_back(pid);
  }
  return members;
}

}  // namespace

std::vector<ProcessState> NamespaceProcesses(pid_t init) {
  std::vector<ProcessState> processes;
  for (pid_t pid : Members(init)) {
    const std::optional<char> state = StateOfAllThreads(pid);
    if (state) processes.push_back({pid, *state, CommandOf(pid)});
  }
  return processes;
}

void StopNamespace(pid_t init, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    bool all_stopped = true;
    for (pid_t pid : Members(init)) {
      const char state = StateOfAllThreads(pid).value_or('X');
      if (state == 'T' || state == 'Z' || state == 'X') continue;
      all_stopped = false;
      kill(pid, SIGSTOP);
    }
    if (all_stopped) return;
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("processes did not stop within " + std::to_string(deadline.count()) +
                               " ms of SIGSTOP");
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void ContinueNamespace(pid_t init) {
  for (pid_t pid : Members(init)) kill(pid, SIGCONT);
}

}  // namespace cleave
