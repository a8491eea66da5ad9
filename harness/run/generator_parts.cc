// What the combinators share.
#include "harness/run/generator_parts.h"

#include <algorithm>

namespace cleave::gen {
namespace {

thread_local std::vector<std::unique_ptr<Context>> pool;

void Keep(const std::vector<int32_t>& from, const ThreadSet& set, std::vector<int32_t>* to) {
  to->clear();
  if (set.which) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(*to), set.which);
    return;
  }
  auto first = std::lower_bound(from.begin(), from.end(), set.low);
  if (set.with_nemesis && !from.empty() && from.front() == kNemesis && set.low > kNemesis) {
    to->push_back(kNemesis);
  }
  to->insert(to->end(), first, std::upper_bound(first, from.end(), set.high));
}

}  // namespace

bool Blocked(const Context& context, const GeneratorPtr& self, Step* step) {
  if (!context.free.empty()) return false;
  *step = context.threads.empty() ? Done() : Pending(self);
  return true;
}

Narrowed::Narrowed(const Context& context, const ThreadSet& set) {
  if (pool.empty()) {
    context_ = std::make_unique<Context>();
  } else {
    context_ = std::move(pool.back());
    pool.pop_back();
  }
  context_->time = context.time;
  context_->processes = context.processes;
  context_->chance = context.chance;
  Keep(context.free, set, &context_->free);
  Keep(context.threads, set, &context_->threads);
}

Narrowed::~Narrowed() { pool.push_back(std::move(context_)); }

bool Soonest::Offer(size_t index, Step step) {
  if (step.kind == Step::Kind::kPending) {
    any_pending_ = true;
    pending_ = std::min(pending_, step.time);
  } else if (step.kind == Step::Kind::kOp &&
             (best_.kind != Step::Kind::kOp || step.time < best_.time)) {
    best_ = std::move(step);
    index_ = index;
    return true;
  }
  return false;
}

Step Soonest::Take() {
  if (best_.kind == Step::Kind::kOp && best_.time <= pending_) return std::move(best_);
  if (best_.kind == Step::Kind::kOp || any_pending_) return Pending(nullptr, pending_);
  return Done();
}

}  // namespace cleave::gen
