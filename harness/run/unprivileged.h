// For servers that refuse to run as root, on nodes where root is all there is.
#pragma once

#include <sys/types.h>

namespace cleave {

/// Who an unprivileged program believes to be: "daemon", whom every Debian knows by this number.
/// Programs look their user up.
inline constexpr uid_t kUnprivilegedUid = 1;

/// Puts the calling process, which has one thread, into a user namespace of its own in which its
/// user and group are kUnprivilegedUid and there is nobody else. It keeps the right to its user's
/// files, and loses every privilege when it executes a program. Needs no privilege itself. Returns
/// 0, or the errno of what failed. user_namespaces(7)
int BecomeUnprivileged();

}  // namespace cleave
