// See random_transactions.h. A transaction is called, takes effect and returns at random moments.
#include "checkers/testing/random_transactions.h"

#include <algorithm>
#include <vector>

namespace cleave {
namespace {

enum class StoreReads : uint8_t { kNewest, kSnapshot, kLatestThen, kAnything };

struct RandomMop {
  bool write;
  uint32_t key;
  int64_t value;  // 0: nothing was there
};

class VersionStore {
 public:
  VersionStore(TestRandom* random, const RandomTransactionOptions& options)
      : random_(random),
        level_(static_cast<StoreReads>(random->Below(4))),
        spoilt_(options.spoilt),
        history_(1, std::vector<int64_t>(options.keys, 0)),
        fresh_(options.keys, 0) {}

  int64_t Fresh(uint32_t key) { return ++fresh_[key]; }

  /// Fills what is read, and commits what is written.
  void Run(std::vector<RandomMop>* program) {
    std::vector<int64_t> own(fresh_.size(), 0);
    uint32_t moment = Moment(0);
    for (RandomMop& a : *program) {
      if (a.write) {
        own[a.key] = a.value;
      } else if (own[a.key] != 0) {
        a.value = own[a.key];
      } else {
        if (level_ == StoreReads::kLatestThen) moment = Moment(moment);
        if (level_ == StoreReads::kAnything) moment = Moment(0);
        a.value = history_[moment][a.key];
        if (spoilt_ > 0 && random_->Below(4) == 0) {
          --spoilt_;
          a.value = random_->Below(static_cast<uint32_t>(fresh_[a.key]) + 1);
        }
      }
    }
    history_.push_back(history_.back());
    for (size_t k = 0; k < own.size(); ++k) {
      if (own[k] != 0) history_.back()[k] = own[k];
    }
  }

 private:
  /// A state of the store, by its number; not before `from`.
  uint32_t Moment(uint32_t from) {
    const auto newest = static_cast<uint32_t>(history_.size() - 1);
    if (level_ == StoreReads::kNewest) return newest;
    const uint32_t back = level_ == StoreReads::kAnything ? newest : std::min(newest, 3u);
    return std::max(from, newest - random_->Below(back + 1));
  }

  TestRandom* random_;
  const StoreReads level_;
  uint32_t spoilt_;
  std::vector<std::vector<int64_t>> history_;  // the states of the store, by key
  std::vector<int64_t> fresh_;
};

struct TxnSession {
  int32_t process;
  bool open = false, ran = false;
  EventType outcome = EventType::kOk;
  bool runs = true;
  std::vector<RandomMop> program;
};

class TransactionScript {
 public:
  TransactionScript(TestRandom* random, const RandomTransactionOptions& options)
      : random_(random), options_(options), store_(random, options) {
    sessions_.resize(options.sessions);
    for (TxnSession& s : sessions_) s.process = processes_++;
  }

  History Run() {
    uint32_t left = options_.transactions, open = 0;
    while (left > 0 || open > 0) {
      TxnSession& s = sessions_[random_->Below(options_.sessions)];
      if (!s.open) {
        if (left == 0) continue;
        --left, ++open;
        Call(&s);
      } else if (!s.ran) {
        s.ran = true;
        if (s.runs) store_.Run(&s.program);
      } else {
        --open;
        Return(&s);
      }
    }
    return builder_.Finish();
  }

 private:
  void Call(TxnSession* s) {
    s->open = true;
    s->ran = false;
    const uint32_t chance = random_->Below(100);
    s->outcome = chance < options_.crash_percent                           ? EventType::kInfo
                 : chance < options_.crash_percent + options_.fail_percent ? EventType::kFail
                                                                           : EventType::kOk;
    s->runs =
        s->outcome == EventType::kOk || (s->outcome == EventType::kInfo && random_->Below(2) == 0);
    s->program.clear();
    for (uint32_t n = 1 + random_->Below(options_.operations); n > 0; --n) {
      const uint32_t key = random_->Below(options_.keys);
      const bool write = random_->Below(2) == 0;
      s->program.push_back({write, key, write ? store_.Fresh(key) : 0});
    }
    Add(*s, EventType::kInvoke);
  }

  void Return(TxnSession* s) {
    s->open = false;
    Add(*s, s->outcome);
    if (s->outcome == EventType::kInfo && random_->Below(2) == 0) s->process = processes_++;
  }

  void Add(const TxnSession& s, EventType type) {
    ValueTable& values = builder_.values();
    std::vector<ValueId> mops;
    for (const RandomMop& a : s.program) {
      const bool known = a.write || type == EventType::kOk;
      const ValueId mop[] = {values.String(a.write ? "w" : "r"), values.Int(a.key),
                             known && a.value != 0 ? values.Int(a.value) : kNull};
      mops.push_back(values.List(mop));
    }
    RawEvent event;
    event.type = type;
    event.process = s.process;
    event.function = kTxn;
    event.value = values.List(mops);
    builder_.Add(event);
  }

  TestRandom* random_;
  const RandomTransactionOptions& options_;
  VersionStore store_;
  HistoryBuilder builder_;
  std::vector<TxnSession> sessions_;
  int32_t processes_ = 0;
};

}  // namespace

History RandomTransactionHistory(TestRandom* random, const RandomTransactionOptions& options) {
  return TransactionScript(random, options).Run();
}

}  // namespace cleave
