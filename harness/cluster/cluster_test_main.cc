// See cluster_test_main.h. Without namespaces the tests run outside, and skip themselves.
#include "harness/cluster/cluster_test_main.h"

#include <gtest/gtest.h>

#include "harness/cluster/node_init.h"
#include "harness/cluster/private_namespaces.h"

namespace cleave {
namespace {

std::string why_no_cluster;

}  // namespace

const std::string& WhyNoCluster() { return why_no_cluster; }

}  // namespace cleave

int main(int argc, char** argv) {
  if (cleave::IsNodeInit(argc, argv)) return cleave::NodeInitMain(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();
  try {
    return cleave::EnterPrivateNamespaces([] { return RUN_ALL_TESTS(); });
  } catch (const cleave::NamespaceError& error) {
    cleave::why_no_cluster = error.what();
    return RUN_ALL_TESTS();
  }
}
