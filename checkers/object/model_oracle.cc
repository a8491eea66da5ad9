// See model_oracle.h.
#include "checkers/object/model_oracle.h"

#include <algorithm>
#include <set>

#include "harness/history/check.h"

namespace cleave {
namespace {

class Definition {
 public:
  Definition(const Model& model, std::span<const ModelOp> ops) : model_(model), ops_(ops) {}
  bool Holds() { return From(0, model_.Initial()); }

 private:
  bool From(uint32_t done, const ModelState& state) {
    if (!failed_.insert({done, state}).second) return false;
    bool complete = true;
    for (uint32_t i = 0; i < ops_.size(); ++i)
      complete &= ops_[i].crashed() || (done >> i & 1) != 0;
    if (complete) return true;
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if ((done >> i & 1) != 0 || !Minimal(i, done)) continue;
      std::vector<ModelState> next;
      model_.Step(state, ops_[i], &next);
      for (const ModelState& after : next) {
        if (From(done | uint32_t{1} << i, after)) return true;
      }
    }
    return false;
  }
  bool Minimal(uint32_t i, uint32_t done) const {
    for (uint32_t j = 0; j < ops_.size(); ++j) {
      if ((done >> j & 1) == 0 && ops_[j].ret < ops_[i].call) return false;
    }
    return true;
  }

  const Model& model_;
  const std::span<const ModelOp> ops_;
  std::set<std::pair<uint32_t, ModelState>> failed_;
};

}  // namespace

bool OracleOfModel(const Model& model, std::span<const ModelOp> ops) {
  CHECK(ops.size() <= 24) << "brute force is for small histories";
  return Definition(model, ops).Holds();
}

bool IsLinearization(const Model& model, std::span<const ModelOp> ops,
                     const std::vector<uint32_t>& order) {
  std::vector<bool> done(ops.size(), false);
  std::set<ModelState> states{model.Initial()};
  Position latest_call = 0;
  for (const uint32_t i : order) {
    if (done[i] || ops[i].ret < latest_call) return false;
    done[i] = true;
    latest_call = std::max(latest_call, ops[i].call);
    std::vector<ModelState> next;
    for (const ModelState& state : states) model.Step(state, ops[i], &next);
    states = {next.begin(), next.end()};
  }
  for (uint32_t i = 0; i < ops.size(); ++i) {
    if (!done[i] && !ops[i].crashed()) return false;
  }
  return !states.empty();
}

}  // namespace cleave
