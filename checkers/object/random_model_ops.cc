// See random_model_ops.h.
#include "checkers/object/random_model_ops.h"

#include <set>

namespace cleave {
namespace {

/// A real object under a random schedule.
class RandomModelHistory {
 public:
  RandomModelHistory(const Vocabulary& words, const ModelInfo& info, const Model& model,
                     TestRandom* random)
      : words_(words), info_(info), model_(model), random_(*random) {}

  std::vector<ModelOp> Make(uint32_t count, uint32_t processes) {
    std::vector<uint32_t> open;
    Position at = 0;
    while (ops_.size() < count || !open.empty()) {
      if (ops_.size() < count && open.size() < processes &&
          (open.empty() || random_.Below(2) == 0)) {
        open.push_back(static_cast<uint32_t>(ops_.size()));
        Invoke(at++, FreeProcess(open));
        done_.push_back(false);
      } else if (random_.Below(2) == 0) {
        Happen(open[random_.Below(static_cast<uint32_t>(open.size()))]);
      } else {
        const uint32_t i = random_.Below(static_cast<uint32_t>(open.size()));
        Complete(open[i], at++);
        open.erase(open.begin() + i);
      }
    }
    if (random_.Below(2) == 0) Spoil();
    std::erase_if(ops_, [&](const ModelOp& op) { return op.crashed() && model_.Observes(op); });
    return ops_;
  }

 private:
  int32_t FreeProcess(const std::vector<uint32_t>& open) const {
    std::set<int32_t> used;
    for (size_t i = 0; i + 1 < open.size(); ++i) used.insert(ops_[open[i]].process);
    int32_t process = 0;
    while (used.count(process) > 0) ++process;
    return process;
  }

  void Invoke(Position at, int32_t process) {
    const auto& name =
        info_.functions[random_.Below(static_cast<uint32_t>(info_.functions.size()))];
    ModelOp op;
    op.function = words_.Function(name);
    op.input = Any(words_.Inputs(info_, name));
    op.call = at;
    op.operation = static_cast<uint32_t>(ops_.size());
    op.process = process;
    ops_.push_back(op);
  }
  ValueId Any(const std::vector<ValueId>& from) {
    return from[random_.Below(static_cast<uint32_t>(from.size()))];
  }

  void Happen(uint32_t i) {
    if (done_[i]) return;
    ModelOp op = ops_[i];
    for (int attempt = 0; attempt < 60; ++attempt) {
      op.output = attempt == 0 ? kNull : Any(words_.Answers(info_));
      std::vector<ModelState> next;
      model_.Step(state_, op, &next);
      if (next.empty()) continue;
      state_ = next[random_.Below(static_cast<uint32_t>(next.size()))];
      ops_[i].output = op.output;
      done_[i] = true;
      return;
    }
  }
  void Complete(uint32_t i, Position at) {
    Happen(i);
    const std::string& name = words_.history().FunctionName(ops_[i].function);
    const bool expects = name == "cas" || name == "acquire" || name == "release";
    ops_[i].mismatch = !done_[i] && expects && random_.Below(2) == 0;
    if (ops_[i].mismatch) ops_[i].output = kNoValue;
    if (ops_[i].mismatch || (done_[i] && random_.Below(8) != 0)) {
      ops_[i].ret = at;
    } else {
      ops_[i].output = kNoValue;
    }
  }
  void Spoil() {
    ModelOp& op = ops_[random_.Below(static_cast<uint32_t>(ops_.size()))];
    if (op.crashed()) return;
    const bool lock =
        op.function == kAcquire || op.function == kRelease;  // the answer says nothing
    if (lock) op.function = op.function == kAcquire ? kRelease : kAcquire;
    if (!lock) op.output = Any(words_.Answers(info_));
  }

  const Vocabulary& words_;
  const ModelInfo& info_;
  const Model& model_;
  TestRandom& random_;
  ModelState state_ = model_.Initial();
  std::vector<ModelOp> ops_;
  std::vector<bool> done_;
};

}  // namespace

std::vector<ModelOp> RandomModelOps(const Vocabulary& words, const ModelInfo& info,
                                    const Model& model, TestRandom* random, uint32_t count,
                                    uint32_t processes) {
  return RandomModelHistory(words, info, model, random).Make(count, processes);
}

}  // namespace cleave
