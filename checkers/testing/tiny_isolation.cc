// See tiny_isolation.h.
#include "checkers/testing/tiny_isolation.h"

#include <algorithm>

namespace cleave {
namespace {

bool Wrote(const IsolationHistory& h, uint32_t t, uint32_t key) {
  const auto keys = h.WritesOf(t);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// What one transaction of an enumerated history does.
struct TinyTransaction {
  std::vector<ExternalRead> reads;
  std::vector<uint32_t> writes;
  bool unknown = false;
};

/// All with at most two operations on two keys, reads from any of `writers` transactions.
std::vector<TinyTransaction> TinyTransactions(uint32_t writers) {
  std::vector<ExternalRead> reads;
  for (uint32_t key = 0; key < 2; ++key) {
    for (uint32_t w = 0; w <= writers; ++w) reads.push_back({key, w});
  }
  std::vector<TinyTransaction> all;
  for (const bool unknown : {false, true}) {
    for (const auto& writes : std::vector<std::vector<uint32_t>>{{}, {0}, {1}, {0, 1}}) {
      all.push_back({{}, writes, unknown});
    }
  }
  for (const ExternalRead& a : reads) {
    for (const auto& writes : std::vector<std::vector<uint32_t>>{{}, {0}, {1}}) {
      all.push_back({{a}, writes});
    }
    for (const ExternalRead& b : reads) all.push_back({{a, b}, {}});
  }
  return all;
}

void AppendTiny(const TinyTransaction& tiny, uint32_t session, IsolationHistory* h) {
  const auto n = static_cast<Position>(h->transactions.size());
  IsolationTransaction txn{n - 1, session, 2 * n, tiny.unknown ? kNever : 2 * n + 1, 0, 0, 0, 0};
  txn.reads_begin = static_cast<uint32_t>(h->reads.size());
  h->reads.insert(h->reads.end(), tiny.reads.begin(), tiny.reads.end());
  txn.reads_end = static_cast<uint32_t>(h->reads.size());
  txn.writes_begin = static_cast<uint32_t>(h->writes.size());
  h->writes.insert(h->writes.end(), tiny.writes.begin(), tiny.writes.end());
  txn.writes_end = static_cast<uint32_t>(h->writes.size());
  h->transactions.push_back(txn);
}

/// Keys are alike: only histories whose first operation is on key 0.
bool BeginsWithKeyZero(const TinyTransaction& a, const TinyTransaction& b,
                       const TinyTransaction& c) {
  for (const TinyTransaction* t : {&a, &b, &c}) {
    if (!t->reads.empty()) return t->reads[0].key == 0;
    if (!t->writes.empty()) return t->writes[0] == 0;
  }
  return true;
}

/// Each read is of a version that its writer wrote, and of another transaction.
bool IsMeaningful(const IsolationHistory& h) {
  for (uint32_t t = 1; t < h.transactions.size(); ++t) {
    for (const ExternalRead& read : h.ReadsOf(t)) {
      if (read.writer != 0 && (read.writer == t || !Wrote(h, read.writer, read.key))) return false;
    }
  }
  return true;
}

IsolationHistory EmptyIsolationHistory() {
  IsolationHistory h;
  h.transactions.emplace_back();
  h.keys = 2;
  h.sessions = 3;
  h.known_order.resize(2);
  return h;
}

}  // namespace

void ForEachTinyIsolationHistory(const std::function<bool(const IsolationHistory&)>& visit) {
  const std::vector<TinyTransaction> all = TinyTransactions(3);
  constexpr uint32_t kSessions[][3] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {0, 1, 1}, {0, 1, 2}};
  for (const TinyTransaction& a : all) {
    for (const TinyTransaction& b : all) {
      for (const TinyTransaction& c : all) {
        if (!BeginsWithKeyZero(a, b, c)) continue;
        for (const auto& session : kSessions) {
          IsolationHistory h = EmptyIsolationHistory();
          AppendTiny(a, session[0], &h);
          AppendTiny(b, session[1], &h);
          AppendTiny(c, session[2], &h);
          if (!IsMeaningful(h)) break;
          if (!visit(h)) return;
        }
      }
    }
  }
}

}  // namespace cleave
