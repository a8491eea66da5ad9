// The states of one object as dense numbers, and what each operation makes of them, computed once.
// Searches meet the same state and operation over and over.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <span>
#include <vector>

#include "checkers/object/model.h"

namespace cleave {

/// Not thread-safe: each search has its own.
class StateTable {
 public:
  StateTable(const Model& model, std::span<const ModelOp> ops);

  uint32_t initial() const { return initial_; }
  /// The states that `op` (an index) may lead to from `state`, as a range of Result's indices.
  struct Range {
    uint32_t begin, end;
  };
  Range Step(uint32_t state, uint32_t op);
  uint32_t Result(uint32_t i) const { return results_[i]; }

  /// Operations that are the same to the model have one class.
  uint32_t ClassOf(uint32_t op) const { return class_of_[op]; }
  bool Observes(uint32_t op) const { return observes_[class_of_[op]]; }
  ModelState Words(uint32_t state) const;
  std::string Describe(uint32_t state) const { return model_.Describe(Words(state)); }
  size_t MemoryUse() const;

 private:
  uint32_t Intern(const ModelState& state);

  const Model& model_;
  const std::span<const ModelOp> ops_;
  std::vector<uint32_t> class_of_;
  std::vector<bool> observes_;  // by class
  std::vector<uint32_t> words_, begin_{0};
  boost::unordered_flat_map<uint64_t, uint32_t> first_of_hash_;
  std::vector<uint32_t> next_of_hash_;  // states of one hash
  boost::unordered_flat_map<uint64_t, Range> steps_;
  std::vector<uint32_t> results_;
  std::vector<ModelState> scratch_;
  uint32_t initial_;
};

}  // namespace cleave
