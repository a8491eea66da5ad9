// See random_object.h. Each operation is called, takes effect and returns at three random moments.
#include "checkers/object/random_object.h"

#include <algorithm>
#include <optional>

namespace cleave {
namespace {

struct ObjectCall {
  ModelOp op;
  int32_t process = 0;
  bool applied = false, crashes = false, happens = true, failed = false;
};

class ObjectWorld {
 public:
  ObjectWorld(TestRandom* random, const RandomObjectOptions& options)
      : random_(random), options_(options), spoilt_(options.spoilt) {
    odd_ = random_->Below(100) < options_.odd_percent;
    const char* names[] = {"push", "pop", "inc", "dec"};
    for (size_t i = 0; i < 4; ++i) other_[i] = builder_.Function(names[i]);
  }

  OwnedObject Run() {
    uint32_t left = options_.operations;
    while (left > 0 || !open_.empty()) {
      const bool room = open_.size() < options_.concurrency;
      if (left > 0 && room && (open_.empty() || random_->Below(5) < 2)) {
        --left;
        Call();
        continue;
      }
      const size_t i = open_[random_->Below(static_cast<uint32_t>(open_.size()))];
      if (!calls_[i].applied) {
        calls_[i].applied = true;
        if (calls_[i].happens) Apply(&calls_[i]);
      } else {
        Return(i);
      }
    }
    return Finish();
  }

 private:
  bool Chance(uint32_t percent) { return random_->Below(100) < percent; }
  ValueTable& values() { return builder_.values(); }

  void Call() {
    ObjectCall call;
    if (idle_.empty()) idle_.push_back(next_process_++);
    const size_t i = random_->Below(static_cast<uint32_t>(idle_.size()));
    call.process = idle_[i];
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    call.crashes = Chance(options_.crash_percent);
    call.failed = !call.crashes && Chance(options_.fail_percent);
    call.happens = call.failed ? Spoil() : !call.crashes || Chance(50);
    call.op.input = kNull;
    Choose(&call);
    call.op.call = position_++;
    open_.push_back(calls_.size());
    calls_.push_back(call);
  }

  ValueId Fresh() { return Number(odd_ && Chance(30) ? 1 : ++fresh_); }
  /// Priorities come in no order: 17 is prime.
  ValueId Number(int64_t n) {
    return values().Int(options_.kind == OracleObject::kPriority ? n * 7 % 17 : n);
  }

  void Choose(ObjectCall* call) {
    ModelOp& op = call->op;
    const bool first = Chance(50);
    switch (options_.kind) {
      case OracleObject::kQueue:
      case OracleObject::kPriority:
        op.function = first ? FunctionId{kEnqueue} : FunctionId{kDequeue};
        break;
      case OracleObject::kStack: op.function = first ? other_[0] : other_[1]; break;
      case OracleObject::kCounter: op.function = first ? Adder(&op) : FunctionId{kRead}; return;
      case OracleObject::kList:
        op.function = first ? FunctionId{kAppend} : FunctionId{kRead};
        break;
      case OracleObject::kSet: op.function = first ? FunctionId{kAdd} : FunctionId{kRead}; break;
      case OracleObject::kSemaphore:
      case OracleObject::kTokens: {
        const bool holds = std::count(held_.begin(), held_.end(), call->process) > 0;
        op.function = holds != (odd_ && Chance(20)) ? FunctionId{kRelease} : FunctionId{kAcquire};
        return;
      }
    }
    if (first) op.input = Fresh();
  }

  FunctionId Adder(ModelOp* op) {
    const bool down = options_.down != (odd_ && Chance(30));
    if (Chance(50)) return down ? other_[3] : other_[2];
    op->input = values().Int(Chance(10) ? 0 : down ? -1 : 1);
    return kAdd;
  }

  bool Spoil() {
    if (spoilt_ == 0 || random_->Below(options_.operations) != 0) return false;
    --spoilt_;
    return true;
  }

  void Apply(ObjectCall* call) {
    ModelOp& op = call->op;
    const bool spoil = Spoil();
    if (op.function == kAcquire || op.function == kRelease) return Hold(call, spoil);
    if (op.function == kDequeue || op.function == other_[1]) return Take(&op, spoil);
    if (op.function == kRead) return Read(&op, spoil);
    if (spoil && random_->Below(2)) return;  // lost
    if (options_.kind == OracleObject::kCounter) {
      count_ += op.function == kAdd ? values().AsInt(op.input) : op.function == other_[2] ? 1 : -1;
      return;
    }
    const bool early = spoil && state_.size() > 1;
    state_.insert(early ? state_.begin() + 1 : state_.end(), op.input);
  }

  void Hold(ObjectCall* call, bool spoil) {
    const auto mine = std::find(held_.begin(), held_.end(), call->process);
    if (call->op.function == kRelease) {
      if (mine != held_.end() && !spoil) held_.erase(mine);
    } else if (held_.size() < options_.permits || spoil) {
      held_.push_back(call->process);
    } else {
      call->crashes = true;  // it gives up
    }
  }

  void Take(ModelOp* op, bool spoil) {
    if (state_.empty() || (spoil && random_->Below(3) == 0)) {
      op->output = spoil && fresh_ > 0 && random_->Below(2) ? Any() : kNull;
      return;
    }
    const size_t i =
        spoil && random_->Below(2) ? random_->Below(static_cast<uint32_t>(state_.size())) : Next();
    op->output = state_[i];
    if (!spoil || random_->Below(4) != 0) {
      state_.erase(state_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  size_t Next() {
    if (options_.kind == OracleObject::kQueue) return 0;
    if (options_.kind == OracleObject::kStack) return state_.size() - 1;
    const auto smaller = [this](ValueId a, ValueId b) {
      return values().AsInt(a) < values().AsInt(b);
    };
    return static_cast<size_t>(std::min_element(state_.begin(), state_.end(), smaller) -
                               state_.begin());
  }

  ValueId Any() { return Number(1 + random_->Below(static_cast<uint32_t>(fresh_) + 1)); }

  void Read(ModelOp* op, bool spoil) {
    if (options_.kind == OracleObject::kCounter) {
      op->output = values().Int(count_ + (spoil ? int64_t{random_->Below(5)} - 2 : 0));
      return;
    }
    std::vector<ValueId> seen = state_;
    if (spoil && !seen.empty()) {
      const uint32_t i = random_->Below(static_cast<uint32_t>(seen.size()));
      if (random_->Below(3) != 0) {
        seen.erase(seen.begin() + i);
      } else if (random_->Below(2)) {
        std::swap(seen[i], seen.back());
      } else {
        seen.push_back(Any());
      }
    }
    if (options_.kind == OracleObject::kSet && !seen.empty()) {
      std::swap(seen.front(), seen[random_->Below(static_cast<uint32_t>(seen.size()))]);
    }
    op->output = seen.empty() && random_->Below(2) ? kNull : values().List(seen);
  }

  void Return(size_t i) {
    ObjectCall& call = calls_[i];
    open_.erase(std::find(open_.begin(), open_.end(), i));
    if (call.crashes) {
      call.op.output = kNoValue;
    } else {
      call.op.ret = position_++;
      idle_.push_back(call.process);
    }
  }

  /// What a History needs for words: who did the operation.
  OwnedObject Finish() {
    OwnedObject out;
    for (const ObjectCall& call : calls_) {
      if (call.failed || (call.crashes && call.op.function == kRead)) continue;
      RawEvent event;
      event.process = call.process;
      event.function = call.op.function;
      event.value = call.op.input;
      builder_.Add(event);
      event.type = EventType::kOk;
      builder_.Add(event);
      out.object.ops.push_back(call.op);
      out.object.ops.back().operation = static_cast<uint32_t>(out.object.ops.size() - 1);
    }
    Jumble(&out.object.ops);
    out.history = std::make_unique<History>(builder_.Finish());
    out.object.history = out.history.get();
    return out;
  }

  /// Swaps neighbouring events; the operations stay in call order.
  void Jumble(std::vector<ModelOp>* ops) {
    for (uint32_t n = options_.jumbled; n > 0 && position_ > 1; --n) {
      const Position at = random_->Below(position_ - 1);
      Position* events[2] = {nullptr, nullptr};
      ModelOp* owners[2] = {nullptr, nullptr};
      for (ModelOp& op : *ops) {
        for (Position* event : {&op.call, &op.ret}) {
          if (*event != at && *event != at + 1) continue;
          events[*event - at] = event;
          owners[*event - at] = &op;
        }
      }
      if (events[0] == nullptr || events[1] == nullptr || owners[0] == owners[1]) continue;
      std::swap(*events[0], *events[1]);
    }
    std::sort(ops->begin(), ops->end(),
              [](const ModelOp& a, const ModelOp& b) { return a.call < b.call; });
  }

  TestRandom* const random_;
  const RandomObjectOptions options_;
  uint32_t spoilt_;
  bool odd_ = false;
  HistoryBuilder builder_;
  FunctionId other_[4];
  std::vector<ObjectCall> calls_;
  std::vector<size_t> open_;
  std::vector<int32_t> idle_, held_;
  std::vector<ValueId> state_;
  int64_t count_ = 0, fresh_ = 0;
  int32_t next_process_ = 0;
  Position position_ = 0;
};

}  // namespace

OwnedObject RandomObject(TestRandom* random, const RandomObjectOptions& options) {
  return ObjectWorld(random, options).Run();
}

}  // namespace cleave
