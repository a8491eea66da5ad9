// See long_fork.h. Reads of a group, as sets of the keys that they see, in order of size: they form
// a chain exactly if each contains the one before.
#include "checkers/streaming/long_fork.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"

namespace cleave {
namespace {

struct ForkMop {
  ValueId key, value;
};

/// A read of a group: which of its keys it sees.
struct GroupRead {
  uint32_t operation;
  uint32_t seen;   // how many
  uint32_t words;  // where its bits are in Forks::bits_
};

struct ForkGroup {
  KeyId independent;
  std::vector<ValueId> keys;  // sorted
  std::vector<GroupRead> reads;
};

class Forks {
 public:
  explicit Forks(Findings* findings) : findings_(*findings) {}

  Shown Run() {
    const auto ops = findings_.history().operations();
    for (uint32_t i = 0; i < ops.size(); ++i) Take(i);
    uint64_t compared = 0;
    for (ForkGroup& group : groups_) {
      if (group.reads.size() > 1 && Comparable(group)) {
        compared += group.reads.size();
        Chain(&group);
      }
    }
    Shown shown;
    shown.data = {{"reads", reads_}, {"groups", groups_.size()}, {"compared-reads", compared}};
    shown.unknown =
        compared == 0 && why_not_.empty() ? "no two reads of the same keys completed" : why_not_;
    shown.valid = "the " + std::to_string(compared) + " reads of the " +
                  std::to_string(groups_.size()) + " groups of keys see growing sets of writes";
    return shown;
  }

 private:
  const ValueTable& values() const { return findings_.values(); }
  std::string_view Word(ValueId v) const {
    return values().kind(v) == ValueKind::kString ? values().AsText(v) : std::string_view();
  }
  static uint64_t Packed(KeyId independent, ValueId key) {
    return uint64_t{independent} << 32 | key;
  }
  void WhyNot(std::string why) {
    if (why_not_.empty()) why_not_ = std::move(why);
  }

  void Take(uint32_t i) {
    const Operation& op = findings_.op(i);
    if (op.function != kTxn && op.function != kRead && op.function != kWrite) {
      UnknownFunction(findings_.history(), i, "txn, read, write");
    }
    const bool ok = op.outcome == Outcome::kOk && values().IsList(op.output);
    const ValueId list = ok ? op.output : op.input;
    if (!values().IsList(list) && op.function == kRead) return;  // it says nothing
    if (!values().IsList(list)) Bad(i);
    const auto mops = values().Elements(list);
    findings_.Step(mops.size(), i);
    scratch_.clear();
    size_t writes = 0;
    for (const ValueId id : mops) {
      if (!values().IsList(id) || values().Elements(id).size() != 3) Bad(i);
      const auto parts = values().Elements(id);
      if (Word(parts[0]) == "w") {
        ++writes;
      } else if (Word(parts[0]) != "r") {
        Bad(i);
      }
      scratch_.push_back({parts[1], parts[2]});
    }
    if (writes > 0 && mops.size() != 1) Bad(i);
    if (writes == 1) return Write(i);
    if (ok && !mops.empty()) Read(i);
  }
  [[noreturn]] void Bad(uint32_t i) const {
    const Operation& op = findings_.op(i);
    throw std::invalid_argument(
        "a transaction is of reads [\"r\", key, value] or of one write [\"w\", key, value]; " +
        findings_.Name(i) + " has " + findings_.Text(op.output == kNoValue ? op.input : op.output));
  }

  void Write(uint32_t i) {
    const Operation& op = findings_.op(i);
    if (op.outcome == Outcome::kFail) return;
    const auto [it, fresh] = writer_.try_emplace(Packed(op.key, scratch_[0].key), i);
    if (fresh) return;
    twice_.try_emplace(it->first, i);
    WhyNot("key " + findings_.Text(scratch_[0].key) + " is written by " +
           findings_.Name(it->second) + " and by " + findings_.Name(i) +
           ": nothing is inferred from keys that are written more than once");
  }

  void Read(uint32_t i) {
    const uint32_t expected = findings_.options().group_size;
    ++reads_;
    if (expected != 0 && scratch_.size() != expected) {
      return WhyNot(findings_.Name(i) + " names " + std::to_string(scratch_.size()) +
                    " keys, and groups are of " + std::to_string(expected));
    }
    std::sort(scratch_.begin(), scratch_.end(),
              [](const ForkMop& a, const ForkMop& b) { return a.key < b.key; });
    ForkGroup& group = Group(findings_.op(i).key);
    const auto begin = static_cast<uint32_t>(bits_.size());
    bits_.resize(bits_.size() + Words64(group));
    GroupRead read{i, 0, begin};
    for (uint32_t k = 0; k < scratch_.size(); ++k) {
      if (scratch_[k].value == kNull) continue;
      ++read.seen;
      bits_[begin + k / 64] |= uint64_t{1} << (k % 64);
      const auto [it, fresh] =
          value_.try_emplace(Packed(findings_.op(i).key, scratch_[k].key), scratch_[k].value);
      if (!fresh && it->second != scratch_[k].value) {
        twice_.try_emplace(it->first, i);
        WhyNot("key " + findings_.Text(scratch_[k].key) + " was read as " +
               findings_.Text(it->second) + " and, by " + findings_.Name(i) + ", as " +
               findings_.Text(scratch_[k].value) +
               ": nothing is inferred from keys that are written more than once");
      }
    }
    group.reads.push_back(read);
  }
  static size_t Words64(const ForkGroup& group) { return (group.keys.size() + 63) / 64; }

  ForkGroup& Group(KeyId independent) {
    name_.assign(1, independent);
    for (const ForkMop& mop : scratch_) name_.push_back(mop.key);
    const auto it = group_of_.find(name_);
    if (it != group_of_.end()) return groups_[it->second];
    group_of_.emplace(name_, static_cast<uint32_t>(groups_.size()));
    groups_.push_back({independent, {name_.begin() + 1, name_.end()}, {}});
    return groups_.back();
  }

  bool Comparable(const ForkGroup& group) const {
    return std::none_of(group.keys.begin(), group.keys.end(), [&](ValueId key) {
      return twice_.contains(Packed(group.independent, key));
    });
  }

  void Chain(ForkGroup* group) {
    std::stable_sort(group->reads.begin(), group->reads.end(),
                     [](const GroupRead& a, const GroupRead& b) { return a.seen < b.seen; });
    for (size_t r = 1; r < group->reads.size(); ++r) {
      const GroupRead &small = group->reads[r - 1], &large = group->reads[r];
      const uint32_t lacks = OnlyIn(*group, small, large);
      if (lacks != kNone) Fork(*group, small, large, lacks);
    }
  }
  /// A key that `a` sees and `b` does not.
  uint32_t OnlyIn(const ForkGroup& group, const GroupRead& a, const GroupRead& b) const {
    for (size_t w = 0; w < Words64(group); ++w) {
      const uint64_t only = bits_[a.words + w] & ~bits_[b.words + w];
      if (only != 0) return static_cast<uint32_t>(w * 64 + std::countr_zero(only));
    }
    return kNone;
  }

  uint32_t Writer(const ForkGroup& group, uint32_t key) const {
    const auto it = writer_.find(Packed(group.independent, group.keys[key]));
    return it == writer_.end() ? kNone : it->second;
  }

  void Fork(const ForkGroup& group, const GroupRead& a, const GroupRead& b, uint32_t only_a) {
    const uint32_t only_b = OnlyIn(group, b, a);  // there is one: b sees no fewer
    findings_.Report("long-fork", group.independent,
                     {a.operation, b.operation, Writer(group, only_a), Writer(group, only_b)}, [&] {
                       const std::string x = findings_.Text(group.keys[only_a]),
                                         y = findings_.Text(group.keys[only_b]);
                       return Explained{
                           findings_.Name(a.operation) + " saw the write of key " + x +
                               " and not that of key " + y + ", " + findings_.Name(b.operation) +
                               " saw that of key " + y + " and not that of key " + x +
                               ": whichever was written first, one of the two cannot be.",
                           {{"keys",
                             {values().ToShortJson(group.keys[only_a]),
                              values().ToShortJson(group.keys[only_b])}}}};
                     });
  }

  Findings& findings_;
  std::vector<ForkMop> scratch_;
  std::vector<uint32_t> name_;  // of a group: its independent key, then its keys
  std::map<std::vector<uint32_t>, uint32_t> group_of_;
  std::vector<ForkGroup> groups_;
  std::vector<uint64_t> bits_;
  boost::unordered_flat_map<uint64_t, uint32_t> writer_;  // by (independent key, key)
  boost::unordered_flat_map<uint64_t, uint32_t> twice_;   // keys with two writes, or two values
  boost::unordered_flat_map<uint64_t, ValueId> value_;    // what was read of a key
  std::string why_not_;
  uint64_t reads_ = 0;
};

}  // namespace

CheckResult CheckLongFork(const History& history, const CheckOptions& options) {
  return Judged("long-fork", history, options,
                [&](Findings* findings) { return Forks(findings).Run(); });
}

}  // namespace cleave
