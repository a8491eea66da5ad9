// What the combinators share. Internal to generator_*.cc.
// Invariant of every combinator: Next and Update depend on their arguments alone, and a node is
// never changed once it is shared; a node whose parts stayed the same is returned as it is.
#pragma once

#include <climits>

#include "harness/run/generator.h"

namespace cleave::gen {

inline Step Done() { return Step{}; }

/// Nothing to do now; ask `next` again at `time`, or after the next event.
inline Step Pending(GeneratorPtr next, int64_t time = INT64_MAX) {
  Step step;
  step.kind = Step::Kind::kPending;
  step.time = time;
  step.next = std::move(next);
  return step;
}

inline Step Ask(const GeneratorPtr& g, const Context& context) {
  return g ? g->Next(context, g) : Done();
}

inline GeneratorPtr Tell(const GeneratorPtr& g, const Context& context,
                         const GeneratorEvent& event) {
  return g ? g->Update(context, event, g) : nullptr;
}

/// A number in [0, bound) from Context::chance, independent for each salt; 0 where chance is 0.
inline uint64_t Draw(const Context& context, uint64_t salt, uint64_t bound) {
  if (context.chance == 0) return 0;
  uint64_t z = context.chance + salt * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<uint64_t>((static_cast<unsigned __int128>(z ^ (z >> 31)) * bound) >> 64);
}

/// One of the free threads, of which there must be one.
inline int32_t FreeThread(const Context& context) {
  return context.free[Draw(context, 1, context.free.size())];
}

/// Whether a leaf can emit now; otherwise *step is its answer. No threads at all: exhausted,
/// because nothing could ever take an operation.
bool Blocked(const Context& context, const GeneratorPtr& self, Step* step);

/// A set of threads: a range of numbers, or what a predicate says.
struct ThreadSet {
  int32_t low = 0, high = INT32_MAX;   // inclusive
  std::function<bool(int32_t)> which;  // in place of the range where set
  bool with_nemesis = false;           // beside the range
  bool Has(int32_t thread) const {
    if (which) return which(thread);
    return (thread >= low && thread <= high) || (with_nemesis && thread == kNemesis);
  }
};
inline ThreadSet ClientThreads() { return {0, INT32_MAX, nullptr, false}; }
inline ThreadSet NemesisThread() { return {kNemesis, kNemesis, nullptr, false}; }

/// The context that a part of the threads sees. Borrowed from a pool, so that a step allocates
/// nothing.
class Narrowed {
 public:
  Narrowed(const Context& context, const ThreadSet& set);
  ~Narrowed();
  Narrowed(const Narrowed&) = delete;
  Narrowed& operator=(const Narrowed&) = delete;
  const Context& operator*() const { return *context_; }
  const Context* operator->() const { return context_.get(); }

 private:
  std::unique_ptr<Context> context_;
};

/// Chooses the soonest of several answers. An answer that is pending only until a moment before the
/// soonest operation wins: asked again then, it may have something sooner.
class Soonest {
 public:
  /// Takes the answer of part `index`. Returns whether it is the soonest operation so far.
  bool Offer(size_t index, Step step);
  /// Whether nothing could be sooner.
  bool Decided(const Context& context) const {
    return best_.kind == Step::Kind::kOp && best_.time <= context.time && pending_ > context.time;
  }
  /// Parts that are busy but not exhausted.
  void OfferBusy() { any_pending_ = true; }
  /// kOp: the operation of part `index()`. kPending: ask the same generator again. kDone: all are.
  Step Take();
  size_t index() const { return index_; }

 private:
  Step best_;
  size_t index_ = 0;
  bool any_pending_ = false;
  int64_t pending_ = INT64_MAX;
};

}  // namespace cleave::gen
