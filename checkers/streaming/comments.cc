// See comments.h. Acknowledged writes are numbered as they return; a write knows how many had
// returned when it was called. So a read lacks one exactly if it shows fewer of the first n than n,
// n being the largest such number of what it shows.
#include "checkers/streaming/comments.h"

#include <algorithm>

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"
#include "checkers/streaming/moments.h"

namespace cleave {
namespace {

struct Comment {
  uint32_t write = kNone;   // the first attempt that did not fail
  uint32_t failed = kNone;  // an attempt that did
  uint32_t before = 0;      // how many writes had been acknowledged when it was called
  uint32_t rank = kNone;    // its number among the acknowledged ones
  uint32_t stamp = 0;       // the last read that was looked at
};

class CommentsOfKey {
 public:
  CommentsOfKey(Findings* findings, std::vector<Comment>* comments, KeyId key, uint32_t* stamp)
      : findings_(*findings), comments_(*comments), key_(key), stamp_(*stamp) {}

  /// Returns how many reads saw something.
  uint64_t Run(std::span<const Moment> moments) {
    for (const Moment m : moments) m.is_return ? Return(m.operation) : Call(m.operation);
    uint64_t seeing = 0;
    for (const uint32_t read : reads_) seeing += Read(read);
    for (const ValueId v : touched_) comments_[v] = {};
    return seeing;
  }

 private:
  Comment& At(ValueId v) {
    Comment& c = comments_[v];
    if (c.write == kNone && c.failed == kNone && c.stamp == 0) touched_.push_back(v);
    return c;
  }

  void Call(uint32_t i) {
    const Operation& op = findings_.op(i);
    findings_.Step(1, i);
    if (op.function == kRead) return;
    if (op.function != kWrite && op.function != kAdd) {
      UnknownFunction(findings_.history(), i, "write, read");
    }
    Comment& c = At(op.input);
    if (op.outcome == Outcome::kFail) {
      c.failed = i;
    } else if (c.write == kNone) {
      c.write = i;
      c.before = static_cast<uint32_t>(acknowledged_.size());
    }
  }

  void Return(uint32_t i) {
    const Operation& op = findings_.op(i);
    if (op.outcome != Outcome::kOk) return;
    if (op.function == kRead) {
      if (op.output == kNoValue || op.output == kNull) return;
      if (!findings_.values().IsList(op.output)) {
        throw std::invalid_argument("a read of comments returns a list; " + findings_.Name(i) +
                                    " has " + findings_.Text(op.output));
      }
      reads_.push_back(i);
      return;
    }
    Comment& c = comments_[op.input];
    if (c.rank != kNone) return;
    c.rank = static_cast<uint32_t>(acknowledged_.size());
    acknowledged_.push_back(i);
  }

  bool Read(uint32_t read) {
    const auto seen = findings_.values().Elements(findings_.op(read).output);
    findings_.Step(2 * seen.size(), read);
    ++stamp_;
    ValueId latest = kNoValue;  // what was seen of which most is known to come before
    for (const ValueId v : seen) {
      Comment& c = At(v);
      if (c.stamp == stamp_) continue;
      c.stamp = stamp_;
      if (c.write == kNone || findings_.op(c.write).call > findings_.op(read).ret) {
        Unexpected(read, v);
      } else if (latest == kNoValue || c.before > comments_[latest].before) {
        latest = v;
      }
    }
    if (latest == kNoValue) return !seen.empty();
    const uint32_t before = comments_[latest].before;
    uint32_t shown = 0;
    for (const ValueId v : seen) {
      Comment& c = comments_[v];
      if (c.rank < before && c.stamp == stamp_) ++shown;
      c.stamp = stamp_ + 1;  // so that each is counted once
    }
    ++stamp_;
    if (shown < before) Missing(read, latest, before - shown);
    return true;
  }

  void Unexpected(uint32_t read, ValueId v) {
    const uint32_t write = comments_[v].write, failed = comments_[v].failed;
    findings_.Report("unexpected", key_, {read, write != kNone ? write : failed}, [&] {
      std::string why = ", which nobody ever wrote.";
      if (write != kNone) {
        why = ", which " + findings_.Who(write) + " only called to write afterwards " +
              Findings::Event(findings_.op(write).call) + ".";
      } else if (failed != kNone) {
        why = ", but " + findings_.Name(failed) + " of it had certainly failed.";
      }
      return Explained{
          findings_.Name(read) + findings_.Of(key_) + " shows " + findings_.Text(v) + why,
          {{"value", findings_.values().ToShortJson(v)}}};
    });
  }

  void Missing(uint32_t read, ValueId latest, uint32_t missing) {
    if (findings_.Full()) return findings_.CountMore("causal-reverse", 1);
    const uint32_t first =
        *std::find_if(acknowledged_.begin(), acknowledged_.end(),
                      [&](uint32_t i) { return comments_[findings_.op(i).input].stamp != stamp_; });
    const uint32_t later = comments_[latest].write;
    findings_.Report("causal-reverse", key_, {read, first, later}, [&] {
      const ValueId v = findings_.op(first).input;
      return Explained{findings_.Name(read) + findings_.Of(key_) + " shows " +
                           findings_.Text(latest) + " and not " + findings_.Text(v) +
                           ", although the write of " + findings_.Text(v) +
                           " had been acknowledged to " + findings_.Who(first) + " " +
                           Findings::Event(findings_.op(first).ret) + " before " +
                           findings_.Who(later) + " called the write of " + findings_.Text(latest) +
                           " " + Findings::Event(findings_.op(later).call) + ".",
                       {{"missing", missing}, {"first", findings_.values().ToShortJson(v)}}};
    });
  }

  Findings& findings_;
  std::vector<Comment>& comments_;  // by value
  const KeyId key_;
  uint32_t& stamp_;
  std::vector<uint32_t> acknowledged_;  // writes, as they returned
  std::vector<uint32_t> reads_;
  std::vector<ValueId> touched_;
};

}  // namespace

CheckResult CheckComments(const History& history, const CheckOptions& options) {
  return Judged("comments", history, options, [&](Findings* findings) {
    findings->Hold(history.values().size() * sizeof(Comment), "the comments");
    std::vector<Comment> comments(history.values().size());
    const Moments moments(history);
    uint32_t stamp = 0;
    uint64_t seeing = 0;
    for (size_t i = 0; i < moments.keys(); ++i) {
      seeing += CommentsOfKey(findings, &comments, moments.key(i), &stamp).Run(moments.Of(i));
    }
    Shown shown;
    shown.data = {{"reads-that-saw", seeing}};
    if (seeing == 0) shown.unknown = "no read saw any write, so nothing was shown of their order";
    shown.valid = "all " + std::to_string(seeing) +
                  " reads that saw a write saw all that had been acknowledged before it";
    return shown;
  });
}

}  // namespace cleave
