// partition: packets on chosen links are dropped by the kernel, between nodes only: the controller
// reaches every node. Evidence: the links that the kernel says are cut, and the packets it dropped.
#include "nemesis/partition.h"

#include <algorithm>

#include "nemesis/choice.h"
#include "nemesis/shapes.h"

namespace cleave {
namespace {

constexpr std::string_view kOneWay = "-one-way";

Json LinksToJson(const Cluster& cluster, const std::vector<Link>& links) {
  Json json = Json::array();
  for (const auto& [from, to] : links) {
    json.push_back(cluster.nodes()[from]->name() + ">" + cluster.nodes()[to]->name());
  }
  return json;
}

std::vector<Link> LinksFromJson(const Cluster& cluster, const Json& json) {
  if (!json.is_array()) throw FaultError("\"links\" must be a list such as [\"n1>n3\"]");
  std::vector<Link> links;
  for (const Json& item : json) {
    const std::string text = item.is_string() ? item.get<std::string>() : "";
    const size_t arrow = text.find('>');
    if (arrow == std::string::npos)
      throw FaultError("a link must look like \"n1>n3\", not " + DumpJson(item));
    links.emplace_back(NodeIndex(cluster, text.substr(0, arrow)),
                       NodeIndex(cluster, text.substr(arrow + 1)));
    if (links.back().first == links.back().second)
      throw FaultError("a link from a node to itself: " + text);
  }
  std::sort(links.begin(), links.end());
  links.erase(std::unique(links.begin(), links.end()), links.end());
  return links;
}

Shape ShapeOfGroups(const Cluster& cluster, const Json& parameters) {
  const auto groups = parameters.find("groups");
  if (groups == parameters.end() || !groups->is_array() || groups->size() < 2) {
    throw FaultError("\"groups\" must be two or more lists of node names");
  }
  std::vector<std::vector<int>> sides;
  std::vector<int> all;
  for (const Json& group : *groups) {
    sides.push_back(NodesFromJson(cluster, group, "groups"));
    for (int node : sides.back()) {
      if (std::count(all.begin(), all.end(), node) > 0) {
        throw FaultError("node " + cluster.nodes()[node]->name() + " is in two groups");
      }
      all.push_back(node);
    }
  }
  return Groups(std::move(sides));
}

/// Also of what "links" make superfluous: it is what a person reads.
void RequireTypes(const Cluster& cluster, const Json& p) {
  RequireMembers(p, {"shape", "groups", "links", "one-way", "nodes", "instead-of"});
  if (p.contains("shape") && !p["shape"].is_string()) {
    throw FaultError("\"shape\" must be a string");
  }
  if (p.contains("one-way") && !p["one-way"].is_boolean()) {
    throw FaultError("\"one-way\" must be true or false");
  }
  if (p.contains("groups")) ShapeOfGroups(cluster, p);
}

/// Makes {"shape": "halves-one-way"} {"shape": "halves", "one-way": true}.
void Normalize(Json* parameters) {
  Json& p = *parameters;
  if (!p.contains("shape")) p["shape"] = p.contains("groups") ? "groups" : "halves";
  std::string shape = p["shape"].get<std::string>();
  if (shape.ends_with(kOneWay)) {
    p["shape"] = shape.substr(0, shape.size() - kOneWay.size());
    p["one-way"] = true;
  }
  if (!p.contains("one-way")) p["one-way"] = false;
}

void RequireNodes(const std::string& shape, int n) {
  std::string known;
  for (const ShapeName& name : ShapeNames()) {
    known += std::string(name.name) + ", ";
    if (shape != name.name) continue;
    if (n >= name.fewest_nodes) return;
    throw FaultError("partition " + shape + " needs at least " + std::to_string(name.fewest_nodes) +
                     " nodes and there are " + std::to_string(n));
  }
  throw FaultError("there is no shape \"" + shape + "\": " + known + "or groups");
}

Shape MakeShape(const std::string& shape, const std::vector<int>& order, Random& random) {
  if (shape == "halves") return Halves(order);
  if (shape == "bridge") return Bridge(order);
  if (shape == "single-link") return SingleLink(order);
  if (shape == "majorities-ring") return MajoritiesRing(order);
  if (shape == "majority-minority") {
    const uint64_t largest = (order.size() - 1) / 2;
    return MajorityMinority(order, 1 + static_cast<int>(random.Below(largest)));
  }
  return IsolateOne(order);
}

Json GroupsToJson(const Cluster& cluster, const Shape& shape) {
  Json groups = Json::array();
  for (std::vector<int> group : shape.groups) {
    std::sort(group.begin(), group.end());
    groups.push_back(NodeNames(cluster, group));
  }
  return groups;
}

class Partition : public Fault {
 public:
  asio::awaitable<Json> Choose(FaultContext& context, Json parameters) override {
    const Cluster& cluster = context.cluster;
    if (parameters.is_null()) parameters = Json::object();
    RequireTypes(cluster, parameters);
    if (!parameters.contains("links")) {
      Normalize(&parameters);
      const bool one_way = parameters["one-way"].get<bool>();
      const Shape shape = co_await ChooseShape(context, one_way, &parameters);
      if (!shape.groups.empty()) parameters["groups"] = GroupsToJson(cluster, shape);
      parameters["links"] = LinksToJson(cluster, Links(shape, one_way));
    }
    const std::vector<Link> links = LinksFromJson(cluster, parameters["links"]);
    if (links.empty()) throw FaultError("the partition cuts no link");
    const int n = static_cast<int>(cluster.nodes().size());
    parameters["nodes"] = NodeNames(cluster, TouchedNodes(links, n));
    co_return parameters;
  }

  asio::awaitable<void> Inject(FaultContext& context, const Json& parameters) override {
    asked_ = LinksFromJson(context.cluster, parameters["links"]);
    dropped_before_ = context.cluster.network().DroppedPackets();
    injected_ = true;
    context.cluster.network().Cut(asked_);
    co_return;
  }

  asio::awaitable<void> Heal(FaultContext& context) override {
    context.cluster.network().Uncut();
    injected_ = false;
    co_return;
  }

  /// "effective" once packets were dropped; false at once where the kernel's cut is not what was
  /// asked.
  asio::awaitable<Evidence> Observe(FaultContext& context) override {
    Network& network = context.cluster.network();
    std::vector<Link> cut = network.CutLinks();
    std::sort(cut.begin(), cut.end());
    const uint64_t dropped = network.DroppedPackets() - dropped_before_;
    Evidence evidence;
    evidence["cut"] = LinksToJson(context.cluster, cut);
    evidence["dropped"] = dropped;
    if (!injected_) {
      evidence["healed"] = cut.empty();
    } else if (cut != asked_) {
      evidence["asked"] = LinksToJson(context.cluster, asked_);
      evidence["effective"] = false;
    } else if (dropped > 0) {
      evidence["effective"] = true;
    }
    co_return evidence;
  }

 private:
  /// The order of the nodes is random; with one_way so is the direction that is dropped.
  static asio::awaitable<Shape> ChooseShape(FaultContext& context, bool one_way, Json* parameters) {
    std::string name = (*parameters)["shape"].get<std::string>();
    if (name == "groups") co_return ShapeOfGroups(context.cluster, *parameters);
    RequireNodes(name, static_cast<int>(context.cluster.nodes().size()));
    int leader = -1;
    if (name == "leader") {
      leader = co_await LeaderIndex(context);
      if (leader < 0) {
        (*parameters)["shape"] = "one";
        (*parameters)["instead-of"] = "leader";
      }
    }
    const std::vector<int> order = ShuffledNodes(context, leader);
    Shape shape = MakeShape(name, order, context.random);
    if (one_way && context.random.Chance(0.5)) shape = Reversed(std::move(shape));
    co_return shape;
  }

  std::vector<Link> asked_;
  uint64_t dropped_before_ = 0;
  bool injected_ = false;
};

}  // namespace

std::unique_ptr<Fault> MakePartition() { return std::make_unique<Partition>(); }

std::vector<std::string> PartitionShapes() {
  std::vector<std::string> shapes;
  for (const ShapeName& name : ShapeNames()) {
    shapes.push_back(name.name);
    shapes.push_back(name.name + std::string(kOneWay));
  }
  return shapes;
}

}  // namespace cleave
