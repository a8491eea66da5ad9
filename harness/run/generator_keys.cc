// Lifting a generator over independent keys, as jepsen.independent does: many small histories prove
// more than one long one, and are cheaper to check. A key is the number of its generator, from 0,
// or that number's name.
#include <algorithm>

#include "harness/history/check.h"
#include "harness/run/generator_parts.h"

namespace cleave::gen {
namespace {

using Make = std::function<GeneratorPtr(int64_t)>;
using Named = std::shared_ptr<const Json>;  // shared: steps copy it for every key in use

// How to build a key's generator, and what its operations call it.
struct Keys {
  int64_t count;  // < 0: without end
  Make make;
  KeyNames name;
  bool Left(int64_t next) const { return count < 0 || next < count; }
  Named Name(int64_t k) const { return std::make_shared<const Json>(name ? name(k) : Json(k)); }
};
using SharedKeys = std::shared_ptr<const Keys>;

// Keys that are exhausted from the start are passed over; this many in a row are a mistake.
constexpr int kEmptyKeys = 10'000;

class OneByOne : public Generator {
 public:
  OneByOne(int64_t key, Named name, GeneratorPtr current, SharedKeys keys)
      : key_(key), name_(std::move(name)), current_(std::move(current)), keys_(std::move(keys)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    int64_t key = key_;
    Step step = Ask(current_, context);
    for (int empty = 0; step.kind == Step::Kind::kDone; ++empty) {
      if (context.threads.empty() || !keys_->Left(key + 1)) return step;
      CHECK(empty < kEmptyKeys) << "Sequential: generators of keys that emit nothing";
      step = Ask(keys_->make(++key), context);
    }
    Named name = key == key_ ? name_ : keys_->Name(key);
    if (step.kind == Step::Kind::kOp) step.op.key = *name;
    step.next = std::make_shared<OneByOne>(key, std::move(name), std::move(step.next), keys_);
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    if (!name_ || event.op->key != *name_) return self;
    GeneratorPtr g = Tell(current_, context, event);
    return g == current_ ? self : std::make_shared<OneByOne>(key_, name_, std::move(g), keys_);
  }

 private:
  int64_t key_;  // -1 before the first
  Named name_;
  GeneratorPtr current_;
  SharedKeys keys_;
};

// Which threads work together; found from the first context.
struct Groups {
  std::vector<ThreadSet> sets;
  std::vector<int32_t> of_thread;  // by thread number; -1: not a thread of ours
  int32_t Of(int32_t thread) const {
    return thread >= 0 && static_cast<size_t>(thread) < of_thread.size() ? of_thread[thread] : -1;
  }
};

Groups MakeGroups(const Context& context, int n) {
  Groups groups;
  auto begin = std::lower_bound(context.threads.begin(), context.threads.end(), 0);
  for (auto from = begin; from != context.threads.end();) {
    auto to = from + std::min<ptrdiff_t>(n, context.threads.end() - from);
    groups.sets.push_back({*from, *(to - 1), nullptr, false});
    groups.of_thread.resize(*(to - 1) + 1, -1);
    for (; from != to; ++from) groups.of_thread[*from] = groups.sets.size() - 1;
  }
  return groups;
}

class Together : public Generator {
 public:
  struct Work {
    int64_t key = -1;
    Named name;
    GeneratorPtr g;
  };
  struct Settings {
    Keys keys;
    Groups groups;
  };
  using Shared = std::shared_ptr<const Settings>;
  Together(Shared settings, int64_t next_key, std::vector<Work> work)
      : settings_(std::move(settings)), next_key_(next_key), work_(std::move(work)) {}

  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Soonest soonest;
    Work taken;  // the work of the soonest group
    size_t first = First(context);
    for (size_t n = 0; n < work_.size() && !soonest.Decided(context); ++n) {
      size_t i = (first + n) % work_.size();
      if (Exhausted(work_[i])) continue;
      Narrowed narrowed(context, settings_->groups.sets[i]);
      if (narrowed->free.empty()) {
        soonest.OfferBusy();
        continue;
      }
      Work work = work_[i];
      if (soonest.Offer(i, AskGroup(*narrowed, &work))) taken = {work.key, work.name, nullptr};
    }
    Step step = soonest.Take();
    if (step.kind == Step::Kind::kPending) step.next = self;
    if (step.kind != Step::Kind::kOp) return step;
    step.op.key = *taken.name;
    taken.g = std::move(step.next);
    step.next = With(soonest.index(), std::move(taken));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    int32_t i = settings_->groups.Of(event.thread);
    if (i < 0 || !work_[i].g || event.op->key != *work_[i].name) return self;
    Narrowed narrowed(context, settings_->groups.sets[i]);
    GeneratorPtr g = Tell(work_[i].g, *narrowed, event);
    return g == work_[i].g ? self : With(i, {work_[i].key, work_[i].name, std::move(g)});
  }

 private:
  bool KeysLeft(int64_t next) const { return settings_->keys.Left(next); }
  bool Exhausted(const Work& work) const { return !work.g && !KeysLeft(next_key_); }
  size_t First(const Context& context) const {
    if (context.free.empty()) return 0;
    return std::max(0, settings_->groups.Of(context.free[Draw(context, 5, context.free.size())]));
  }
  // Only one group's answer is taken, so that every group may try the same next key.
  Step AskGroup(const Context& context, Work* work) const {
    Step step = Ask(work->g, context);
    int64_t next = next_key_;
    for (int empty = 0; step.kind == Step::Kind::kDone && KeysLeft(next); ++empty) {
      CHECK(empty < kEmptyKeys) << "Concurrent: generators of keys that emit nothing";
      work->key = next++;
      step = Ask(settings_->keys.make(work->key), context);
    }
    if (next != next_key_) work->name = settings_->keys.Name(work->key);
    return step;
  }
  GeneratorPtr With(size_t index, Work changed) const {
    int64_t next_key = std::max(next_key_, changed.key + 1);
    std::vector<Work> work = work_;
    work[index] = std::move(changed);
    bool all_exhausted = !KeysLeft(next_key) &&
                         std::all_of(work.begin(), work.end(), [](const Work& w) { return !w.g; });
    if (all_exhausted) return nullptr;
    return std::make_shared<Together>(settings_, next_key, std::move(work));
  }

  Shared settings_;
  int64_t next_key_;
  std::vector<Work> work_;
};

class TogetherAtFirst : public Generator {
 public:
  TogetherAtFirst(int n, Keys keys) : n_(n), keys_(std::move(keys)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    auto settings =
        std::make_shared<Together::Settings>(Together::Settings{keys_, MakeGroups(context, n_)});
    std::vector<Together::Work> work(settings->groups.sets.size());
    auto together = std::make_shared<Together>(std::move(settings), 0, std::move(work));
    return together->Next(context, together);
  }

 private:
  int n_;
  Keys keys_;
};

}  // namespace

GeneratorPtr Sequential(int64_t keys, Make make, KeyNames name) {
  if (keys == 0) return nullptr;
  auto shared = std::make_shared<const Keys>(Keys{keys, std::move(make), std::move(name)});
  return std::make_shared<OneByOne>(-1, nullptr, nullptr, std::move(shared));
}

GeneratorPtr Concurrent(int n, int64_t keys, Make make, KeyNames name) {
  CHECK(n > 0) << "Concurrent needs at least one thread for each key";
  return std::make_shared<TogetherAtFirst>(n, Keys{keys, std::move(make), std::move(name)});
}

}  // namespace cleave::gen
