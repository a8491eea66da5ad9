// Installs the Debian packages of a target, with their services kept from starting.
#pragma once

#include <filesystem>

#include "harness/run/target.h"

namespace cleave {

/// Says on stderr which packages are missing and why, and installs them with apt-get, by sudo when
/// not root. While apt-get runs, `policy` (an executable that Debian's maintainer scripts ask)
/// forbids every start; it is left as it was. Services of the new packages are disabled, so that
/// they do not start with the machine either. No package is removed to make room: what is in the
/// way is named. With CLEAVE_NO_INSTALL=1 only says how to install.
/// The exit code: 0 when everything is installed now, 255 otherwise.
int InstallPackages(const TargetInfo& target,
                    const std::filesystem::path& policy = "/usr/sbin/policy-rc.d");

}  // namespace cleave
