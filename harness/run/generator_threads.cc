// Generators that say which threads take part, and that choose between parts by who can go first.
#include <algorithm>

#include "harness/history/check.h"
#include "harness/run/generator_parts.h"

namespace cleave::gen {
namespace {

class Either : public Generator {
 public:
  explicit Either(std::vector<GeneratorPtr> gs) : gs_(std::move(gs)) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Soonest soonest;
    size_t first = gs_.empty() ? 0 : Draw(context, 2, gs_.size());
    for (size_t n = 0; n < gs_.size() && !soonest.Decided(context); ++n) {
      size_t i = (first + n) % gs_.size();
      soonest.Offer(i, Ask(gs_[i], context));
    }
    Step step = soonest.Take();
    if (step.kind == Step::Kind::kPending) step.next = self;
    if (step.kind == Step::Kind::kOp) {
      std::vector<GeneratorPtr> gs = gs_;
      gs[soonest.index()] = std::move(step.next);
      std::erase(gs, nullptr);
      step.next = gs.empty() ? nullptr : std::make_shared<Either>(std::move(gs));
    }
    return step;
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
    if (gs.empty()) return self;
    std::erase(gs, nullptr);
    return gs.empty() ? nullptr : std::make_shared<Either>(std::move(gs));
  }

 private:
  std::vector<GeneratorPtr> gs_;
};

class OnSome : public Generator {
 public:
  using Set = std::shared_ptr<const ThreadSet>;
  OnSome(Set set, GeneratorPtr g) : set_(std::move(set)), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Narrowed narrowed(context, *set_);
    Step step = Ask(g_, *narrowed);
    if (step.next) step.next = std::make_shared<OnSome>(set_, std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    if (!set_->Has(event.thread)) return self;
    Narrowed narrowed(context, *set_);
    GeneratorPtr g = Tell(g_, *narrowed, event);
    if (g == g_) return self;
    return g ? std::make_shared<OnSome>(set_, std::move(g)) : nullptr;
  }

 private:
  Set set_;
  GeneratorPtr g_;
};

GeneratorPtr On(ThreadSet set, GeneratorPtr g) {
  if (!g) return nullptr;
  return std::make_shared<OnSome>(std::make_shared<const ThreadSet>(std::move(set)), std::move(g));
}

class ForEach : public Generator {
 public:
  // copies[thread + 1]; empty before the first question.
  ForEach(GeneratorPtr original, std::vector<GeneratorPtr> copies)
      : original_(std::move(original)), copies_(std::move(copies)) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    if (copies_.empty()) {
      if (context.threads.empty()) return Done();
      auto all = std::make_shared<ForEach>(original_, Copies(context));
      return all->Next(context, all);
    }
    Soonest soonest;
    for (int32_t thread : context.threads) {
      if (Copy(thread) && !Free(context, thread)) soonest.OfferBusy();
    }
    size_t first = context.free.empty() ? 0 : Draw(context, 3, context.free.size());
    for (size_t n = 0; n < context.free.size() && !soonest.Decided(context); ++n) {
      int32_t thread = context.free[(first + n) % context.free.size()];
      if (!Copy(thread)) continue;
      Narrowed narrowed(context, {thread, thread, nullptr, false});
      soonest.Offer(thread + 1, Ask(Copy(thread), *narrowed));
    }
    Step step = soonest.Take();
    if (step.kind == Step::Kind::kPending) step.next = self;
    if (step.kind == Step::Kind::kOp) step.next = With(soonest.index(), std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    const GeneratorPtr& copy = Copy(event.thread);
    if (!copy) return self;
    Narrowed narrowed(context, {event.thread, event.thread, nullptr, false});
    GeneratorPtr g = Tell(copy, *narrowed, event);
    return g == copy ? self : With(event.thread + 1, std::move(g));
  }

 private:
  static bool Free(const Context& context, int32_t thread) {
    return std::binary_search(context.free.begin(), context.free.end(), thread);
  }
  const GeneratorPtr& Copy(int32_t thread) const {
    static const GeneratorPtr none;
    return static_cast<size_t>(thread + 1) < copies_.size() ? copies_[thread + 1] : none;
  }
  std::vector<GeneratorPtr> Copies(const Context& context) const {
    std::vector<GeneratorPtr> copies(context.threads.back() + 2);
    for (int32_t thread : context.threads) copies[thread + 1] = original_;
    return copies;
  }
  GeneratorPtr With(size_t index, GeneratorPtr g) const {
    std::vector<GeneratorPtr> copies = copies_;
    copies[index] = std::move(g);
    if (std::all_of(copies.begin(), copies.end(), [](auto& c) { return !c; })) return nullptr;
    return std::make_shared<ForEach>(original_, std::move(copies));
  }

  GeneratorPtr original_;
  std::vector<GeneratorPtr> copies_;
};

// Parts with their own threads. Built by Reserve once it has seen the threads.
class Reserved : public Generator {
 public:
  using Sets = std::shared_ptr<const std::vector<ThreadSet>>;
  Reserved(Sets sets, std::vector<GeneratorPtr> gs) : sets_(std::move(sets)), gs_(std::move(gs)) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Soonest soonest;
    // Starting with the part of a random free thread weighs the parts by their free threads.
    const auto& free = context.free;
    size_t first = free.empty() ? 0 : PartOf(free[Draw(context, 4, free.size())]);
    for (size_t n = 0; n < gs_.size() && !soonest.Decided(context); ++n) {
      size_t i = (first + n) % gs_.size();
      if (!gs_[i]) continue;
      Narrowed narrowed(context, (*sets_)[i]);
      soonest.Offer(i, Ask(gs_[i], *narrowed));
    }
    Step step = soonest.Take();
    if (step.kind == Step::Kind::kPending) step.next = self;
    if (step.kind == Step::Kind::kOp) step.next = With(soonest.index(), std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    size_t i = PartOf(event.thread);
    if (i == gs_.size() || !gs_[i]) return self;
    Narrowed narrowed(context, (*sets_)[i]);
    GeneratorPtr g = Tell(gs_[i], *narrowed, event);
    return g == gs_[i] ? self : With(i, std::move(g));
  }

 private:
  size_t PartOf(int32_t thread) const {
    size_t i = 0;
    while (i < sets_->size() && !(*sets_)[i].Has(thread)) ++i;
    return i;
  }
  GeneratorPtr With(size_t index, GeneratorPtr g) const {
    std::vector<GeneratorPtr> gs = gs_;
    gs[index] = std::move(g);
    return std::make_shared<Reserved>(sets_, std::move(gs));
  }

  Sets sets_;
  std::vector<GeneratorPtr> gs_;
};

class Reserving : public Generator {
 public:
  Reserving(std::vector<std::pair<int, GeneratorPtr>> parts, GeneratorPtr rest)
      : parts_(std::move(parts)), rest_(std::move(rest)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    auto sets = std::make_shared<std::vector<ThreadSet>>();
    std::vector<GeneratorPtr> gs;
    auto from = std::lower_bound(context.threads.begin(), context.threads.end(), 0);
    for (const auto& [count, g] : parts_) {
      auto to = from + std::min<ptrdiff_t>(count, context.threads.end() - from);
      if (to == from) continue;
      sets->push_back({*from, *(to - 1), nullptr, false});
      gs.push_back(g);
      from = to;
    }
    int32_t low = from == context.threads.end() ? INT32_MAX : *from;
    sets->push_back({low, INT32_MAX, nullptr, true});
    gs.push_back(rest_);
    auto reserved = std::make_shared<Reserved>(std::move(sets), std::move(gs));
    return reserved->Next(context, reserved);
  }

 private:
  std::vector<std::pair<int, GeneratorPtr>> parts_;
  GeneratorPtr rest_;
};

class Synchronized : public Generator {
 public:
  explicit Synchronized(GeneratorPtr g) : g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    return context.free.size() == context.threads.size() ? Ask(g_, context) : Pending(self);
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    return g == g_ ? self : Synchronize(std::move(g));
  }

 private:
  GeneratorPtr g_;
};

class LimitedProcesses : public Generator {
 public:
  LimitedProcesses(size_t n, std::vector<int32_t> seen, GeneratorPtr g)
      : n_(n), seen_(std::move(seen)), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    std::vector<int32_t> seen = seen_;
    for (int32_t thread : context.threads) {
      if (thread < 0) continue;
      int32_t process = context.Process(thread);
      auto place = std::lower_bound(seen.begin(), seen.end(), process);
      if (place == seen.end() || *place != process) seen.insert(place, process);
    }
    if (seen.size() > n_) return Done();
    Step step = Ask(g_, context);
    if (step.next) {
      step.next = std::make_shared<LimitedProcesses>(n_, std::move(seen), std::move(step.next));
    }
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    if (g == g_) return self;
    return g ? std::make_shared<LimitedProcesses>(n_, seen_, std::move(g)) : nullptr;
  }

 private:
  size_t n_;
  std::vector<int32_t> seen_;  // ascending
  GeneratorPtr g_;
};

}  // namespace

GeneratorPtr Any(std::vector<GeneratorPtr> gs) {
  std::erase(gs, nullptr);
  return gs.empty() ? nullptr : std::make_shared<Either>(std::move(gs));
}

GeneratorPtr OnThreads(std::function<bool(int32_t thread)> which, GeneratorPtr g) {
  return On({0, INT32_MAX, std::move(which), false}, std::move(g));
}

GeneratorPtr Clients(GeneratorPtr clients) { return On(ClientThreads(), std::move(clients)); }

GeneratorPtr Clients(GeneratorPtr clients, GeneratorPtr nemesis) {
  return Any({Clients(std::move(clients)), Nemesis(std::move(nemesis))});
}

GeneratorPtr Nemesis(GeneratorPtr nemesis) { return On(NemesisThread(), std::move(nemesis)); }

GeneratorPtr Nemesis(GeneratorPtr nemesis, GeneratorPtr clients) {
  return Any({Nemesis(std::move(nemesis)), Clients(std::move(clients))});
}

GeneratorPtr EachThread(GeneratorPtr g) {
  if (!g) return nullptr;
  return std::make_shared<ForEach>(std::move(g), std::vector<GeneratorPtr>{});
}

GeneratorPtr Reserve(std::vector<std::pair<int, GeneratorPtr>> parts, GeneratorPtr rest) {
  return std::make_shared<Reserving>(std::move(parts), std::move(rest));
}

GeneratorPtr Synchronize(GeneratorPtr g) {
  return g ? std::make_shared<Synchronized>(std::move(g)) : nullptr;
}

GeneratorPtr Phases(std::vector<GeneratorPtr> gs) {
  for (GeneratorPtr& g : gs) g = Synchronize(std::move(g));
  return Sequence(std::move(gs));
}

GeneratorPtr Then(GeneratorPtr first, GeneratorPtr second) {
  return Sequence({std::move(first), Synchronize(std::move(second))});
}

GeneratorPtr ProcessLimit(int n, GeneratorPtr g) {
  return std::make_shared<LimitedProcesses>(n, std::vector<int32_t>{}, std::move(g));
}

}  // namespace cleave::gen
