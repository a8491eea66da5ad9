// A world of our own: private user, mount, net and pid namespaces around the controller.
//
// Invariant: everything that runs inside dies with the controller. The first process inside is pid
// 1 of the pid namespace and asks the kernel to be killed with its parent, so whichever of the
// processes is killed, by SIGKILL too, the kernel removes every process, namespace, mount and
// interface inside.
#pragma once

#include <functional>
#include <stdexcept>

namespace cleave {

/// The namespaces could not be made; what() says why in words, and how to enable them.
class NamespaceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs `inner` in a process of its own inside new namespaces, as their uid 0, and returns what it
/// returned; the calling process meanwhile only waits and relays INT, TERM, HUP and QUIT, so that
/// Ctrl-C reaches `inner` exactly once. Files written inside belong to the calling user. Returns
/// 255, with a line on stderr, when a signal killed the inner process. /proc and the mounts inside
/// are private. Call it before any thread starts. Throws NamespaceError, with nothing changed and
/// nothing started.
int EnterPrivateNamespaces(const std::function<int()>& inner);

/// Whether this process runs inside EnterPrivateNamespaces.
bool InPrivateNamespaces();

}  // namespace cleave
