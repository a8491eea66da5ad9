// A way to break the cluster, and the proof that it broke.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/cluster.h"
#include "harness/run/generator.h"
#include "harness/run/target.h"

namespace cleave {

/// What can be seen of a fault, as JSON: {"cut": ["n1>n3"], "dropped": 41, "effective": true}.
using Evidence = Json;

struct FaultContext {
  Cluster& cluster;
  Target& target;
  Random& random;  // the nemesis's stream
};

/// Breaks the cluster in one way, and proves it.
/// Heal may be called twice, or without Inject: the runner heals everything on every way out.
class Fault {
 public:
  virtual ~Fault() = default;
  /// Chooses what `parameters` leave open and returns them in full, so that replaying them does
  /// exactly the same: {"shape": "halves"} → {"shape": "halves", "groups":
  /// [["n1","n2"],["n3","n4","n5"]]}.
  virtual asio::awaitable<Json> Choose(FaultContext& context, Json parameters) = 0;
  virtual asio::awaitable<void> Inject(FaultContext& context, const Json& parameters) = 0;
  virtual asio::awaitable<void> Heal(FaultContext& context) = 0;
  /// What can be seen right now. While injected, "effective" says whether the fault is felt
  /// (packets dropped, pid gone, state T); after Heal, "healed" whether nothing of it is left.
  virtual asio::awaitable<Evidence> Observe(FaultContext& context) = 0;
};

/// A row of nemesis/registry.cc.
struct FaultInfo {
  std::string name;  // "partition": operations start-partition, stop-partition
  std::string summary;
  std::vector<std::string> shapes;  // of the "shape" parameter: --nemesis partition:halves
  std::unique_ptr<Fault> (*make)();
};

}  // namespace cleave
