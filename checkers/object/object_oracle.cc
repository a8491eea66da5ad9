// See object_oracle.h.
#include "checkers/object/object_oracle.h"

#include <algorithm>
#include <set>

#include "harness/history/check.h"

namespace cleave {
namespace {

struct ObjectSearch {
  const ObjectHistory& object;
  const OracleObject kind;
  const uint32_t permits;
  std::vector<ModelOp> ops;
  std::set<std::pair<uint32_t, std::vector<int64_t>>> dead;

  /// Whether the operation can happen now, answering as it did, and what it leaves behind.
  bool Step(const ModelOp& op, std::vector<int64_t>* state) const {
    const std::string& f = object.history->FunctionName(op.function);
    const ValueTable& values = object.values();
    if (f == "enqueue" || f == "push" || f == "append") {
      state->push_back(op.input);
      return true;
    }
    if (f == "dequeue" || f == "pop") {
      if (state->empty()) return op.crashed() || op.output == kNull;
      auto at = kind == OracleObject::kStack ? state->end() - 1 : state->begin();
      if (kind == OracleObject::kPriority) {
        at = std::min_element(state->begin(), state->end(), [&](int64_t a, int64_t b) {
          return values.AsInt(static_cast<ValueId>(a)) < values.AsInt(static_cast<ValueId>(b));
        });
      }
      if (!op.crashed() && int64_t{op.output} != *at) return false;
      state->erase(at);
      return true;
    }
    if (f == "acquire") {
      state->push_back(Holder(op));
      std::sort(state->begin(), state->end());
      return state->size() <= permits;
    }
    if (f == "release") {
      const auto at = std::find(state->begin(), state->end(), Holder(op));
      if (at == state->end()) return false;
      state->erase(at);
      return true;
    }
    if (kind == OracleObject::kCounter) {
      state->resize(1);
      if (f == "add") (*state)[0] += values.AsInt(op.input);
      if (f == "inc") ++(*state)[0];
      if (f == "dec") --(*state)[0];
      return f != "read" || (*state)[0] == values.AsInt(op.output);
    }
    if (f == "add") {
      state->push_back(op.input);
      std::sort(state->begin(), state->end());
      return true;
    }
    std::vector<int64_t> seen;
    if (op.output != kNull) {
      for (const ValueId element : values.Elements(op.output)) seen.push_back(element);
    }
    if (kind == OracleObject::kSet) std::sort(seen.begin(), seen.end());
    return seen == *state;
  }

  int64_t Holder(const ModelOp& op) const {
    if (kind == OracleObject::kTokens) return 0;
    return object.history->operations()[op.operation].process;
  }

  bool Search(uint32_t done, const std::vector<int64_t>& state) {
    bool all = true;
    for (size_t i = 0; i < ops.size(); ++i) all &= ops[i].crashed() || (done >> i & 1);
    if (all) return true;
    if (dead.contains({done, state})) return false;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (done >> i & 1) continue;
      bool first = true;  // nobody who is not done returned before this one was called
      for (size_t j = 0; j < ops.size(); ++j) {
        if (j != i && !(done >> j & 1) && ops[j].ret < ops[i].call) first = false;
      }
      if (!first) continue;
      std::vector<int64_t> next = state;
      if (Step(ops[i], &next) && Search(done | 1u << i, next)) return true;
    }
    dead.insert({done, state});
    return false;
  }
};

}  // namespace

bool OracleLinearizableObject(OracleObject kind, const ObjectHistory& object,
                              const std::vector<uint32_t>& operations, uint32_t permits) {
  CHECK(operations.size() <= 24) << "brute force is for small histories";
  ObjectSearch search{object, kind, permits, {}, {}};
  for (const uint32_t i : operations) search.ops.push_back(object.ops[i]);
  return search.Search(0, {});
}

bool OracleLinearizableObject(OracleObject kind, const ObjectHistory& object, uint32_t permits) {
  std::vector<uint32_t> all(object.ops.size());
  for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  return OracleLinearizableObject(kind, object, all, permits);
}

}  // namespace cleave
