// A cluster of Linux namespaces on this machine: nodes n1 … nN joined by a bridge, without root.
//
// Each node has net, pid, mount and uts namespaces, a data and a log directory. Names n1 … nN
// resolve on every node and in the controller. Neighbours and the bridge's forwarding table are
// static, so that the only thing between two nodes is what a fault puts there.
#pragma once

#include <filesystem>
#include <memory>

#include "harness/run/cluster.h"

namespace cleave {

struct LocalClusterOptions {
  int nodes = 5;                        // 1 … 200
  std::filesystem::path run_directory;  // <run>/nodes/<name>/ is made for each node
};

/// Call it inside EnterPrivateNamespaces, one cluster at a time, in a program whose main dispatches
/// to NodeInitMain. Destroying the cluster kills everything on the nodes and removes the network;
/// do that before `io` goes. Throws std::system_error or std::runtime_error saying what could not
/// be made.
std::unique_ptr<Cluster> MakeLocalCluster(asio::io_context& io, const LocalClusterOptions& options);

}  // namespace cleave
