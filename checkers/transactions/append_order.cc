// See append_order.h.
#include "checkers/transactions/append_order.h"

#include <algorithm>
#include <numeric>

#include "checkers/no_index.h"
#include "checkers/transactions/append_replay.h"

namespace cleave {

AppendOrder::AppendOrder(const AppendHistory& appends) : a_(appends), done_(Replay(appends)) {
  left_ = static_cast<size_t>(std::count(done_.begin(), done_.end(), false));
  if (left_ == 0) return;
  writer_ = a_.writer;
  end_of_key_.resize(a_.keys.size(), kNone);
  FindReaders();
  FindEnds();
  Sort();
}

uint64_t AppendOrder::Memory(const AppendHistory& appends) {
  return appends.writer.size() * 8 + appends.mops.size() * 4 + appends.transactions.size() * 16;
}

/// A counting sort by version, and all edges but those of ends and of what is done.
void AppendOrder::FindReaders() {
  readers_begin_.resize(writer_.size() + 2, 0);
  uint32_t* const next = readers_begin_.data() + 1;
  for (const VersionUse use : a_.uses) {
    if (!use.write && use.version != kNoVersion) ++next[use.version + 1];
  }
  std::partial_sum(readers_begin_.begin(), readers_begin_.end(), readers_begin_.begin());
  readers_.resize(readers_begin_.back());
  indegree_.resize(a_.transactions.size(), 0);
  const auto count = [&](uint32_t node) { ++indegree_[node]; };
  for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
    const Transaction& txn = a_.transactions[t];
    a_.Step(1, t);
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const VersionUse use = a_.uses[i];
      if (use.version == kNoVersion) continue;
      if (!done_[t]) VisitNext(t, use.version, count);
      if (use.write) continue;
      readers_[next[use.version]++] = t;
      indegree_[t] += Precedes(writer_[use.version], t);
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
  CountEdges(end);
}

/// The indegree of an end, and what it and the unseen add to others.
void AppendOrder::CountEdges(const End& end) {
  const uint32_t last = a_.keys[end.key].first_version + a_.keys[end.key].versions;
  const auto before = [&](uint32_t t) { return t != kNone && !done_[t] && !end.Leads(t); };
  uint32_t own = before(writer_[last]);
  for (const uint32_t reader : ReadersOf(last)) own += before(reader);
  indegree_.push_back(own);
  ForEachOutOfEnd(end, [&](uint32_t to) { ++indegree_[to]; });
  for (const Unseen u : UnseenOf(end)) {
    indegree_[u.transaction] += Precedes(end.reader.transaction, u.transaction);
    indegree_[u.transaction] += Precedes(end.writer.transaction, u.transaction);
  }
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
    const VersionUse use = a_.uses[i];
    const uint32_t version = use.version;
    if (version != kNoVersion) {
      VisitNext(node, version, visit);
      if (!use.write) continue;
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

BigVector<AppendOrder::Moment> AppendOrder::Moments() const {
  BigVector<Moment> moments(a_.history.event_count(), Moment{0, kNoTransaction});
  for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
    const Operation& op = a_.OperationOf(t);
    moments[op.call] = {0, t & kNoTransaction};
    if (op.ret != kNever) moments[op.ret] = {1, t & kNoTransaction};
  }
  return moments;
}

/// Kahn 1962, with real time as a pointer to the first return among what remains.
class AppendOrder::Sorting {
 public:
  Sorting(const AppendOrder& order, BigVector<uint32_t> indegree)
      : o_(order),
        count_(static_cast<uint32_t>(order.a_.transactions.size())),
        moments_(order.Moments()),
        indegree_(std::move(indegree)) {
    for (uint32_t t = 0; t < count_; ++t) {
      if (o_.done_[t]) indegree_[t] = kNone;
    }
    for (uint32_t node = count_; node < o_.nodes(); ++node) {
      if (indegree_[node] == 0) ready_.push_back(node);
    }
  }

  /// Calls `emit` with each node that all others before it have been emitted of, in order, and
  /// `back` with each dependency on a node that was forced before.
  template <class Emit, class Back>
  void Run(const Emit& emit, const Back& back) {
    for (;;) {
      while (first_return_ < moments_.size() && Done(moments_[first_return_])) ++first_return_;
      // Whoever was called before the first return among the rest has no predecessor in real time.
      for (; now_ < first_return_; ++now_) {
        if (moments_[now_].ret || moments_[now_].transaction == kNoTransaction) continue;
        if (indegree_[called_] == 0) ready_.push_back(called_);
        ++called_;
      }
      if (ready_.empty()) return;
      const uint32_t node = ready_.back();
      ready_.pop_back();
      indegree_[node] = kNone;
      emit(node);
      o_.ForEachOut(node, [&](uint32_t to) {
        if (IsDone(to)) return back(node, to);
        if (--indegree_[to] == 0 && (to < called_ || to >= count_)) ready_.push_back(to);
      });
    }
  }

  bool IsDone(uint32_t node) const { return indegree_[node] == kNone; }

  /// Lets the transaction that returned first go on, though others are before it. False where all
  /// are done.
  bool Force() {
    if (first_return_ < moments_.size()) {
      ready_.push_back(moments_[first_return_].transaction);
      return true;
    }
    while (first_left_ < count_ && IsDone(first_left_)) ++first_left_;
    if (first_left_ < count_) ready_.push_back(first_left_);
    return first_left_ < count_;
  }

 private:
  bool Done(Moment m) const {
    return !m.ret || m.transaction == kNoTransaction || IsDone(m.transaction);
  }

  const AppendOrder& o_;
  const uint32_t count_;
  const BigVector<Moment> moments_;
  BigVector<uint32_t> indegree_;  // of what is left; kNone: done
  std::vector<uint32_t> ready_;
  uint32_t called_ = 0;  // transactions without a predecessor in real time
  uint32_t first_left_ = 0;
  size_t now_ = 0, first_return_ = 0;
};

void AppendOrder::Sort() {
  Sorting sorting(*this, std::move(indegree_));
  size_t left = left_ + ends_.size();
  sorting.Run([&](uint32_t) { --left; }, [](uint32_t, uint32_t) {});
  if (left == 0) return;
  for (uint32_t node = 0; node < nodes(); ++node) {
    if (!sorting.IsDone(node)) stuck_.push_back(node);
  }
  // The rest goes on by force. Only dependencies on what was forced lead back in that order, so all
  // cycles lie between the two ends of such.
  std::vector<uint32_t> order;
  std::vector<uint32_t> reach(left, 0);  // by place in `order`: where a dependency on it comes from
  BigVector<uint32_t> place(nodes(), kNone);
  const auto emit = [&](uint32_t node) {
    place[node] = static_cast<uint32_t>(order.size());
    order.push_back(node);
  };
  const auto back = [&](uint32_t from, uint32_t to) { reach[place[to]] = place[from]; };
  while (sorting.Force()) sorting.Run(emit, back);
  uint32_t end = 0;
  for (uint32_t i = 0; i < order.size(); ++i) {
    if (reach[i] > i) end = std::max(end, reach[i] + 1);
    if (i < end) circular_.push_back(order[i]);
  }
  std::sort(circular_.begin(), circular_.end());
}

/// Real time as a chain, which has a node for each return: a transaction leads to its own, and the
/// last one before a call to the called.
std::vector<uint32_t> AppendOrder::OnCycles() const {
  if (circular_.empty()) return {};
  const std::vector<uint32_t>& stuck = circular_;
  BigVector<uint32_t> number(nodes(), kNone);
  for (uint32_t i = 0; i < stuck.size(); ++i) number[stuck[i]] = i;
  std::vector<OrderEdge> edges;
  for (uint32_t i = 0; i < stuck.size(); ++i) {
    ForEachOut(stuck[i], [&](uint32_t to) {
      if (number[to] != kNone) edges.push_back({i, number[to]});
    });
  }
  const auto first = static_cast<uint32_t>(stuck.size());
  uint32_t chain = 0;
  for (const Moment m : Moments()) {
    if (m.transaction == kNoTransaction || number[m.transaction] == kNone) continue;
    if (m.ret) {
      edges.push_back({number[m.transaction], first + chain});
      if (chain > 0) edges.push_back({first + chain - 1, first + chain});
      ++chain;
    } else if (chain > 0) {
      edges.push_back({first + chain - 1, number[m.transaction]});
    }
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
