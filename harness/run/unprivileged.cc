// See unprivileged.h. Called between fork and exec: only system calls.
#include "harness/run/unprivileged.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace cleave {
namespace {

/// 0 or errno.
int WriteProcFile(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = write(fd, text.data(), text.size()) < 0 ? errno : 0;
  close(fd);
  return error;
}

}  // namespace

int BecomeUnprivileged() {
  // Asked before: in the new namespace they have no name yet.
  const std::string inside = std::to_string(kUnprivilegedUid) + " ";
  const std::string uid_map = inside + std::to_string(geteuid()) + " 1";
  const std::string gid_map = inside + std::to_string(getegid()) + " 1";
  if (unshare(CLONE_NEWUSER) < 0) return errno;
  if (const int error = WriteProcFile("/proc/self/uid_map", uid_map)) return error;
  // The kernel lets a process map a group of its own only when setgroups is given up.
  if (const int error = WriteProcFile("/proc/self/setgroups", "deny")) return error;
  return WriteProcFile("/proc/self/gid_map", gid_map);
}

}  // namespace cleave
