// See append_order.h.
#include "checkers/transactions/append_order.h"

#include <algorithm>
#include <numeric>

#include "checkers/no_index.h"

namespace cleave {

AppendOrder::AppendOrder(const AppendHistory& appends)
    : a_(appends), writer_(appends.writer), end_of_key_(appends.keys.size(), kNone) {
  FindReaders();
  FindEnds();
}

uint64_t AppendOrder::Memory(const AppendHistory& appends) {
  return appends.writer.size() * 8 + appends.mops.size() * 4 + appends.transactions.size() * 16;
}

/// A counting sort by version.
void AppendOrder::FindReaders() {
  readers_begin_.resize(writer_.size() + 2, 0);
  uint32_t* const next = readers_begin_.data() + 1;
  for (size_t i = 0; i < a_.mops.size(); ++i) {
    if (!a_.mops[i].write && a_.version[i] != kNone) ++next[a_.version[i] + 1];
  }
  std::partial_sum(readers_begin_.begin(), readers_begin_.end(), readers_begin_.begin());
  readers_.resize(readers_begin_.back());
  for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
    const Transaction& txn = a_.transactions[t];
    a_.Step(1, t);
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      if (!a_.mops[i].write && a_.version[i] != kNone) readers_[next[a_.version[i]]++] = t;
    }
  }
}

void AppendOrder::FindEnds() {
  for (uint32_t k = 0; k < a_.keys.size(); ++k) {
    const AppendKey& key = a_.keys[k];
    if (key.ambiguous || key.versions == key.appends) continue;
    const size_t begin = unseen_.size();
    for (const Append& append : a_.AppendsTo(k)) {
      if (append.position == kNone && a_.Happened(append.transaction))
        unseen_.push_back({append.transaction, append.mop});
    }
    const auto first = unseen_.begin() + static_cast<std::ptrdiff_t>(begin);
    std::sort(first, unseen_.end(), [](Unseen a, Unseen b) { return a.mop < b.mop; });
    const auto same = [](Unseen a, Unseen b) { return a.transaction == b.transaction; };
    unseen_.erase(std::unique(first, unseen_.end(), same), unseen_.end());
    if (unseen_.size() > begin) AddEnd(k, begin);
  }
}

void AppendOrder::AddEnd(uint32_t k, size_t begin) {
  const uint32_t last = a_.keys[k].first_version + a_.keys[k].versions;
  const auto readers = ReadersOf(last);  // in call order, as the unseen
  if (readers.empty() && writer_[last] == kNone) return;
  End end{k, static_cast<uint32_t>(begin), static_cast<uint32_t>(unseen_.size()), {}, {}};
  for (const Unseen u : UnseenOf(end)) {
    const bool read = std::binary_search(readers.begin(), readers.end(), u.transaction);
    if (read && end.reader.transaction == kNone) {
      end.reader = u;
    } else if (u.transaction == writer_[last]) {
      end.writer = u;
    }
  }
  end_of_key_[k] = static_cast<uint32_t>(ends_.size());
  writer_[last + 1] = static_cast<uint32_t>(nodes());
  ends_.push_back(end);
}

bool AppendOrder::IsRead(uint32_t node) const {
  const End& end = ends_[node - a_.transactions.size()];
  const AppendKey& key = a_.keys[end.key];
  return end.reader.transaction == kNone && !ReadersOf(key.first_version + key.versions).empty();
}

template <class Visit>
void AppendOrder::VisitNext(uint32_t t, uint32_t version, const Visit& visit) const {
  const uint32_t next = writer_[version + 1];
  if (next == kNone || next == t) return;
  if (!IsTransaction(next) && ends_[next - a_.transactions.size()].Leads(t)) return;
  visit(next);
}

template <class Visit>
void AppendOrder::ForEachOutOfEnd(const End& end, const Visit& visit) const {
  if (end.reader.transaction != kNone) return visit(end.reader.transaction);
  for (const Unseen u : UnseenOf(end)) visit(u.transaction);
}

template <class Visit>
void AppendOrder::ForEachOut(uint32_t node, const Visit& visit) const {
  if (!IsTransaction(node)) return ForEachOutOfEnd(ends_[node - a_.transactions.size()], visit);
  const Transaction& txn = a_.transactions[node];
  for (uint32_t i = txn.begin; i < txn.end; ++i) {
    const uint32_t version = a_.version[i];
    if (version != kNone) {
      VisitNext(node, version, visit);
      if (!a_.mops[i].write) continue;
      for (const uint32_t reader : ReadersOf(version)) {
        if (reader != node) visit(reader);
      }
    } else if (const uint32_t e = end_of_key_[a_.mops[i].key]; e != kNone) {
      if (!ends_[e].Leads(Unseen{node, i})) continue;
      for (const Unseen u : UnseenOf(ends_[e])) {
        if (u.transaction != node) visit(u.transaction);
      }
    }
  }
}

BigVector<uint32_t> AppendOrder::Indegrees() const {
  BigVector<uint32_t> indegree(nodes(), 0);
  for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
    const Transaction& txn = a_.transactions[t];
    a_.Step(1, t);
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const uint32_t version = a_.version[i];
      if (version == kNone) continue;
      const uint32_t before = version - a_.mops[i].write;  // the version that it comes behind
      const uint32_t writer = writer_[before];
      indegree[t] += writer != kNone && writer != t;
      if (a_.mops[i].write) {
        indegree[t] += static_cast<uint32_t>(ReadersOf(before).size());
      } else {
        indegree[t] -= writer_[version + 1] == t;  // itself among the readers
      }
    }
  }
  for (uint32_t e = 0; e < ends_.size(); ++e) {
    const End& end = ends_[e];
    const AppendKey& key = a_.keys[end.key];
    const uint32_t last = key.first_version + key.versions;
    uint32_t* const own = &indegree[a_.transactions.size() + e];
    *own = writer_[last] != kNone && !end.Leads(writer_[last]);
    for (const uint32_t reader : ReadersOf(last)) *own += !end.Leads(reader);
    ForEachOutOfEnd(end, [&](uint32_t to) { ++indegree[to]; });
    for (const Unseen u : UnseenOf(end)) {
      const auto others = [&](Unseen leader) {
        return leader.transaction != kNone && leader.transaction != u.transaction;
      };
      indegree[u.transaction] += uint32_t{others(end.reader)} + uint32_t{others(end.writer)};
    }
  }
  return indegree;
}

BigVector<uint32_t> AppendOrder::ByReturn() const {
  BigVector<uint32_t> by_return(a_.history.event_count(), kNone);
  for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
    const Position ret = a_.OperationOf(t).ret;
    if (ret != kNever) by_return[ret] = t;
  }
  by_return.erase(std::remove(by_return.begin(), by_return.end(), kNone), by_return.end());
  return by_return;
}

std::vector<uint32_t> AppendOrder::Stuck() const {
  constexpr uint32_t kDone = kNone;
  const auto count = static_cast<uint32_t>(a_.transactions.size());
  BigVector<uint32_t> indegree = Indegrees();
  const BigVector<uint32_t> by_return = ByReturn();
  std::vector<uint32_t> ready;
  for (uint32_t node = count; node < nodes(); ++node) {
    if (indegree[node] == 0) ready.push_back(node);
  }
  uint32_t called = 0;
  size_t returned = 0, done = 0;
  for (;;) {
    while (returned < by_return.size() && indegree[by_return[returned]] == kDone) ++returned;
    const Position first_return =
        returned < by_return.size() ? a_.OperationOf(by_return[returned]).ret : kNever;
    // Whoever was called before the first return among the rest has no predecessor in real time.
    for (; called < count && a_.OperationOf(called).call <= first_return; ++called) {
      if (indegree[called] == 0) ready.push_back(called);
    }
    if (ready.empty()) break;
    const uint32_t node = ready.back();
    ready.pop_back();
    indegree[node] = kDone;
    ++done;
    ForEachOut(node, [&](uint32_t to) {
      if (--indegree[to] == 0 && (to < called || to >= count)) ready.push_back(to);
    });
  }
  std::vector<uint32_t> stuck;
  if (done == nodes()) return stuck;
  for (uint32_t node = 0; node < nodes(); ++node) {
    if (indegree[node] != kDone) stuck.push_back(node);
  }
  return stuck;
}

/// Real time as a chain, which has a node for each return: a transaction leads to its own, and the
/// last one before a call to the called.
std::vector<uint32_t> AppendOrder::OnCycles(const std::vector<uint32_t>& stuck) const {
  BigVector<uint32_t> number(nodes(), kNone);
  for (uint32_t i = 0; i < stuck.size(); ++i) number[stuck[i]] = i;
  std::vector<OrderEdge> edges;
  for (uint32_t i = 0; i < stuck.size(); ++i) {
    ForEachOut(stuck[i], [&](uint32_t to) {
      if (number[to] != kNone) edges.push_back({i, number[to]});
    });
  }
  BigVector<uint32_t> returns = ByReturn();
  std::erase_if(returns, [&](uint32_t t) { return number[t] == kNone; });
  const auto first = static_cast<uint32_t>(stuck.size());
  const auto chain = static_cast<uint32_t>(returns.size());
  for (uint32_t r = 0; r < chain; ++r) {
    edges.push_back({number[returns[r]], first + r});
    if (r > 0) edges.push_back({first + r - 1, first + r});
  }
  uint32_t r = 0;
  for (uint32_t i = 0; i < first && IsTransaction(stuck[i]); ++i) {
    const Position call = a_.OperationOf(stuck[i]).call;
    while (r < chain && a_.OperationOf(returns[r]).ret < call) ++r;
    if (r > 0) edges.push_back({first + r - 1, i});
  }
  OrderGraph graph(first + chain);
  graph.SetCertain(std::move(edges));
  const std::vector<uint32_t> component = graph.Components();
  std::vector<uint32_t> cyclic;
  for (uint32_t i = 0; i < first; ++i) {
    if (component[i] != kNone) cyclic.push_back(stuck[i]);
  }
  return cyclic;
}

}  // namespace cleave
