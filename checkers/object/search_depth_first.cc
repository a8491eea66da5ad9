// Depth first; see search.h. Calls and returns are a linked list from which an operation's two
// entries are lifted while it is linearized. What failed is remembered as a 128-bit hash of the set
// of operations done, and the state: two sets have the same one with a chance of 2^-128, far less
// than that of a broken machine; a violation is confirmed on its shrunk evidence besides.
#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>

#include "checkers/mix_bits.h"
#include "checkers/no_index.h"
#include "checkers/object/search.h"
#include "checkers/object/state_table.h"

namespace cleave {
namespace {

using SearchDecision = SearchResult::Decision;

struct DoneSet {
  uint64_t a = 0, b = 0;
  friend bool operator==(const DoneSet&, const DoneSet&) = default;
};
struct HashDoneSet {
  using is_avalanching = void;
  size_t operator()(const DoneSet& set) const { return set.a; }
};

class DepthFirst {
 public:
  DepthFirst(const Model& model, std::span<const ModelOp> ops, const SearchBounds& bounds)
      : ops_(ops), bounds_(bounds), table_(model, ops), state_(table_.initial()) {}

  SearchResult Run() {
    result_.engine = "depth-first";
    BuildList();
    uint32_t at = entries_[kHead].next, alternative = 0;
    while (completed_ > 0) {
      const SearchDecision bound = Bound();
      if (bound != SearchDecision::kLinearizable) return End(bound);
      // Calls are before returns: the list's end is not reached while one has not completed.
      Entry& entry = entries_[at];
      if (!entry.is_return) {
        if (TryStep(at, alternative)) {
          at = entries_[kHead].next;
        } else {
          at = entry.next;
        }
        alternative = 0;
        continue;
      }
      furthest_ = std::max(furthest_, at);
      if (stack_.empty()) return End(SearchDecision::kViolation);
      const Choice choice = Undo();
      at = choice.entry;
      alternative = choice.alternative + 1;
    }
    return End(SearchDecision::kLinearizable);
  }

 private:
  static constexpr uint32_t kHead = 0;
  struct Entry {
    uint32_t op, partner = kNone, next = kNone, before = kNone;
    bool is_return = false;
  };
  struct Choice {
    uint32_t entry, alternative, state_before;
  };

  void BuildList() {
    struct Mark {
      Position at;
      uint32_t op;
      bool is_return;
    };
    std::vector<Mark> marks;
    for (uint32_t i = 0; i < ops_.size(); ++i) {
      if (ops_[i].crashed() && table_.Observes(i)) continue;
      marks.push_back({ops_[i].call, i, false});
      if (ops_[i].crashed()) continue;
      marks.push_back({ops_[i].ret, i, true});
      ++completed_;
    }
    std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.at < b.at; });
    entries_.resize(marks.size() + 1);
    entries_[kHead].op = kNone;
    std::vector<uint32_t> call_of(ops_.size(), kNone), last(ops_.size(), kNone);
    alike_before_.assign(ops_.size(), kNone);
    done_.assign(ops_.size(), false);
    for (uint32_t i = 1; i < entries_.size(); ++i) {
      const Mark& mark = marks[i - 1];
      entries_[i] = {mark.op, kNone, kNone, i - 1, mark.is_return};
      entries_[i - 1].next = i;
      if (mark.is_return) {
        entries_[i].partner = call_of[mark.op];
        entries_[call_of[mark.op]].partner = i;
      }
      call_of[mark.op] = i;
      if (!ops_[mark.op].crashed()) continue;
      uint32_t& alike = last[table_.ClassOf(mark.op)];
      alike_before_[mark.op] = alike;
      alike = mark.op;
    }
  }

  /// Does the operation whose call is `at`, where that leads to something new; from the given
  /// alternative of its results on.
  bool TryStep(uint32_t at, uint32_t alternative) {
    const uint32_t op = entries_[at].op;
    const bool crashed = ops_[op].crashed();
    if (crashed && alike_before_[op] != kNone && !done_[alike_before_[op]]) return false;
    const auto range = table_.Step(state_, op);
    for (uint32_t r = range.begin + alternative; r < range.end; ++r) {
      const uint32_t next = table_.Result(r);
      if (crashed && next == state_) continue;
      const DoneSet with{set_.a ^ MixBits(2 * uint64_t{op} + 1),
                         set_.b ^ MixBits(~uint64_t{op} * 3)};
      const uint64_t mixed = MixBits(next + 0x9e3779b97f4a7c15);
      if (!seen_.insert({with.a ^ mixed, with.b + mixed}).second) continue;
      stack_.push_back({at, r - range.begin, state_});
      state_ = next;
      set_ = with;
      done_[op] = true;
      if (!crashed) --completed_;
      Lift(at);
      if (entries_[at].partner != kNone) Lift(entries_[at].partner);
      return true;
    }
    return false;
  }

  Choice Undo() {
    if (stack_.size() > deepest_.size()) Deepest();
    const Choice choice = stack_.back();
    stack_.pop_back();
    same_ = std::min(same_, stack_.size());
    const uint32_t op = entries_[choice.entry].op;
    state_ = choice.state_before;
    set_ = {set_.a ^ MixBits(2 * uint64_t{op} + 1), set_.b ^ MixBits(~uint64_t{op} * 3)};
    done_[op] = false;
    if (!ops_[op].crashed()) ++completed_;
    if (entries_[choice.entry].partner != kNone) Unlift(entries_[choice.entry].partner);
    Unlift(choice.entry);
    return choice;
  }

  void Lift(uint32_t at) {
    const Entry& entry = entries_[at];
    entries_[entry.before].next = entry.next;
    if (entry.next != kNone) entries_[entry.next].before = entry.before;
  }
  void Unlift(uint32_t at) {
    const Entry& entry = entries_[at];
    entries_[entry.before].next = at;
    if (entry.next != kNone) entries_[entry.next].before = at;
  }

  /// Only what changed since the last time is copied.
  void Deepest() {
    deepest_.resize(same_);
    for (size_t i = same_; i < stack_.size(); ++i) deepest_.push_back(entries_[stack_[i].entry].op);
    same_ = stack_.size();
  }

  SearchDecision Bound() {
    ++steps_;
    if (steps_ > bounds_.steps) return SearchDecision::kStopped;
    if (steps_ % 1024 != 0) return SearchDecision::kLinearizable;
    if (bounds_.stopped != nullptr && *bounds_.stopped) return SearchDecision::kStopped;
    if (std::chrono::steady_clock::now() > bounds_.deadline) return SearchDecision::kOutOfTime;
    const size_t memory = seen_.bucket_count() * (sizeof(DoneSet) + 1) + table_.MemoryUse();
    return memory > bounds_.memory ? SearchDecision::kOutOfMemory : SearchDecision::kLinearizable;
  }

  SearchResult End(SearchDecision decision) {
    result_.decision = decision;
    // A failed attempt may have been longer, by crashed operations, than the order that succeeded.
    if (decision == SearchDecision::kLinearizable || stack_.size() > deepest_.size()) Deepest();
    result_.order = std::move(deepest_);
    result_.most_configurations = seen_.size();
    if (furthest_ != kHead) {
      result_.failed = entries_[furthest_].op;
      result_.hardest_from = ops_[result_.failed].call;
      result_.hardest_to = ops_[result_.failed].ret;
    }
    return std::move(result_);
  }

  const std::span<const ModelOp> ops_;
  const SearchBounds bounds_;
  StateTable table_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> alike_before_;
  std::vector<bool> done_;
  size_t completed_ = 0;  // operations that must still be done
  uint32_t state_;
  DoneSet set_;
  boost::unordered_flat_set<DoneSet, HashDoneSet> seen_;
  std::vector<Choice> stack_;
  std::vector<uint32_t> deepest_;
  size_t same_ = 0;            // so much of deepest_ is still the stack's beginning
  uint32_t furthest_ = kHead;  // the latest return that no order got past
  uint64_t steps_ = 0;
  SearchResult result_;
};

}  // namespace

SearchResult SearchDepthFirst(const Model& model, std::span<const ModelOp> ops,
                              const SearchBounds& bounds) {
  return DepthFirst(model, ops, bounds).Run();
}

}  // namespace cleave
