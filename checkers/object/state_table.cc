// See state_table.h.
#include "checkers/object/state_table.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "checkers/no_index.h"

namespace cleave {
namespace {

uint64_t HashWords(const ModelState& state) {
  uint64_t hash = 0x9e3779b97f4a7c15 + state.size();
  for (const uint32_t word : state) {
    hash = (hash ^ word) * 0xbf58476d1ce4e5b9;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace

StateTable::StateTable(const Model& model, std::span<const ModelOp> ops)
    : model_(model), ops_(ops) {
  std::map<std::tuple<FunctionId, bool, ValueId, ValueId, int32_t>, uint32_t> classes;
  for (const ModelOp& op : ops) {
    const int32_t owner = model.HasOwners() ? op.process : 0;
    const auto [it, fresh] =
        classes.try_emplace({op.function, op.mismatch, op.input, op.output, owner}, classes.size());
    class_of_.push_back(it->second);
    if (fresh) observes_.push_back(model.Observes(op));
  }
  initial_ = Intern(model.Initial());
}

StateTable::Range StateTable::Step(uint32_t state, uint32_t op) {
  const auto [it, fresh] = steps_.try_emplace(uint64_t{state} << 32 | class_of_[op]);
  if (!fresh) return it->second;
  scratch_.clear();
  model_.Step(Words(state), ops_[op], &scratch_);
  const auto begin = static_cast<uint32_t>(results_.size());
  for (const ModelState& next : scratch_) results_.push_back(Intern(next));
  return it->second = {begin, static_cast<uint32_t>(results_.size())};
}

size_t StateTable::MemoryUse() const {
  constexpr size_t kStep = sizeof(uint64_t) + sizeof(Range) + 1;
  return words_.size() * 4 + begin_.size() * 24 + steps_.size() * kStep + results_.size() * 4;
}

ModelState StateTable::Words(uint32_t state) const {
  return {words_.begin() + begin_[state], words_.begin() + begin_[state + 1]};
}

uint32_t StateTable::Intern(const ModelState& state) {
  const auto id = static_cast<uint32_t>(next_of_hash_.size());
  const auto [it, fresh] = first_of_hash_.try_emplace(HashWords(state), id);
  for (uint32_t at = fresh ? kNone : it->second; at != kNone; at = next_of_hash_[at]) {
    if (std::equal(state.begin(), state.end(), words_.begin() + begin_[at],
                   words_.begin() + begin_[at + 1])) {
      return at;
    }
  }
  next_of_hash_.push_back(fresh ? kNone : it->second);
  it->second = id;
  words_.insert(words_.end(), state.begin(), state.end());
  begin_.push_back(static_cast<uint32_t>(words_.size()));
  return id;
}

}  // namespace cleave
