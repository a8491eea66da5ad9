// See lock_models.h. Acquiring what is not free is impossible, as is releasing what is not held: a
// client that was refused completed with fail, and such operations are no part of the history.
#include "checkers/object/lock_models.h"

namespace cleave {
namespace {

/// The state is how many hold it.
class SemaphoreModel : public Model {
 public:
  explicit SemaphoreModel(uint32_t permits) : permits_(permits) {}
  ModelState Initial() const override { return {0}; }
  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    const bool acquire = op.function == kAcquire;
    if (op.function == kRead) {  // whom a failed operation saw, in names that the store chooses
      next->push_back(state);
    } else if (op.mismatch) {
      if (state[0] == (acquire ? permits_ : 0)) next->push_back(state);
    } else if (acquire && state[0] < permits_) {
      next->push_back({state[0] + 1});
    } else if (!acquire && state[0] > 0) {
      next->push_back({state[0] - 1});
    }
  }
  std::string Describe(const ModelState& state) const override {
    if (permits_ == 1) return state[0] == 0 ? "free" : "held";
    return std::to_string(state[0]) + " of " + std::to_string(permits_) + " held";
  }

 private:
  const uint32_t permits_;
};

/// The state: the owner + 1 (0: free), how often it holds it, and the last token's value.
class OwnedMutexModel : public Model {
 public:
  OwnedMutexModel(const ModelContext& context, uint32_t most, bool fenced)
      : values_(context.history->values()), most_(most), fenced_(fenced) {}
  ModelState Initial() const override { return {0, 0, kNoValue}; }
  bool HasOwners() const override { return true; }

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    const uint32_t owner = static_cast<uint32_t>(op.process) + 1;
    const bool mine = state[0] == owner;
    if (op.function == kRead || op.mismatch) {
      const bool could =
          op.function == kAcquire ? state[0] == 0 || (mine && state[1] < most_) : mine;
      if (op.function == kRead || !could) next->push_back(state);
    } else if (op.function != kAcquire) {
      if (!mine) return;
      next->push_back({state[1] > 1 ? owner : 0, state[1] - 1, state[2]});
    } else if (state[0] == 0 || (mine && state[1] < most_)) {
      uint32_t token = state[2];
      if (!fenced_ || Token(op.output, mine, &token)) {
        next->push_back({owner, state[1] + 1, token});
      }
    }
  }

  std::string Describe(const ModelState& state) const override {
    if (state[0] == 0) return "free";
    return "held by process " + std::to_string(state[0] - 1) +
           (state[1] > 1 ? ", " + std::to_string(state[1]) + " times" : "") +
           (state[2] == kNoValue ? "" : ", the last token being " + values_.ToShortText(state[2]));
  }

 private:
  /// A token is larger than all before it; a holder that acquires again gets the same one. What is
  /// no integer says nothing.
  bool Token(ValueId output, bool again, uint32_t* last) const {
    if (!values_.IsInt(output)) return true;
    if (*last != kNoValue && again) return *last == output;
    if (*last != kNoValue && values_.AsInt(output) <= values_.AsInt(*last)) return false;
    *last = output;
    return true;
  }

  const ValueTable& values_;
  const uint32_t most_;
  const bool fenced_;
};

/// Knossos' and Hazelcast's bound.
constexpr uint32_t kMostHolds = 2;

}  // namespace

std::unique_ptr<Model> MakeMutexModel(const ModelContext&) {
  return std::make_unique<SemaphoreModel>(1);
}
std::unique_ptr<Model> MakeOwnerMutexModel(const ModelContext& context) {
  return std::make_unique<OwnedMutexModel>(context, 1, false);
}
std::unique_ptr<Model> MakeReentrantMutexModel(const ModelContext& context) {
  return std::make_unique<OwnedMutexModel>(context, kMostHolds, false);
}
std::unique_ptr<Model> MakeFencedMutexModel(const ModelContext& context) {
  return std::make_unique<OwnedMutexModel>(context, 1, true);
}
std::unique_ptr<Model> MakeSemaphoreModel(const ModelContext& context) {
  return std::make_unique<SemaphoreModel>(context.permits);
}

}  // namespace cleave
