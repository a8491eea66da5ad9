// A process of the controller's own: a client, or a command that is asked once.
// Invariant: it has ended and was waited for, with all of its group, when the object is gone.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cleave {

struct ChildOptions {
  std::vector<std::string> argv;                   // argv[0]: a path
  std::map<std::string, std::string> environment;  // all of it
  std::filesystem::path directory;
  /// Descriptors that it gets as its standard streams; it gets no others. The caller's.
  int in, out, error;
};

class ChildProcess {
 public:
  /// Throws std::system_error with the program's name when it cannot be executed.
  explicit ChildProcess(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// Asks the kernel. It stays as it is, waited for or not.
  bool Running() const;
  /// Kills what is left of it, waits, and says how it ended: "exited with 1", "killed by signal 9".
  /// The second time: the same words.
  const std::string& End();
  /// Whether it ended by itself with 0. After End.
  bool succeeded() const { return succeeded_; }

 private:
  pid_t pid_;
  std::string ending_;  // "": it was not waited for yet
  bool succeeded_ = false;
};

}  // namespace cleave
