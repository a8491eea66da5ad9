// See online_register.h.
#include "checkers/online/online_register.h"

namespace cleave {
namespace {

bool Reads(const std::string& f) { return f == "read" || f == "get"; }
bool Writes(const std::string& f) { return f == "write" || f == "put"; }

bool SaysMismatch(const Json& error) {
  const Json& symbol = error.is_array() && !error.empty() ? error[0] : error;
  return symbol.is_string() && symbol.get_ref<const std::string&>() == "mismatch";
}

}  // namespace

OnlineRegister::OnlineRegister(Token initial) {
  Value& value = values_[initial];
  value.call = value.first_return = -1;
  value.happened = true;
  blocks_.push_back({next_block_++, -1, -1, {initial}});
}

OnlineRegister::Value* OnlineRegister::Find(Token token) {
  const auto place = values_.find(token);
  return place == values_.end() ? nullptr : &place->second;
}

OnlineRegister::Block* OnlineRegister::BlockOf(const Value& value) {
  return &*std::find_if(blocks_.begin(), blocks_.end(),
                        [&](const Block& b) { return b.id == value.block; });
}

Found OnlineRegister::Call(OnlineCall* call, const Event& event) {
  const bool cas = event.f == "cas";
  if (cas || Reads(event.f)) observing_.push_back(call->call);
  if (Reads(event.f)) return nullptr;
  if (!cas && !Writes(event.f)) throw NotJudged("a register knows read, write and cas");
  if (cas && !(event.value.is_array() && event.value.size() == 2)) {
    throw NotJudged("a cas has two values");
  }
  call->input = TokenOf(cas ? event.value[1] : event.value);
  if (cas) call->expected = TokenOf(event.value[0]);
  const auto [place, is_new] = values_.try_emplace(call->input);
  if (!is_new) throw NotJudged("a value is written while it is live");
  place->second.call = call->call;
  place->second.by_cas = cas;
  place->second.expected = call->expected;
  return nullptr;
}

Found OnlineRegister::Return(const OnlineCall& call, const Event& event) {
  const bool reads = Reads(call.f), cas = call.f == "cas";
  if (reads || cas) {
    observing_.erase(std::lower_bound(observing_.begin(), observing_.end(), call.call));
  }
  const int64_t now = event.index;
  Found found = nullptr;
  if (event.type == EventType::kOk) {
    if (reads) {
      found = Observe(TokenOf(event.value), call.call, now, "stale-read");
    } else if (const Value* value = Find(call.input); value && value->call == call.call) {
      found = Happen(call.input);
      if (!found) found = Join(call.input, call.call, now, cas ? "lost-update" : "stale-write");
    }  // otherwise somebody saw it, and it is over
  } else if (event.type == EventType::kFail) {
    if (!reads) found = Undo(call);
    if (!found && event.has_observed) {
      found = Observe(TokenOf(event.observed), call.call, now, "stale-read");
    } else if (!found && cas && SaysMismatch(event.error)) {
      Mismatch(call, now);
    }
  }
  if (!found) Forget();
  return found;
}

Found OnlineRegister::Observe(Token token, int64_t call, int64_t now, Found kind) {
  if (Find(token) == nullptr) return kind;
  const Found found = Happen(token);
  return found ? found : Join(token, call, now, kind);
}

/// That it was seen, or acknowledged, proves the write, and the cas that it hangs on.
Found OnlineRegister::Happen(Token token) {
  std::vector<Token> chain;  // of what is proven only now, the last first
  for (Token t = token; !Find(t)->happened; t = Find(t)->expected) {
    if (std::find(chain.begin(), chain.end(), t) != chain.end()) return "cas-cycle";
    chain.push_back(t);
    if (!Find(t)->by_cas) break;
    const Value* from = Find(Find(t)->expected);
    if (from == nullptr) return "lost-update";
    if (from->replaced_by_cas) return "double-cas";
  }
  for (; !chain.empty(); chain.pop_back()) {
    Value* const value = Find(chain.back());
    value->happened = true;
    if (value->by_cas) {
      Value* const from = Find(value->expected);
      from->replaced_by_cas = true;
      value->block = from->block;
      // Until it began, what it replaced was there.
      if (value->call > from->mismatch_return) return "mismatch-of-equal";
    } else {
      value->block = next_block_++;
      blocks_.push_back({value->block, kOpen, -1, {}});
    }
    BlockOf(*value)->chain.push_back(chain.back());
    const Found found = Join(chain.back(), value->call, kOpen, "lost-update");
    if (found) return found;
  }
  return nullptr;
}

/// An operation that shows a value: one of its block. `now` is its return, kOpen where that is not
/// known.
Found OnlineRegister::Join(Token token, int64_t call, int64_t now, Found kind) {
  Value* const value = Find(token);
  Block* const block = BlockOf(*value);
  value->first_return = std::min(value->first_return, now);
  block->first_return = std::min(block->first_return, now);
  if (call <= value->last_call) return nullptr;
  value->last_call = call;
  if (call > value->mismatch_return) return "mismatch-of-equal";
  for (auto later = block->chain.rbegin(); *later != token; ++later) {
    if (Find(*later)->first_return < call) return kind;
  }
  if (call <= block->last_call) return nullptr;
  block->last_call = call;
  for (const Block& other : blocks_) {
    if (&other != block && other.first_return < call && block->first_return < other.last_call) {
      return kind;
    }
  }
  return nullptr;
}

/// The value expected was certainly not there for a moment between `call` and now.
void OnlineRegister::Mismatch(const OnlineCall& call, int64_t now) {
  Value* const value = Find(call.expected);
  // Seen before the call: whoever sees it after the return shows that it was there all the time.
  if (value == nullptr || value->first_return > call.call) return;
  value->mismatch_return = std::min(value->mismatch_return, now);
}

/// It certainly did not happen.
Found OnlineRegister::Undo(const OnlineCall& call) {
  const auto place = values_.find(call.input);
  const bool known = place != values_.end() && place->second.call == call.call;
  // What is over was seen.
  if (!known || place->second.happened) return "read-of-failed-write";
  values_.erase(place);
  return nullptr;
}

void OnlineRegister::Forget() {
  const int64_t earliest = observing_.empty() ? kOpen : observing_.front();
  const Block* last = nullptr;
  for (Block& block : blocks_) {
    ForgetInside(&block, earliest);
    if (block.first_return < earliest && (last == nullptr || block.last_call > last->last_call)) {
      last = &block;
    }
  }
  if (last == nullptr) return;
  const uint32_t keep = last->id;
  const int64_t until = last->last_call;
  std::erase_if(blocks_, [&](const Block& block) {
    const bool over = block.id != keep && block.first_return < until && block.last_call <= until;
    if (over) {
      for (const Token token : block.chain) values_.erase(token);
    }
    return over;
  });
}

void OnlineRegister::ForgetInside(Block* block, int64_t earliest) {
  size_t keep = block->chain.size() - 1;
  while (keep > 0 && Find(block->chain[keep])->first_return >= earliest) --keep;
  for (size_t i = 0; i < keep; ++i) values_.erase(block->chain[i]);
  block->chain.erase(block->chain.begin(), block->chain.begin() + static_cast<ptrdiff_t>(keep));
}

}  // namespace cleave
