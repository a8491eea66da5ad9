// Histories of formats that record transactions over registers by session and no times: Plume,
// AWDIT, dbcop, Cobra. A session becomes a process. The sessions take turns, transaction by
// transaction, because a history is a sequence; History::real_time() is false, so that nothing is
// read into that.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/history/event_collector.h"
#include "harness/history/text_source.h"

namespace cleave {

class SessionTransactions {
 public:
  explicit SessionTransactions(EventCollector* collector) : collector_(collector) {}

  /// Numbers from 0. A session's transactions follow each other as they are begun.
  uint32_t NewSession() { return sessions_++; }
  /// `line` is where it begins, for messages.
  uint32_t Begin(uint32_t session, size_t line);
  void Abort(uint32_t transaction) { transactions_[transaction].committed = false; }
  /// Micro-operations of several transactions may come mixed. A read of kNull: nothing was there.
  void Read(uint32_t transaction, ValueId key, ValueId value) {
    accesses_.push_back({transaction, key, value, false});
  }
  void Write(uint32_t transaction, ValueId key, ValueId value) {
    accesses_.push_back({transaction, key, value, true});
  }
  size_t transactions() const { return transactions_.size(); }

  /// From here on, what reads 0 from a key to which nobody writes 0 read the initial value.
  void ZeroIsInitial();
  /// Hands the history to the collector. These formats know no invocations: an operation's input is
  /// what came of it.
  void Finish();

 private:
  struct Transaction {
    uint32_t session;
    bool committed;
    size_t line;
  };
  struct Access {
    uint32_t transaction;
    ValueId key, value;
    bool write;
  };
  std::vector<uint32_t> TurnByTurn() const;

  EventCollector* collector_;
  uint32_t sessions_ = 0;
  std::vector<Transaction> transactions_;
  std::vector<Access> accesses_;
};

/// Calls visit(text, line) for each line, the last too where nothing ends it; `lines` lie before
/// what is pending.
template <class Visit>
void ForEachLine(TextSource* source, size_t lines, Visit visit) {
  do {
    for (;;) {
      const std::string_view text = source->pending();
      const size_t end = text.find('\n');
      if (end == std::string_view::npos) break;
      visit(text.substr(0, end), ++lines);
      source->Consume(end + 1);
    }
  } while (source->Load());
  if (!source->pending().empty()) visit(source->pending(), lines + 1);
}

}  // namespace cleave
