// Installing packages. The whole of what needs root is one shell script, so that sudo asks once and
// its trap undoes the policy file on every way out.
#include "targets/install.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

namespace cleave {
namespace {

constexpr int kFailed = 255;

// $1: the policy file; then the packages. A policy that is there may allow services to start: ours
// takes its place for as long. No package of the user's is removed to make room.
constexpr const char* kScript = R"sh(
set -u
policy=$1 aside=$1.before-cleave
shift
restore() {
  rm -f "$policy"
  [ ! -e "$aside" ] || mv "$aside" "$policy"
}
trap restore EXIT
trap 'exit 130' HUP INT TERM
# What is aside already was there first: a kill -9 kept it from coming back.
[ ! -e "$policy" ] || [ -e "$aside" ] || mv "$policy" "$aside" || exit 1
printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" || exit 1
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -q --no-remove --no-install-recommends "$@" </dev/null; }
install "$@" || { apt-get update -q && install "$@"; } || {
  # Whether packages may go is for the user to say.
  conflicts=$(apt-get install -s --no-install-recommends "$@" 2>/dev/null |
    sed -n 's/^Remv \([^ ]*\).*/ \1/p' | tr -d '\n')
  [ -z "$conflicts" ] ||
    echo "cleave: $* cannot be installed beside$conflicts; if these may be removed:" \
      "apt-get install $*"
  exit 1
}
command -v systemctl >/dev/null || exit 0
for package; do
  dpkg -L "$package" | sed -n 's|^.*/systemd/system/\([^/]*[.]service\)$|\1|p' |
    while read -r unit; do systemctl disable --quiet "$unit" 2>/dev/null || true; done
done
)sh";

/// Runs a program found by PATH, its output on our stderr (or nowhere), and returns its exit
/// status.
int Run(const std::vector<std::string>& argv, bool quiet) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid == 0) {
    if (quiet) {
      if (freopen("/dev/null", "w", stdout) == nullptr) _exit(127);
      if (freopen("/dev/null", "w", stderr) == nullptr) _exit(127);
    } else {
      dup2(STDERR_FILENO, STDOUT_FILENO);
    }
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Installed(const std::string& package) {
  // dpkg-query succeeds for removed packages too: grep looks at the status.
  return Run({"sh", "-c",
              "dpkg-query -W -f='${db:Status-Status}' \"$1\" 2>/dev/null | grep -qx installed",
              "sh", package},
             true) == 0;
}

bool Exists(const std::string& program) {
  return Run({"sh", "-c", "command -v \"$1\"", "sh", program}, true) == 0;
}

}  // namespace

int InstallPackages(const TargetInfo& target, const std::filesystem::path& policy) {
  std::string missing;
  std::vector<std::string> argv = {"sh", "-c", kScript, "sh", policy.string()};
  const bool debian = Exists("dpkg-query") && Exists("apt-get");
  for (const std::string& package : target.packages) {
    if (debian && Installed(package)) continue;
    std::cerr << "cleave: missing package " << package << " (target " << target.name << ")\n";
    missing += " " + package;
    argv.push_back(package);
  }
  if (missing.empty()) {
    std::cerr << "cleave: target " << target.name
              << (target.packages.empty() ? " is built in: nothing to install\n"
                                          : " is installed already\n");
    return 0;
  }
  const char* only_report = std::getenv("CLEAVE_NO_INSTALL");
  if (!debian || (only_report != nullptr && *only_report != '\0')) {
    std::cerr << (debian ? "cleave: install with: apt-get install"
                         : "cleave: this is not a Debian system: install by hand:")
              << missing << "\n";
    return kFailed;
  }
  if (geteuid() != 0) {
    if (!Exists("sudo")) {
      std::cerr << "cleave: this needs root and there is no sudo: apt-get install" << missing
                << "\n";
      return kFailed;
    }
    argv.insert(argv.begin(), "sudo");
  }
  std::cerr << "cleave: installing" << missing << ", without starting services\n";
  if (Run(argv, false) == 0) return 0;
  std::cerr << "cleave: apt-get could not install" << missing << "\n";
  return kFailed;
}

}  // namespace cleave
