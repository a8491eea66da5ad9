// See random_history.h. Each operation is called, takes effect and returns at three random moments.
#include "checkers/testing/random_history.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkers/mix_bits.h"

namespace cleave {

uint64_t TestRandom::Next() {
  if (bytes_.empty()) return MixBits(state_ += 0x9e3779b97f4a7c15);
  const uint64_t high = uint64_t{bytes_.front()} << 56;  // where Below looks
  bytes_ = bytes_.subspan(1);
  return high;
}

namespace {

enum class Fate : uint8_t { kOk, kFail, kCrashDone, kCrashUndone };

struct Running {
  int32_t process;
  RawEvent done;  // the completion, once it took effect
  FunctionId function = kRead;
  ValueId input = kNull;
  Fate fate = Fate::kOk;
  bool applied = false;
};

/// Runs `count` operations, at most `concurrency` at a time. Make fills function and input; Apply
/// makes it happen and fills the completion's value, error and observed.
template <class Make, class Apply>
void Schedule(HistoryBuilder* builder, TestRandom* random, uint32_t count, uint32_t concurrency,
              uint32_t crash_percent, uint32_t fail_percent, Make make, Apply apply) {
  std::vector<Running> open;
  int32_t next_process = 0;
  std::vector<int32_t> idle;
  while (count > 0 || !open.empty()) {
    if (count > 0 && open.size() < concurrency && (open.empty() || random->Below(2) == 0)) {
      --count;
      Running r;
      if (idle.empty()) idle.push_back(next_process++);
      r.process = idle.back();
      idle.pop_back();
      const uint32_t chance = random->Below(100);
      r.fate = chance < crash_percent ? (random->Below(2) ? Fate::kCrashDone : Fate::kCrashUndone)
               : chance < crash_percent + fail_percent ? Fate::kFail
                                                       : Fate::kOk;
      make(&r);
      RawEvent event;
      event.process = r.process;
      event.function = r.function;
      event.value = r.input;
      builder->Add(event);
      open.push_back(r);
      continue;
    }
    Running& r = open[random->Below(static_cast<uint32_t>(open.size()))];
    if (!r.applied) {
      r.applied = true;
      r.done.process = r.process;
      r.done.has_function = false;
      r.done.type = EventType::kOk;
      r.done.value = r.input;
      if (r.fate == Fate::kFail) {
        r.done.type = EventType::kFail;
      } else if (r.fate != Fate::kCrashUndone) {
        apply(&r);
      }
      if (r.fate == Fate::kCrashDone || r.fate == Fate::kCrashUndone) {
        r.done.type = EventType::kInfo;
        r.done.value = r.input;
        r.done.error = r.done.observed = kNoValue;
      }
    } else {
      builder->Add(r.done);
      if (r.done.type != EventType::kInfo) idle.push_back(r.process);
      r = open.back();
      open.pop_back();
    }
  }
}

}  // namespace

History RandomRegisterHistory(TestRandom* random, const RandomRegisterOptions& options) {
  HistoryBuilder builder;
  ValueTable& values = builder.values();
  ValueId state = kNull;
  int64_t fresh = 0;
  uint32_t spoilt = options.spoilt;
  const auto any = [&] {
    const uint32_t bound = options.unique ? static_cast<uint32_t>(fresh) + 1 : options.values + 1;
    const uint32_t n = random->Below(bound);
    return n == 0 ? kNull : values.Int(n);
  };
  const auto written = [&] {
    // Rarely null, which makes the initial value come back.
    if (!options.unique)
      return random->Below(12) == 0 ? kNull : values.Int(1 + random->Below(options.values));
    return values.Int(++fresh);
  };
  const auto make = [&](Running* r) {
    const uint32_t kind = random->Below(options.cas ? 5 : 4);
    r->function = kind < 2 ? kRead : kind < 4 ? kWrite : kCas;
    if (r->function == kRead && r->fate == Fate::kFail) r->fate = Fate::kOk;
    if (r->function == kWrite) r->input = written();
    if (r->function == kCas) {
      const ValueId expected = random->Below(2) ? state : any();
      const ValueId pair[] = {expected, written()};
      r->input = values.List(pair);
    }
  };
  const auto apply = [&](Running* r) {
    const bool spoil = spoilt > 0 && random->Below(options.operations) == 0;
    spoilt -= spoil;
    if (r->function == kWrite) {
      if (!spoil) state = r->input;  // otherwise it is lost
      return;
    }
    if (r->function == kRead) {
      r->done.value = spoil ? any() : state;
      return;
    }
    const ValueId expected = values.Elements(r->input)[0], next = values.Elements(r->input)[1];
    if (state == expected && !spoil) {
      state = next;
    } else if (!spoil || random->Below(2)) {
      r->done.type = EventType::kFail;
      if (!options.mismatches) return;
      const ValueId seen = spoil ? any() : state;
      if (random->Below(2)) {
        r->done.error = values.String("mismatch");
      } else if (seen != expected) {
        r->done.observed = seen;
      }
    }
  };
  Schedule(&builder, random, options.operations, options.concurrency, options.crash_percent,
           options.fail_percent, make, apply);
  return builder.Finish();
}

History RandomSetHistory(TestRandom* random, const RandomSetOptions& options) {
  HistoryBuilder builder;
  ValueTable& values = builder.values();
  std::vector<ValueId> state;
  uint32_t spoilt = options.spoilt;
  const auto make = [&](Running* r) {
    r->function = random->Below(2) ? kRead : kAdd;
    if (r->function == kRead && r->fate == Fate::kFail) r->fate = Fate::kOk;
    if (r->function == kAdd) r->input = values.Int(random->Below(6));
  };
  const auto apply = [&](Running* r) {
    const bool spoil = spoilt > 0 && random->Below(options.operations) == 0;
    spoilt -= spoil;
    if (r->function == kAdd) {
      const bool there = std::find(state.begin(), state.end(), r->input) != state.end();
      if (!spoil && !there) state.push_back(r->input);
      return;
    }
    std::vector<ValueId> seen = state;
    if (spoil && !seen.empty() && random->Below(2))
      seen.erase(seen.begin() + random->Below(static_cast<uint32_t>(seen.size())));
    else if (spoil)
      seen.push_back(values.Int(random->Below(6)));
    r->done.value = seen.empty() && random->Below(2) ? kNull : values.List(seen);
  };
  Schedule(&builder, random, options.operations, options.concurrency, options.crash_percent,
           options.fail_percent, make, apply);
  return builder.Finish();
}

History RandomAppendHistory(TestRandom* random, const RandomAppendOptions& options) {
  HistoryBuilder builder;
  ValueTable& values = builder.values();
  std::map<ValueId, std::vector<ValueId>> lists;
  std::map<ValueId, int64_t> fresh;
  uint32_t spoilt = options.spoilt;
  const ValueId append = values.String("append"), read = values.String("r");
  const auto make = [&](Running* r) {
    std::vector<ValueId> mops;
    for (uint32_t n = 1 + random->Below(3); n > 0; --n) {
      const ValueId key = values.Int(random->Below(options.keys));
      const bool reads = random->Below(2) == 0;
      const ValueId mop[] = {reads ? read : append, key, reads ? kNull : values.Int(++fresh[key])};
      mops.push_back(values.List(mop));
    }
    r->function = kTxn;
    r->input = values.List(mops);
  };
  const auto apply = [&](Running* r) {
    // A spoilt transaction reads from, and appends to, a snapshot without the newest element, or
    // reads what itself is going to append.
    const bool spoil = spoilt > 0 && random->Below(options.transactions) == 0;
    spoilt -= spoil;
    const auto before = lists;
    const std::vector<ValueId> mops(values.Elements(r->input).begin(),
                                    values.Elements(r->input).end());
    std::vector<ValueId> done;
    for (size_t i = 0; i < mops.size(); ++i) {
      const ValueId mop = mops[i];
      const ValueId f = values.Elements(mop)[0], key = values.Elements(mop)[1];
      std::vector<ValueId>& list = lists[key];
      if (f == append) {
        if (spoil && !list.empty() && random->Below(2)) list.pop_back();
        list.push_back(values.Elements(mop)[2]);
        done.push_back(mop);
        continue;
      }
      std::vector<ValueId> seen = list;
      if (spoil && random->Below(3) == 0) {
        for (size_t later = i + 1; later < mops.size(); ++later) {
          const auto parts = values.Elements(mops[later]);
          if (parts[0] == append && parts[1] == key) seen.push_back(parts[2]);
        }
      } else if (spoil && !seen.empty()) {
        seen.pop_back();
      }
      const ValueId value = seen.empty() && random->Below(2) ? kNull : values.List(seen);
      const ValueId result[] = {read, key, value};
      done.push_back(values.List(result));
    }
    r->done.value = values.List(done);
    if (spoil && random->Below(3) == 0) lists = before;  // its appends are lost
  };
  Schedule(&builder, random, options.transactions, options.concurrency, options.crash_percent,
           options.fail_percent, make, apply);
  return builder.Finish();
}

}  // namespace cleave
