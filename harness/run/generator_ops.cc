// Generators of single operations, and what changes, chooses, orders or counts operations.
#include <cstdio>

#include "harness/history/check.h"
#include "harness/run/generator_parts.h"

namespace cleave::gen {
namespace {

Step Emit(const Context& context, Op op, GeneratorPtr next) {
  Step step;
  step.kind = Step::Kind::kOp;
  step.op = std::move(op);
  step.thread = FreeThread(context);
  step.time = context.time;
  step.next = std::move(next);
  return step;
}

class Literal : public Generator {
 public:
  Literal(Op op, bool forever) : op_(std::move(op)), forever_(forever) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    if (Blocked(context, self, &step)) return step;
    return Emit(context, op_, forever_ ? self : nullptr);
  }

 private:
  Op op_;
  bool forever_;
};

class Function : public Generator {
 public:
  Function(int64_t n, Random random, std::shared_ptr<const OpFunction> make)
      : n_(n), random_(random), make_(std::move(make)) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    if (Blocked(context, self, &step)) return step;
    Random random = random_;
    Op op = (*make_)(n_, random);
    return Emit(context, std::move(op), std::make_shared<Function>(n_ + 1, random, make_));
  }

 private:
  int64_t n_;
  Random random_;
  std::shared_ptr<const OpFunction> make_;
};

class LimitTo : public Generator {
 public:
  LimitTo(int64_t left, GeneratorPtr g) : left_(left), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(g_, context);
    if (step.kind == Step::Kind::kOp) {
      step.next = Limit(left_ - 1, std::move(step.next));
    } else if (step.kind == Step::Kind::kPending) {
      step.next = Limit(left_, std::move(step.next));
    }
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    return g == g_ ? self : Limit(left_, std::move(g));
  }

 private:
  int64_t left_;
  GeneratorPtr g_;
};

class Repeated : public Generator {
 public:
  Repeated(int64_t left, GeneratorPtr g) : left_(left), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step = Ask(g_, context);
    if (step.kind == Step::Kind::kOp) {
      step.next = left_ < 0 ? self : RepeatGen(left_ - 1, g_);
    } else if (step.kind == Step::Kind::kPending) {
      step.next = RepeatGen(left_, std::move(step.next));
    }
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    return g == g_ ? self : RepeatGen(left_, std::move(g));
  }

 private:
  int64_t left_;  // < 0: forever
  GeneratorPtr g_;
};

class Cycled : public Generator {
 public:
  Cycled(GeneratorPtr original, GeneratorPtr current, int64_t left)
      : original_(std::move(original)), current_(std::move(current)), left_(left) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    int64_t left = left_;
    Step step = Ask(current_, context);
    if (step.kind == Step::Kind::kDone && left != 0) {
      left -= left > 0 ? 1 : 0;
      step = Ask(original_, context);  // exhausted from the start: so is the cycle
    }
    if (step.kind == Step::Kind::kDone) return step;
    step.next = std::make_shared<Cycled>(original_, std::move(step.next), left);
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(current_, context, event);
    return g == current_ ? self : std::make_shared<Cycled>(original_, std::move(g), left_);
  }

 private:
  GeneratorPtr original_, current_;
  int64_t left_;  // starts after the current one; < 0: without end
};

class Mixed : public Generator {
 public:
  Mixed(Random random, std::vector<GeneratorPtr> gs) : random_(random), gs_(std::move(gs)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Random random = random_;
    std::vector<GeneratorPtr> gs = gs_;
    while (!gs.empty()) {
      Random before = random;
      size_t i = random.Below(gs.size());
      Step step = Ask(gs[i], context);
      if (step.kind == Step::Kind::kDone) {
        gs.erase(gs.begin() + i);
        continue;
      }
      gs[i] = std::move(step.next);
      // A pending answer keeps the choice: the same part is asked again.
      if (step.kind == Step::Kind::kPending) random = before;
      step.next = std::make_shared<Mixed>(random, std::move(gs));
      return step;
    }
    return Done();
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    std::vector<GeneratorPtr> gs;
    for (size_t i = 0; i < gs_.size(); ++i) {
      GeneratorPtr g = Tell(gs_[i], context, event);
      if (g == gs_[i]) continue;
      if (gs.empty()) gs = gs_;
      gs[i] = std::move(g);
    }
    return gs.empty() ? self : std::make_shared<Mixed>(random_, std::move(gs));
  }

 private:
  Random random_;
  std::vector<GeneratorPtr> gs_;
};

class Alternating : public Generator {
 public:
  Alternating(GeneratorPtr now, GeneratorPtr other)
      : now_(std::move(now)), other_(std::move(other)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(now_, context);
    if (step.kind == Step::Kind::kOp) {
      step.next = std::make_shared<Alternating>(other_, std::move(step.next));
    } else if (step.kind == Step::Kind::kPending) {
      step.next = std::make_shared<Alternating>(std::move(step.next), other_);
    }
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr now = Tell(now_, context, event), other = Tell(other_, context, event);
    if (now == now_ && other == other_) return self;
    return std::make_shared<Alternating>(std::move(now), std::move(other));
  }

 private:
  GeneratorPtr now_, other_;
};

class InSequence : public Generator {
 public:
  using Rest = std::shared_ptr<const std::vector<GeneratorPtr>>;
  InSequence(GeneratorPtr current, size_t after, Rest all)
      : current_(std::move(current)), after_(after), all_(std::move(all)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(current_, context);
    size_t after = after_;
    while (step.kind == Step::Kind::kDone && after < all_->size()) {
      step = Ask((*all_)[after++], context);
    }
    if (step.kind == Step::Kind::kDone) return step;
    if (!step.next && after == all_->size()) return step;
    step.next = std::make_shared<InSequence>(std::move(step.next), after, all_);
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(current_, context, event);
    return g == current_ ? self : std::make_shared<InSequence>(std::move(g), after_, all_);
  }

 private:
  GeneratorPtr current_;
  size_t after_;  // the part of all_ that follows the current one
  Rest all_;
};

class UntilItIsOk : public Generator {
 public:
  UntilItIsOk(GeneratorPtr g, std::vector<int32_t> active)
      : g_(std::move(g)), active_(std::move(active)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(g_, context);
    if (step.kind == Step::Kind::kDone) return step;
    std::vector<int32_t> active = active_;
    if (step.kind == Step::Kind::kOp && step.op.kind == Op::Kind::kInvoke) {
      active.push_back(context.Process(step.thread));
    }
    step.next = std::make_shared<UntilItIsOk>(std::move(step.next), std::move(active));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    auto mine = std::find(active_.begin(), active_.end(), event.process);
    // The end of a sleep or a log is no answer.
    bool answer = event.type != EventType::kInvoke && event.op->kind == Op::Kind::kInvoke;
    if (!answer || mine == active_.end()) {
      return g == g_ ? self : std::make_shared<UntilItIsOk>(std::move(g), active_);
    }
    if (event.type == EventType::kOk) return nullptr;
    std::vector<int32_t> active = active_;
    active.erase(active.begin() + (mine - active_.begin()));
    return std::make_shared<UntilItIsOk>(std::move(g), std::move(active));
  }

 private:
  GeneratorPtr g_;
  std::vector<int32_t> active_;  // processes with an open operation of ours
};

class Filtered : public Generator {
 public:
  using Keep = std::shared_ptr<const std::function<bool(const Op&)>>;
  Filtered(Keep keep, GeneratorPtr g) : keep_(std::move(keep)), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(g_, context);
    while (step.kind == Step::Kind::kOp && !(*keep_)(step.op)) {
      GeneratorPtr next = std::move(step.next);
      step = Ask(next, context);
    }
    if (step.next) step.next = std::make_shared<Filtered>(keep_, std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    return g == g_ ? self : std::make_shared<Filtered>(keep_, std::move(g));
  }

 private:
  Keep keep_;
  GeneratorPtr g_;
};

class Mapped : public Generator {
 public:
  using Change = std::shared_ptr<const std::function<Op(Op)>>;
  Mapped(Change change, GeneratorPtr g) : change_(std::move(change)), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(g_, context);
    if (step.kind == Step::Kind::kOp) step.op = (*change_)(std::move(step.op));
    if (step.next) step.next = std::make_shared<Mapped>(change_, std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    return g == g_ ? self : std::make_shared<Mapped>(change_, std::move(g));
  }

 private:
  Change change_;
  GeneratorPtr g_;
};

class Traced : public Generator {
 public:
  Traced(std::string name, GeneratorPtr g) : name_(std::move(name)), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(g_, context);
    if (step.kind == Step::Kind::kOp) {
      std::fprintf(stderr, "%s: %lld thread %d: %s %s at %lld\n", name_.c_str(),
                   static_cast<long long>(context.time), step.thread, step.op.f.c_str(),
                   DumpJson(step.op.value).c_str(), static_cast<long long>(step.time));
    } else {
      std::fprintf(stderr, "%s: %lld %s\n", name_.c_str(), static_cast<long long>(context.time),
                   step.kind == Step::Kind::kPending ? "pending" : "done");
    }
    if (step.next) step.next = std::make_shared<Traced>(name_, std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    std::fprintf(stderr, "%s: %lld thread %d process %d: %s %s\n", name_.c_str(),
                 static_cast<long long>(event.time), event.thread, event.process,
                 event.op->f.c_str(), EventTypeName(event.type));
    GeneratorPtr g = Tell(g_, context, event);
    return g == g_ ? self : std::make_shared<Traced>(name_, std::move(g));
  }

 private:
  std::string name_;
  GeneratorPtr g_;
};

}  // namespace

GeneratorPtr Once(Op op) { return std::make_shared<Literal>(std::move(op), false); }

GeneratorPtr Repeat(Op op) { return std::make_shared<Literal>(std::move(op), true); }

GeneratorPtr Fn(uint64_t seed, OpFunction make) {
  auto shared = std::make_shared<const OpFunction>(std::move(make));
  return std::make_shared<Function>(0, Random(seed), std::move(shared));
}

GeneratorPtr Limit(int64_t n, GeneratorPtr g) {
  if (n <= 0 || !g) return nullptr;
  return std::make_shared<LimitTo>(n, std::move(g));
}

GeneratorPtr RepeatGen(int64_t times, GeneratorPtr g) {
  if (times == 0 || !g) return nullptr;
  return std::make_shared<Repeated>(times, std::move(g));
}

GeneratorPtr Cycle(GeneratorPtr g, int64_t times) {
  if (times == 0 || !g) return nullptr;
  return std::make_shared<Cycled>(g, g, times < 0 ? times : times - 1);
}

GeneratorPtr Sleep(int64_t duration) {
  Op op;
  op.f = "sleep";
  op.kind = Op::Kind::kSleep;
  op.sleep = duration;
  return Once(std::move(op));
}

GeneratorPtr Log(std::string message) {
  Op op;
  op.f = "log";
  op.kind = Op::Kind::kLog;
  op.value = std::move(message);
  return Once(std::move(op));
}

GeneratorPtr Mix(uint64_t seed, std::vector<GeneratorPtr> gs) {
  return std::make_shared<Mixed>(Random(seed), std::move(gs));
}

GeneratorPtr FlipFlop(GeneratorPtr a, GeneratorPtr b) {
  return std::make_shared<Alternating>(std::move(a), std::move(b));
}

GeneratorPtr Sequence(std::vector<GeneratorPtr> gs) {
  auto all = std::make_shared<const std::vector<GeneratorPtr>>(std::move(gs));
  return std::make_shared<InSequence>(nullptr, 0, std::move(all));
}

GeneratorPtr UntilOk(GeneratorPtr g) {
  return std::make_shared<UntilItIsOk>(std::move(g), std::vector<int32_t>{});
}

GeneratorPtr Filter(std::function<bool(const Op&)> keep, GeneratorPtr g) {
  auto shared = std::make_shared<const std::function<bool(const Op&)>>(std::move(keep));
  return std::make_shared<Filtered>(std::move(shared), std::move(g));
}

GeneratorPtr Map(std::function<Op(Op)> change, GeneratorPtr g) {
  auto shared = std::make_shared<const std::function<Op(Op)>>(std::move(change));
  return std::make_shared<Mapped>(std::move(shared), std::move(g));
}

GeneratorPtr Trace(std::string name, GeneratorPtr g) {
  return std::make_shared<Traced>(std::move(name), std::move(g));
}

}  // namespace cleave::gen
