// Shrinking the evidence against an object; see object.h.
#include <algorithm>
#include <map>

#include "checkers/object/object.h"

namespace cleave {
namespace {

/// One attempt looks at so many configurations: shrinking is for the reader's sake.
constexpr uint64_t kStepsPerAttempt = 200'000;

class ObjectShrinker {
 public:
  ObjectShrinker(const Model& model, const SearchBounds& bounds) : model_(model), bounds_(bounds) {
    bounds_.steps = kStepsPerAttempt;
  }

  ObjectEvidence Shrink(const ObjectHistory& object, const SearchResult& found) {
    best_.ops = object.ops;
    best_.result = found;
    Cut();
    std::map<uint64_t, std::vector<uint32_t>> groups;
    for (const ModelOp& op : best_.ops) {
      if (model_.Observes(op)) groups[uint64_t{1} << 32 | op.operation] = {op.operation};
      const ValueId element = model_.ElementOf(op);
      if (element != kNoValue) groups[element].push_back(op.operation);
    }
    std::vector<std::vector<uint32_t>> removable;
    for (auto& [key, operations] : groups) removable.push_back(std::move(operations));
    Remove(std::move(removable));
    return std::move(best_);
  }

 private:
  /// What was called after the failing return says nothing, and what returned after it has not
  /// answered yet.
  void Cut() {
    const uint32_t failed = best_.ops[best_.result.failed].operation;
    const Position end = best_.ops[best_.result.failed].ret;
    std::vector<ModelOp> ops;
    for (ModelOp op : best_.ops) {
      if (op.call > end) continue;
      if (op.operation != failed && op.ret > end) {
        op.ret = kNever;
        op.output = kNoValue;
        if (model_.Observes(op)) continue;
      }
      ops.push_back(op);
    }
    Try(std::move(ops));
  }

  /// Delta debugging (Zeller & Hildebrandt 2002): removes chunks of groups, ever smaller ones.
  void Remove(std::vector<std::vector<uint32_t>> groups) {
    for (size_t chunk = (groups.size() + 1) / 2; chunk > 0; chunk /= 2) {
      for (size_t at = 0; at < groups.size();) {
        if (std::chrono::steady_clock::now() > bounds_.deadline) return;
        const size_t end = std::min(groups.size(), at + chunk);
        std::vector<uint32_t> gone;
        for (size_t i = at; i < end; ++i)
          gone.insert(gone.end(), groups[i].begin(), groups[i].end());
        if (TryWithout(std::move(gone))) {
          groups.erase(groups.begin() + static_cast<ptrdiff_t>(at),
                       groups.begin() + static_cast<ptrdiff_t>(end));
        } else {
          at = end;
        }
      }
      if (chunk == 1) break;
    }
  }

  bool TryWithout(std::vector<uint32_t> gone) {
    std::sort(gone.begin(), gone.end());
    std::vector<ModelOp> ops;
    for (const ModelOp& op : best_.ops) {
      if (!std::binary_search(gone.begin(), gone.end(), op.operation)) ops.push_back(op);
    }
    return ops.size() < best_.ops.size() && Try(std::move(ops));
  }

  bool Try(std::vector<ModelOp> ops) {
    SearchResult result = SearchFrontier(model_, ops, bounds_);
    if (result.decision != SearchResult::Decision::kViolation) return false;
    best_.ops = std::move(ops);
    best_.result = std::move(result);
    return true;
  }

  const Model& model_;
  SearchBounds bounds_;
  ObjectEvidence best_;
};

}  // namespace

ObjectEvidence ShrinkObject(const Model& model, const ObjectHistory& object,
                            const SearchResult& found, const SearchBounds& bounds) {
  ObjectShrinker shrinker(model, bounds);
  return shrinker.Shrink(object, found);
}

}  // namespace cleave
