// See isolation_core.h.
#include "checkers/transactions/isolation_core.h"

#include <algorithm>
#include <deque>

#include "checkers/fewest_that.h"
#include "checkers/no_index.h"
#include "checkers/transactions/version_chains.h"

namespace cleave {
namespace {

using Clock = std::chrono::steady_clock;
using Type = IsolationRelation::Type;

bool Violates(const IsolationHistory& history, const IsolationLevel& level,
              const std::vector<uint32_t>& some, Clock::time_point until) {
  return FindIsolationOrder(Restricted(history, some), level, until).decision ==
         IsolationOrder::Decision::kViolated;
}

}  // namespace

IsolationHistory Restricted(const IsolationHistory& history, const std::vector<uint32_t>& some) {
  IsolationHistory out;
  out.keys = history.keys;
  out.sessions = history.sessions;
  out.real_time = history.real_time;
  out.assumptions = history.assumptions;
  out.transactions.emplace_back();
  const auto number = [&](uint32_t t) {
    if (t == IsolationHistory::kInitial) return t;
    const auto place = std::lower_bound(some.begin(), some.end(), t);
    return place == some.end() || *place != t ? kNone
                                              : static_cast<uint32_t>(place - some.begin()) + 1;
  };
  for (const uint32_t t : some) {
    IsolationTransaction txn = history.transactions[t];
    const auto reads = history.ReadsOf(t);
    const auto writes = history.WritesOf(t);
    txn.reads_begin = static_cast<uint32_t>(out.reads.size());
    txn.writes_begin = static_cast<uint32_t>(out.writes.size());
    for (const ExternalRead& read : reads) {
      if (number(read.writer) != kNone) out.reads.push_back({read.key, number(read.writer)});
    }
    out.writes.insert(out.writes.end(), writes.begin(), writes.end());
    txn.reads_end = static_cast<uint32_t>(out.reads.size());
    txn.writes_end = static_cast<uint32_t>(out.writes.size());
    out.transactions.push_back(txn);
  }
  for (const std::vector<uint32_t>& order : history.known_order) {
    auto& kept = out.known_order.emplace_back();
    for (const uint32_t t : order) {
      if (number(t) != kNone) kept.push_back(number(t));
    }
  }
  return out;
}

std::vector<uint32_t> SmallerCore(const IsolationHistory& history, const IsolationLevel& level,
                                  std::vector<uint32_t> core, Clock::time_point until) {
  std::sort(core.begin(), core.end());
  const auto violates = [&](const std::vector<uint32_t>& some) {
    return Violates(history, level, some, until);
  };
  return violates(core) ? FewestThat(violates, std::move(core), until) : core;
}

std::vector<IsolationRelation> CertainRelations(const IsolationHistory& history,
                                                const IsolationLevel& level) {
  std::vector<IsolationRelation> relations;
  const auto count = static_cast<uint32_t>(history.transactions.size());
  const auto add = [&](uint32_t from, uint32_t to, Type type, uint32_t key = kNone,
                       const std::optional<AssumedOrder>& assumed = std::nullopt) {
    if (from != to && from != IsolationHistory::kInitial) {
      relations.push_back({from, to, type, key, assumed});
    }
  };
  const VersionChains chains(history, level.kind != IsolationLevel::Kind::kPrefix);
  const auto replaced = [&](uint32_t version, uint32_t writer,
                            const std::optional<AssumedOrder>& assumed = std::nullopt) {
    add(chains.owner(version), writer, Type::kWw, chains.key(version), assumed);
    for (const uint32_t reader : chains.Readers(version)) {
      add(reader, writer, Type::kRw, chains.key(version), assumed);
    }
  };
  for (uint32_t t = 1; t < count; ++t) {
    for (const ExternalRead& read : history.ReadsOf(t)) add(read.writer, t, Type::kWr, read.key);
  }
  for (const VersionChains::Chain& chain : chains.chains()) {
    for (uint32_t v = chain.first; chains.next(v) != kNone; v = chains.next(v)) {
      replaced(v, chains.owner(chains.next(v)));
    }
  }
  for (uint32_t k = 0; k < history.keys; ++k) {
    for (const uint32_t other : chains.ChainsOf(k)) {
      replaced(chains.chains()[k].last, chains.owner(chains.chains()[other].first));
    }
  }
  for (uint32_t a = 1; a < count; ++a) {
    for (uint32_t b = 1; b < count; ++b) {
      const IsolationTransaction &x = history.transactions[a], &y = history.transactions[b];
      const bool session = x.session == y.session && x.call < y.call && x.ret != kNever;
      if (level.sessions && session) add(a, b, Type::kProcess);
      if (level.real_time && x.ret < y.call) add(a, b, Type::kRealTime);
    }
  }
  // Behind the others: what needs no assumption is said without one.
  for (const AssumedOrder& assumed : AssumedOrders(history)) {
    if (assumed.after == IsolationHistory::kInitial) continue;
    const auto between = chains.Between(assumed);
    if (between)
      replaced(between->first, chains.owner(between->second), assumed);
    else
      add(assumed.before, assumed.after, Type::kWw, assumed.key, assumed);
  }
  return relations;
}

namespace {

/// Where a walk over relations stands: at a transaction, and in one of two places there.
struct CirclePlace {
  uint32_t transaction;
  /// Snapshot isolation and prefix consistency: the commit, and not the begin before it. Parallel
  /// snapshot isolation: the walk had its kRw.
  bool second;
};

/// Where a relation leads from there; nothing where the level does not let it follow.
std::optional<CirclePlace> Along(const IsolationRelation& r, CirclePlace at,
                                 IsolationLevel::Kind kind) {
  if (r.from != at.transaction) return std::nullopt;
  const bool rw = r.type == Type::kRw;
  switch (kind) {
    case IsolationLevel::Kind::kSerializable: return CirclePlace{r.to, false};
    case IsolationLevel::Kind::kParallelSnapshot:
      if (rw && at.second) return std::nullopt;
      return CirclePlace{r.to, rw || at.second};
    case IsolationLevel::Kind::kSnapshot:
    case IsolationLevel::Kind::kPrefix: break;
  }
  // What leads on from a commit does so from the begin before it as well.
  if (rw && at.second) return std::nullopt;
  return CirclePlace{r.to, rw || (r.type == Type::kWw && kind == IsolationLevel::Kind::kPrefix)};
}

}  // namespace

std::vector<IsolationRelation> ShortestCircle(const std::vector<IsolationRelation>& relations,
                                              const IsolationLevel& level, uint32_t transactions) {
  struct Step {
    const IsolationRelation* relation = nullptr;
    uint32_t from = 0;
  };
  std::vector<IsolationRelation> best;
  const bool parallel = level.kind == IsolationLevel::Kind::kParallelSnapshot;
  for (uint32_t start = 0; start < 2 * transactions; ++start) {  // 2 · transaction + second
    if (parallel && start % 2 == 1) continue;
    std::vector<Step> via(2 * size_t{transactions});
    const auto end = [&] { return parallel && via[start].relation == nullptr ? start + 1 : start; };
    std::deque<uint32_t> queue{start};
    while (!queue.empty() && via[end()].relation == nullptr) {
      const uint32_t at = queue.front();
      queue.pop_front();
      for (const IsolationRelation& r : relations) {
        const auto next = Along(r, {at / 2, at % 2 == 1}, level.kind);
        if (!next) continue;
        const uint32_t to = 2 * next->transaction + next->second;
        if (via[to].relation != nullptr) continue;
        via[to] = {&r, at};
        queue.push_back(to);
      }
    }
    if (via[end()].relation == nullptr) continue;
    std::vector<IsolationRelation> circle;
    uint32_t at = end();
    do {
      circle.insert(circle.begin(), *via[at].relation);
      at = via[at].from;
    } while (at != start);
    if (best.empty() || circle.size() < best.size()) best = std::move(circle);
  }
  return best;
}

}  // namespace cleave
