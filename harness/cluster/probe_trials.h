// The trials of `cleave doctor`: each uses one mechanism once, in the smallest way that shows it
// works. They return what was seen and throw std::exception when it does not work. They leave their
// process in any state: each runs in a child of its own, and those in the second group inside
// EnterPrivateNamespaces.
#pragma once

#include <string>

namespace cleave::trials {

std::string UserNamespace();
std::string StopAndContinue();
std::string Ptrace();
std::string SeccompNotification();
std::string FreezerV1();
std::string FreezerV2();
std::string LoopDevice();

// Inside private namespaces.
std::string PrivateNamespaces();
std::string NodeNamespaces();
std::string VethAndBridge();
std::string NftablesBridge();
std::string Netem();
std::string Nfqueue();
std::string Tap();
std::string Fuse();
std::string TimeNamespace();
std::string Overlay();
std::string TmpfsSize();

}  // namespace cleave::trials
