// What linearizability of an object means, written down without a thought of speed: what every
// engine is compared with. Only for tests, on histories of a dozen operations.
#pragma once

#include <set>
#include <span>
#include <utility>

#include "checkers/object/model.h"

namespace cleave {

/// The definition: some of the crashed operations, in some order that respects real time, every
/// step possible. No shortcuts but to remember what failed.
class ModelDefinition {
 public:
  ModelDefinition(const Model& model, std::span<const ModelOp> ops) : model_(model), ops_(ops) {}
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

}  // namespace cleave
