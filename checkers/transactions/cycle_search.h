// Which classes of cycles there are among transactions, by the names of Adya and Elle, decided
// for each component of dependencies and real time, with short ones as evidence.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checkers/transactions/walk_graph.h"

namespace cleave {

/// A closed walk is of a kind by its dependencies, where kUpdate counts as kRw if there is no
/// other, and as kWw otherwise.
enum class CycleKind : uint8_t {
  kG0,           // kWw alone
  kG1c,          // kWw and kWr
  kSingle,       // one kRw
  kNonadjacent,  // no two kRw in a row
  kG2,           // any
};
constexpr size_t kCycleKinds = 5;

/// Which order of time it needs beside the dependencies.
enum class CycleOrder : uint8_t { kNone, kProcess, kRealtime };
constexpr size_t kCycleOrders = 3;

struct CycleClass {
  CycleKind kind;
  CycleOrder order;
};

/// "G-single-realtime". `item`: the name where it is known that kRw are of items, not of
/// predicates: "G-single-item-realtime".
std::string CycleName(CycleClass cycle, bool item);

class CycleSearch {
 public:
  /// The graph must have been found cyclic; `process` has its edges of kProcess. `unordered` has
  /// the groups of nodes each two of which are joined by a kWw in one direction or the other.
  CycleSearch(const TransactionGraph& graph, std::vector<Edge> process,
              std::vector<std::vector<uint32_t>> unordered, CountSteps step);

  /// Gives the shortest cycle that was found, over the graph's nodes; kThrough is merged into the
  /// edge before it. May take long: to be asked only for what is shown.
  using Evidence = std::function<std::vector<Edge>()>;
  /// Calls `found` for each component and each class in it that no other class in it implies, the
  /// plainest first. Throws what `step` throws.
  void Run(const std::function<void(CycleClass, const Evidence&)>& found);

  /// After Run: cycles of this kind (kSingle or kNonadjacent) are in every order of some unordered
  /// nodes, or perhaps in none.
  bool Unsettled(CycleClass cycle) const {
    return unsettled_[static_cast<size_t>(cycle.kind)][static_cast<size_t>(cycle.order)];
  }

 private:
  /// The unordered nodes among `names`, where two of a group are, by their index. `place` is
  /// scratch, by node of the graph, all kNone.
  std::vector<std::vector<uint32_t>> GroupsInside(const std::vector<uint32_t>& names,
                                                  std::vector<uint32_t>* place) const;

  const TransactionGraph& graph_;
  const std::vector<Edge> process_;
  const std::vector<std::vector<uint32_t>> unordered_;
  const CountSteps step_;
  bool unsettled_[kCycleKinds][kCycleOrders] = {};
};

}  // namespace cleave
