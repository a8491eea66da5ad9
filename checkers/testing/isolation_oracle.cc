// See isolation_oracle.h: for a read of key x by t3 from t1, and a t2 that wrote x as well,
//   visible(t2, t3) implies t2 before t1,
// where what is visible makes the level.
#include "checkers/testing/isolation_oracle.h"

#include <algorithm>
#include <numeric>

namespace cleave {
namespace {

using Pairs = std::vector<std::vector<bool>>;

void Close(Pairs* pairs) {
  for (size_t c = 0; c < pairs->size(); ++c) {
    for (size_t a = 0; a < pairs->size(); ++a) {
      for (size_t b = 0; b < pairs->size(); ++b) {
        if ((*pairs)[a][c] && (*pairs)[c][b]) (*pairs)[a][b] = true;
      }
    }
  }
}

class AxiomOracle {
 public:
  AxiomOracle(const IsolationHistory& history, IsolationAxiom level, bool sessions)
      : h_(history),
        level_(level),
        sessions_(sessions),
        n_(static_cast<uint32_t>(history.transactions.size())),
        assumed_(OracleAssumptions(history)) {
    sees_.assign(n_, std::vector<bool>(n_, false));
    for (uint32_t a = 0; a < n_; ++a) {
      for (uint32_t b = 0; b < n_; ++b) sees_[a][b] = Session(a, b) || HasReadFrom(b, a);
    }
    causes_ = sees_;
    Close(&causes_);
  }

  bool AnyOrder() {
    order_.resize(n_);
    at_.resize(n_);
    std::iota(order_.begin(), order_.end(), 0);
    do {
      for (uint32_t i = 0; i < n_; ++i) at_[order_[i]] = i;
      if (!Extends()) continue;
      if (level_ == IsolationAxiom::kParallelSnapshotIsolation) SeeConflicts();
      if (Satisfies()) return true;
    } while (std::next_permutation(order_.begin() + 1, order_.end()));
    return false;
  }

 private:
  bool Session(uint32_t a, uint32_t b) const {
    if (a == b) return false;
    if (a == 0 || b == 0) return a == 0;
    return sessions_ && h_.transactions[a].session == h_.transactions[b].session && a < b &&
           h_.transactions[a].ret != kNever;
  }
  bool HasReadFrom(uint32_t reader, uint32_t writer) const {
    const auto reads = h_.ReadsOf(reader);
    return std::any_of(reads.begin(), reads.end(),
                       [&](const ExternalRead& read) { return read.writer == writer; });
  }
  bool Wrote(uint32_t t, uint32_t key) const {
    const auto keys = h_.WritesOf(t);
    return t == 0 || std::find(keys.begin(), keys.end(), key) != keys.end();
  }
  bool Before(uint32_t a, uint32_t b) const { return at_[a] < at_[b]; }

  bool Extends() const {
    for (uint32_t a = 0; a < n_; ++a) {
      for (uint32_t b = 0; b < n_; ++b) {
        if (sees_[a][b] && !Before(a, b)) return false;
      }
    }
    for (uint32_t key = 0; key < h_.known_order.size(); ++key) {
      const std::vector<uint32_t>& known = h_.known_order[key];
      if (known.empty()) continue;
      std::vector<uint32_t> writers;
      for (uint32_t i = 1; i < n_; ++i) {
        if (Wrote(order_[i], key)) writers.push_back(order_[i]);
      }
      if (!std::equal(known.begin(), known.end(), writers.begin())) return false;
    }
    return InAssumedOrder(assumed_, at_);
  }

  bool Satisfies() const {
    for (uint32_t t3 = 1; t3 < n_; ++t3) {
      const auto reads = h_.ReadsOf(t3);
      for (size_t i = 0; i < reads.size(); ++i) {
        for (uint32_t t2 = 0; t2 < n_; ++t2) {
          if (t2 == reads[i].writer || t2 == t3 || !Wrote(t2, reads[i].key)) continue;
          if (Visible(t2, t3, reads.first(i)) && !Before(t2, reads[i].writer)) return false;
        }
      }
    }
    return true;
  }

  bool Visible(uint32_t t2, uint32_t t3, std::span<const ExternalRead> earlier) const {
    switch (level_) {
      case IsolationAxiom::kReadCommitted:
        return std::any_of(earlier.begin(), earlier.end(),
                           [&](const ExternalRead& read) { return read.writer == t2; });
      case IsolationAxiom::kReadAtomic: return sees_[t2][t3];
      case IsolationAxiom::kCausal: return causes_[t2][t3];
      case IsolationAxiom::kPrefix: return InPrefix(t2, t3);
      case IsolationAxiom::kParallelSnapshotIsolation: return conflicts_[t2][t3];
      case IsolationAxiom::kSnapshotIsolation: return InPrefix(t2, t3) || Conflicts(t2, t3);
      case IsolationAxiom::kSerializable: return Before(t2, t3);
    }
    return false;
  }
  /// The least that is to be visible: sessions, reads and whoever wrote a key that the other writes
  /// later, and what is visible to these. More only forbids more.
  void SeeConflicts() {
    conflicts_ = sees_;
    for (uint32_t t2 = 0; t2 < n_; ++t2) {
      for (uint32_t t3 = 1; t3 < n_; ++t3) {
        for (const uint32_t key : h_.WritesOf(t3)) {
          if (t2 != t3 && Wrote(t2, key) && Before(t2, t3)) conflicts_[t2][t3] = true;
        }
      }
    }
    Close(&conflicts_);
  }
  /// t2 commits before, or is, one that t3 sees.
  bool InPrefix(uint32_t t2, uint32_t t3) const {
    for (uint32_t t4 = 0; t4 < n_; ++t4) {
      if (sees_[t4][t3] && (t4 == t2 || Before(t2, t4))) return true;
    }
    return false;
  }
  /// t2 commits before, or is, one that wrote a key which t3 overwrites.
  bool Conflicts(uint32_t t2, uint32_t t3) const {
    for (uint32_t t4 = 0; t4 < n_; ++t4) {
      if (!Before(t4, t3) || (t4 != t2 && !Before(t2, t4))) continue;
      for (const uint32_t key : h_.WritesOf(t3)) {
        if (Wrote(t4, key)) return true;
      }
    }
    return false;
  }

  const IsolationHistory& h_;
  const IsolationAxiom level_;
  const bool sessions_;
  const uint32_t n_;
  const std::vector<AssumedPair> assumed_;
  Pairs sees_, causes_;               // [t2][t3]: so ∪ wr, and its closure
  Pairs conflicts_;                   // [t2][t3]: see SeeConflicts
  std::vector<uint32_t> order_, at_;  // inverse to each other
};

}  // namespace

bool OracleIsolation(const IsolationHistory& history, IsolationAxiom level, bool sessions) {
  return AxiomOracle(history, level, sessions).AnyOrder();
}

bool OracleSomeVersions(const IsolationHistory& h,
                        const std::function<bool(const VersionOrders&)>& allowed) {
  VersionOrders orders(h.keys);
  for (uint32_t t = 1; t < h.transactions.size(); ++t) {
    for (const uint32_t key : h.WritesOf(t)) orders[key].push_back(t);
  }
  const std::vector<AssumedPair> assumed = OracleAssumptions(h);
  const auto place = [&](uint32_t key, uint32_t writer) {
    return writer == 0
               ? -1
               : std::find(orders[key].begin(), orders[key].end(), writer) - orders[key].begin();
  };
  while (true) {
    bool extends = std::all_of(assumed.begin(), assumed.end(), [&](const AssumedPair& pair) {
      return place(pair.key, pair.before) < place(pair.key, pair.after);
    });
    for (uint32_t key = 0; key < h.known_order.size(); ++key) {
      const std::vector<uint32_t>& known = h.known_order[key];
      extends = extends && std::equal(known.begin(), known.end(), orders[key].begin());
    }
    if (extends && allowed(orders)) return true;
    size_t key = 0;  // the next combination of permutations
    while (key < orders.size() && !std::next_permutation(orders[key].begin(), orders[key].end())) {
      ++key;
    }
    if (key == orders.size()) return false;
  }
}

bool OracleParallelSnapshot(const IsolationHistory& h, bool sessions) {
  const auto n = static_cast<uint32_t>(h.transactions.size());
  Pairs certain(n, std::vector<bool>(n, false));
  for (uint32_t b = 1; b < n; ++b) {
    for (uint32_t a = 1; a < b && sessions; ++a) {
      certain[a][b] =
          h.transactions[a].session == h.transactions[b].session && h.transactions[a].ret != kNever;
    }
    for (const ExternalRead& read : h.ReadsOf(b)) certain[read.writer][b] = true;
  }
  return OracleSomeVersions(h, [&](const VersionOrders& orders) {
    Pairs before = certain;
    for (const std::vector<uint32_t>& order : orders) {
      for (size_t i = 1; i < order.size(); ++i) before[order[i - 1]][order[i]] = true;
    }
    Close(&before);
    for (uint32_t t = 1; t < n; ++t) {
      if (before[t][t]) return false;
      for (const ExternalRead& read : h.ReadsOf(t)) {
        const std::vector<uint32_t>& order = orders[read.key];
        auto later = order.begin();
        if (read.writer != 0) later = std::find(order.begin(), order.end(), read.writer) + 1;
        for (; later != order.end(); ++later) {
          if (*later != t && before[*later][t]) return false;
        }
      }
    }
    return true;
  });
}

std::vector<AssumedPair> OracleAssumptions(const IsolationHistory& h) {
  struct Touch {
    uint32_t transaction, key, writer;
    bool write;
  };
  std::vector<Touch> touches;
  for (uint32_t t = 1; t < h.transactions.size(); ++t) {
    for (const ExternalRead& read : h.ReadsOf(t)) {
      touches.push_back({t, read.key, read.writer, false});
    }
    for (const uint32_t key : h.WritesOf(t)) touches.push_back({t, key, t, true});
  }
  const auto ordered = [&](size_t i, size_t j) {
    const Touch &a = touches[i], &b = touches[j];
    const IsolationTransaction &x = h.transactions[a.transaction],
                               &y = h.transactions[b.transaction];
    const bool program = h.assumptions.sequential || h.assumptions.linearizable;
    if (a.transaction == b.transaction) return i < j && (program || (h.assumptions.wfr && b.write));
    return (h.assumptions.sequential && x.session == y.session && x.call < y.call &&
            x.ret != kNever) ||
           (h.assumptions.linearizable && x.ret < y.call);
  };
  std::vector<AssumedPair> pairs;
  for (size_t i = 0; i < touches.size(); ++i) {
    for (size_t j = 0; j < touches.size(); ++j) {
      if (touches[i].key != touches[j].key || touches[i].writer == touches[j].writer) continue;
      if (ordered(i, j)) pairs.push_back({touches[i].key, touches[i].writer, touches[j].writer});
    }
  }
  return pairs;
}

bool InAssumedOrder(const std::vector<AssumedPair>& pairs, const std::vector<uint32_t>& place) {
  return std::all_of(pairs.begin(), pairs.end(), [&](const AssumedPair& pair) {
    return place[pair.before] < place[pair.after];
  });
}

std::string IsolationText(const IsolationHistory& h) {
  std::string text;
  for (uint32_t t = 1; t < h.transactions.size(); ++t) {
    text += "t" + std::to_string(t) + " session " + std::to_string(h.transactions[t].session) +
            " [" + std::to_string(h.transactions[t].call) + "," +
            (h.transactions[t].ret == kNever ? "∞" : std::to_string(h.transactions[t].ret)) + "]:";
    for (const ExternalRead& read : h.ReadsOf(t)) {
      text += " r" + std::to_string(read.key) + " from t" + std::to_string(read.writer);
    }
    for (const uint32_t key : h.WritesOf(t)) text += " w" + std::to_string(key);
    text += "\n";
  }
  for (uint32_t k = 0; k < h.known_order.size(); ++k) {
    for (const uint32_t t : h.known_order[k]) {
      text += "version of " + std::to_string(k) + ": t" + std::to_string(t) + "\n";
    }
  }
  if (h.assumptions.wfr) text += "wfr keys\n";
  if (h.assumptions.sequential) text += "sequential keys\n";
  if (h.assumptions.linearizable) text += "linearizable keys\n";
  return text;
}

}  // namespace cleave
