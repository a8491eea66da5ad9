// What runs on a node around its program: the first process of the node's pid namespace.
//
// The controller starts its own executable again as `PROGRAM internal-node …` (a launcher). It
// joins the node's net namespace, makes pid, mount, uts and ipc namespaces and starts the node's
// pid 1 in them, which mounts /proc and /dev/shm, runs the program, reaps orphans, and ends, with
// everything on the node, when the program ends. What happens is written to a pipe, a line each:
//   init PID          the node's pid 1, as the launcher sees it
//   error ERRNO TEXT  the program could not be started
//   started           the program was executed
//   status N          the program ended with this wait status
#pragma once

namespace cleave {

/// argv[1] that makes an executable a node's launcher.
inline constexpr const char* kNodeInitCommand = "internal-node";

/// Every main that makes a local cluster begins with `if (IsNodeInit(argc, argv)) return
/// NodeInitMain(argc, argv);`.
bool IsNodeInit(int argc, char** argv);

/// Arguments: internal-node NET_NAMESPACE_FD REPORT_FD root|user HOSTNAME DIRECTORY PROGRAM
/// [ARGUMENT…]. "user": the program sees itself as another user than root.
int NodeInitMain(int argc, char** argv);

}  // namespace cleave
