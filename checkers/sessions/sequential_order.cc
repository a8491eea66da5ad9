// See sequential_order.h.
#include "checkers/sessions/sequential_order.h"

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "checkers/mix_bits.h"
#include "checkers/no_index.h"

namespace cleave {
namespace {

class SequentialSearch {
 public:
  SequentialSearch(const SessionHistory& sessions, const SessionGraph& graph, Deadline* deadline)
      : sessions_(sessions),
        graph_(graph),
        deadline_(*deadline),
        position_(sessions.sessions.size(), 0),
        current_(sessions.keys, SessionOp::kInitialWrite),
        readers_(sessions.ops.size() + sessions.keys, 0),
        missing_(sessions.ops.size(), 0),
        after_(sessions.ops.size()) {
    for (uint32_t i = 0; i < sessions.ops.size(); ++i) {
      left_ += graph.Takes(i);
      if (graph.Counts(i)) ++readers_[Version(sessions.ops[i].from, sessions.ops[i].key)];
    }
    for (const SessionEdge& edge : graph.edges()) {
      after_[edge.from].push_back(edge.to);
      ++missing_[edge.to];
    }
  }

  std::optional<std::vector<uint32_t>> Run() {
    std::vector<Frame> stack;
    stack.push_back({Candidates(), 0});
    while (left_ > 0) {
      deadline_.Step(sessions_.sessions.size(), [] { return std::string("looking for an order"); });
      Frame& frame = stack.back();
      if (frame.next == frame.candidates.size()) {
        stack.pop_back();
        if (stack.empty()) return std::nullopt;
        Undo();
        continue;
      }
      Do(frame.candidates[frame.next++]);
      if (!seen_.insert({hash_, hash2_}).second) {
        Undo();
        continue;
      }
      stack.push_back({Candidates(), 0});
    }
    std::vector<uint32_t> order;
    for (const Done& done : done_) order.push_back(done.op);
    return order;
  }

 private:
  struct Frame {
    std::vector<uint32_t> candidates;
    size_t next;
  };
  struct Done {
    uint32_t op, replaced, position;
  };

  /// Where the readers of a version are counted.
  size_t Version(uint32_t write, uint32_t key) const {
    return write == SessionOp::kInitialWrite ? sessions_.ops.size() + key : write;
  }

  std::vector<uint32_t> Candidates() const {
    std::vector<uint32_t> writes;
    for (uint32_t s = 0; s < sessions_.sessions.size(); ++s) {
      const auto& session = sessions_.sessions[s];
      uint32_t at = position_[s];
      while (at < session.size() && !graph_.Takes(session[at])) ++at;
      if (at == session.size() || missing_[session[at]] > 0) continue;
      const uint32_t i = session[at];
      const SessionOp& op = sessions_.ops[i];
      const bool counts = graph_.Counts(i);
      if (counts && current_[op.key] != op.from) continue;
      if (!op.writes) return {i};  // nothing is lost by reading now
      if (readers_[Version(current_[op.key], op.key)] == (counts ? 1u : 0u)) writes.push_back(i);
    }
    return writes;
  }

  void Do(uint32_t i) {
    const SessionOp& op = sessions_.ops[i];
    done_.push_back({i, current_[op.key], position_[op.session]});
    position_[op.session] = op.index + 1;
    if (graph_.Counts(i)) --readers_[Version(op.from, op.key)];
    for (const uint32_t to : after_[i]) --missing_[to];
    if (op.writes) Become(op.key, i);
    Toggle(uint64_t{i} + 1);
    --left_;
  }

  void Undo() {
    const Done done = done_.back();
    done_.pop_back();
    const SessionOp& op = sessions_.ops[done.op];
    Toggle(uint64_t{done.op} + 1);
    if (op.writes) Become(op.key, done.replaced);
    for (const uint32_t to : after_[done.op]) ++missing_[to];
    if (graph_.Counts(done.op)) ++readers_[Version(op.from, op.key)];
    position_[op.session] = done.position;
    ++left_;
  }

  void Become(uint32_t key, uint32_t write) {
    Toggle(uint64_t{key} << 32 | current_[key] | uint64_t{1} << 63);
    current_[key] = write;
    Toggle(uint64_t{key} << 32 | current_[key] | uint64_t{1} << 63);
  }
  void Toggle(uint64_t what) {
    hash_ ^= MixBits(what);
    hash2_ ^= MixBits(what * 0x9e3779b97f4a7c15 + 1);
  }

  const SessionHistory& sessions_;
  const SessionGraph& graph_;
  Deadline& deadline_;
  std::vector<uint32_t> position_, current_, readers_, missing_;
  std::vector<std::vector<uint32_t>> after_;
  std::vector<Done> done_;
  size_t left_ = 0;
  uint64_t hash_ = 0, hash2_ = 0;
  /// What was done, and the values that it led to, as 128 bits.
  boost::unordered_flat_set<std::pair<uint64_t, uint64_t>> seen_;
};

}  // namespace

std::optional<std::vector<uint32_t>> FindSequentialOrder(const SessionHistory& sessions,
                                                         const SessionGraph& graph,
                                                         Deadline* deadline) {
  return SequentialSearch(sessions, graph, deadline).Run();
}

}  // namespace cleave
