// Choosing nodes: everything random comes from FaultContext::random.
#include "nemesis/choice.h"

#include <algorithm>
#include <numeric>

namespace cleave {
namespace {

size_t HowMany(const std::string& shape, size_t n) {
  if (shape == "one") return 1;
  if (shape == "minority") return std::max<size_t>(1, (n - 1) / 2);
  if (shape == "majority") return n / 2 + 1;
  if (shape == "all") return n;
  throw FaultError("there is no shape \"" + shape + "\": one, minority, majority, all or leader");
}

std::string ShapeOf(const Json& parameters) {
  for (const char* member : {"shape", "which"}) {
    const auto shape = parameters.find(member);
    if (shape == parameters.end()) continue;
    if (!shape->is_string()) throw FaultError(std::string("\"") + member + "\" must be a string");
    return shape->get<std::string>();
  }
  return "one";
}

}  // namespace

int NodeIndex(const Cluster& cluster, const std::string& name) {
  std::string known;
  const auto nodes = cluster.nodes();
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i]->name() == name) return static_cast<int>(i);
    known += (i > 0 ? ", " : "") + nodes[i]->name();
  }
  throw FaultError("there is no node \"" + name + "\"; the nodes are " + known);
}

Node& FindNode(const Cluster& cluster, const std::string& name) {
  return *cluster.nodes()[NodeIndex(cluster, name)];
}

Json NodeNames(const Cluster& cluster, const std::vector<int>& nodes) {
  Json names = Json::array();
  for (int node : nodes) names.push_back(cluster.nodes()[node]->name());
  return names;
}

std::vector<int> NodesFromJson(const Cluster& cluster, const Json& names, std::string_view member) {
  const auto wrong = [&] {
    return FaultError("\"" + std::string(member) +
                      "\" must be a list of different node names, not " + DumpJson(names));
  };
  if (!names.is_array()) throw wrong();
  std::vector<int> nodes;
  for (const Json& name : names) {
    if (!name.is_string()) throw wrong();
    nodes.push_back(NodeIndex(cluster, name.get<std::string>()));
    if (std::count(nodes.begin(), nodes.end(), nodes.back()) > 1) throw wrong();
  }
  return nodes;
}

std::vector<int> ShuffledNodes(FaultContext& context, int first) {
  std::vector<int> order(context.cluster.nodes().size());
  std::iota(order.begin(), order.end(), 0);
  context.random.Shuffle(order);
  if (first >= 0) std::iter_swap(order.begin(), std::find(order.begin(), order.end(), first));
  return order;
}

asio::awaitable<int> LeaderIndex(FaultContext& context) {
  const std::optional<std::string> leader = co_await context.target.Leader();
  if (!leader) co_return -1;
  co_return NodeIndex(context.cluster, *leader);
}

const std::vector<std::string>& NodeShapes() {
  static const std::vector<std::string> kShapes = {"one", "minority", "majority", "all", "leader"};
  return kShapes;
}

asio::awaitable<Json> ChooseNodes(FaultContext& context, Json parameters) {
  if (parameters.is_null()) parameters = Json::object();
  RequireMembers(parameters, {"shape", "nodes", "which", "instead-of"});
  if (parameters.contains("nodes")) {
    if (NodesFromJson(context.cluster, parameters["nodes"], "nodes").empty()) {
      throw FaultError("\"nodes\" is empty: nothing to strike");
    }
    co_return parameters;
  }
  std::string shape = ShapeOf(parameters);
  parameters.erase("which");
  int leader = -1;
  if (shape == "leader") {
    leader = co_await LeaderIndex(context);
    if (leader < 0) parameters["instead-of"] = "leader";
    shape = "one";
  }
  parameters["shape"] = leader >= 0 ? "leader" : shape;
  const size_t count = HowMany(shape, context.cluster.nodes().size());
  std::vector<int> order = ShuffledNodes(context, leader);
  if (leader < 0) {
    std::stable_partition(order.begin(), order.end(), [&](int node) {
      return !LiveProcesses(*context.cluster.nodes()[node]).empty();
    });
  }
  order.resize(count);
  std::sort(order.begin(), order.end());
  parameters["nodes"] = NodeNames(context.cluster, order);
  co_return parameters;
}

void RequireMembers(const Json& parameters, std::initializer_list<std::string_view> known) {
  if (!parameters.is_object()) {
    throw FaultError("the parameters of a fault must be an object, not " + DumpJson(parameters));
  }
  for (const auto& [member, value] : parameters.items()) {
    if (std::find(known.begin(), known.end(), member) != known.end()) continue;
    std::string all;
    for (std::string_view name : known) all += (all.empty() ? "" : ", ") + std::string(name);
    throw FaultError("there is no parameter \"" + member + "\"; there are " + all);
  }
}

bool IsStopped(const ProcessState& process) { return process.state == 'T' || process.state == 't'; }

std::vector<ProcessState> LiveProcesses(const Node& node) {
  std::vector<ProcessState> processes = node.Processes();
  std::erase_if(processes, [](const ProcessState& p) { return p.state == 'Z' || p.state == 'X'; });
  return processes;
}

}  // namespace cleave
