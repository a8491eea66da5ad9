// What the faults share: nodes by name, and the choice of nodes to kill or pause.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/fault.h"

namespace cleave {

/// Parameters that cannot be, or a fault that did not do what was asked. The text is for people.
class FaultError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The index of a node; throws FaultError with all names where there is none of this name.
int NodeIndex(const Cluster& cluster, const std::string& name);
Node& FindNode(const Cluster& cluster, const std::string& name);
Json NodeNames(const Cluster& cluster, const std::vector<int>& nodes);

/// A list of node names in `parameters[member]`, checked. Throws FaultError.
std::vector<int> NodesFromJson(const Cluster& cluster, const Json& names, std::string_view member);

/// 0 … n-1 in random order, with `first` at the front unless it is negative.
std::vector<int> ShuffledNodes(FaultContext& context, int first = -1);

/// The index of the node that leads, or -1 where the target does not know.
asio::awaitable<int> LeaderIndex(FaultContext& context);

/// The shapes of faults that strike whole nodes: "one", "minority", "majority", "all", "leader".
const std::vector<std::string>& NodeShapes();

/// Fills in "nodes" from "shape" (or its synonym "which"); nodes on which something runs are
/// preferred. Without a leader "leader" becomes "one", with "instead-of": "leader". Names given
/// stay. Throws FaultError.
asio::awaitable<Json> ChooseNodes(FaultContext& context, Json parameters);

/// Throws FaultError where there are parameters of other names: what is misspelt would be ignored.
void RequireMembers(const Json& parameters, std::initializer_list<std::string_view> known);

/// Processes that have not ended (a zombie has).
std::vector<ProcessState> LiveProcesses(const Node& node);
/// Whether it is in state T.
bool IsStopped(const ProcessState& process);

}  // namespace cleave
