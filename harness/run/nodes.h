// What a test does to all nodes at once: start, wait until ready, stop. Internal to test.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/run/cluster.h"
#include "harness/run/target.h"

namespace cleave {

/// Does `work` on every node at the same time and waits for all. Throws what the first of them
/// threw.
asio::awaitable<void> ForEachNode(Cluster& cluster,
                                  std::function<asio::awaitable<void>(Node&)> work);

/// Probes the nodes until all are ready and returns those that are not when `time` nanoseconds are
/// over or `*give_up` is set. Unless `exits_allowed`, throws as soon as a node's process has ended,
/// with its exit and the end of its log.
asio::awaitable<std::vector<Node*>> WaitUntilReady(Cluster& cluster, Target& target, int64_t time,
                                                   const bool* give_up, bool exits_allowed);

/// "n2 exited with 1. The end of stdout.log:\n…": what is known of a node that does not serve.
std::string DescribeNode(const Node& node);

}  // namespace cleave
