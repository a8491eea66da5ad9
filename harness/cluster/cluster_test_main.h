// main for tests that need a local cluster: all tests of the binary run inside
// EnterPrivateNamespaces, in a process whose main dispatches to NodeInitMain. In CMake: TEST_LINK
// cleave_cluster_test_main.
#pragma once

#include <string>

namespace cleave {

/// Why this machine cannot have a local cluster, or "": tests begin with
/// `if (!WhyNoCluster().empty()) GTEST_SKIP() << WhyNoCluster();`.
const std::string& WhyNoCluster();

}  // namespace cleave
