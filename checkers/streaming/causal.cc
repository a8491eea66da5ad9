// See causal.h. The state is the last value and the crashed writes that may still come.
#include "checkers/streaming/causal.h"

#include <algorithm>

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"

namespace cleave {
namespace {

class CausalSession {
 public:
  CausalSession(Findings* findings, KeyId key, FunctionId read_init)
      : findings_(*findings), key_(key), read_init_(read_init) {}

  /// Returns how many reads said something.
  uint64_t Run(std::span<const uint32_t> operations) {
    operations_ = operations;
    uint64_t reads = 0;
    for (const uint32_t i : operations) {
      const Operation& op = findings_.op(i);
      findings_.Step(1 + crashed_.size(), i);
      if (last_ != kNone && findings_.op(last_).ret > op.call) Overlap(i);
      if (op.outcome != Outcome::kInfo) last_ = i;
      if (op.function == kWrite) {
        Write(i);
      } else if (op.function != kRead && op.function != read_init_) {
        UnknownFunction(findings_.history(), i, "read-init, read, write");
      } else if (op.outcome == Outcome::kOk && op.output != kNoValue && op.output != kNull) {
        ++reads;
        Read(i);
      }
    }
    return reads;
  }

 private:
  [[noreturn]] void Overlap(uint32_t i) const {
    throw std::invalid_argument("a causal register's key is one session's, but " +
                                findings_.Name(i) + findings_.Of(key_) + " was called before " +
                                findings_.Name(last_) + " returned");
  }

  void Write(uint32_t i) {
    const Operation& op = findings_.op(i);
    if (op.outcome == Outcome::kInfo) crashed_.push_back(i);
    if (op.outcome != Outcome::kOk) return;
    source_ = i;
    value_ = op.input;
  }

  void Read(uint32_t i) {
    const ValueId seen = findings_.op(i).output;
    if (!Holds(seen)) {
      const auto it = std::find_if(crashed_.begin(), crashed_.end(), [&](uint32_t write) {
        return findings_.op(write).input == seen;
      });
      if (it == crashed_.end()) {
        Wrong(i);
      } else {
        crashed_.erase(it);  // it happened, and happens once
      }
    }
    source_ = i;
    value_ = seen;
  }
  /// Whether the register holds `seen`: it is 0 before it is anything else.
  bool Holds(ValueId seen) const {
    if (source_ != kNone) return seen == value_;
    return findings_.values().IsInt(seen) && findings_.values().AsInt(seen) == 0;
  }

  void Wrong(uint32_t read) {
    const ValueId seen = findings_.op(read).output;
    uint32_t past = kNone, failed = kNone, later = kNone;
    findings_.Step(operations_.size(), read);
    for (const uint32_t i : operations_) {
      const Operation& op = findings_.op(i);
      if (op.function != kWrite || op.input != seen) continue;
      if (op.outcome == Outcome::kFail) {
        failed = i;
      } else {
        (i < read ? past : later) = i;
      }
    }
    const bool initial = findings_.values().IsInt(seen) && findings_.values().AsInt(seen) == 0;
    if (past != kNone || (initial && source_ != kNone)) return Stale(read, past);
    const auto because = [&] {
      if (failed != kNone) return findings_.Name(failed) + " of it had certainly failed.";
      if (later != kNone) return findings_.Name(later) + " of it was only called afterwards.";
      return std::string("nobody ever wrote it.");
    };
    const char* name = failed != kNone  ? "aborted-read"
                       : later != kNone ? "future-read"
                                        : "unwritten";
    findings_.Report(name, key_, {read, failed != kNone ? failed : later}, [&] {
      return Explained{findings_.Name(read) + findings_.Of(key_) + " returned " +
                           findings_.Text(seen) + ", but " + because(),
                       {{"value", findings_.values().ToShortJson(seen)}}};
    });
  }

  /// An older value than the session has written or read: the session guarantees' names (Terry et
  /// al. 1994).
  void Stale(uint32_t read, uint32_t past) {
    const bool own = findings_.op(source_).function == kWrite;
    findings_.Report(
        own ? "read-your-writes" : "monotonic-reads", key_, {read, source_, past}, [&] {
          return Explained{findings_.Name(read) + findings_.Of(key_) + " returned " +
                               findings_.Text(findings_.op(read).output) +
                               ", although the session had " + (own ? "written " : "read ") +
                               findings_.Text(value_) + " in " + findings_.Name(source_) +
                               " since.",
                           {{"value", findings_.values().ToShortJson(findings_.op(read).output)},
                            {"expected", findings_.values().ToShortJson(value_)}}};
        });
  }

  Findings& findings_;
  const KeyId key_;
  const FunctionId read_init_;
  std::span<const uint32_t> operations_;
  std::vector<uint32_t> crashed_;  // writes of unknown outcome that nobody has seen
  uint32_t last_ = kNone;          // the operation that returned last
  uint32_t source_ = kNone;        // the write or read that says what the register holds
  ValueId value_ = kNoValue;
};

}  // namespace

CheckResult CheckCausal(const History& history, const CheckOptions& options) {
  return Judged("causal", history, options, [&](Findings* findings) {
    const FunctionId read_init = FunctionNamed(history, "read-init");
    const ByKey keys(history);
    uint64_t reads = 0;
    for (size_t i = 0; i < keys.size(); ++i) {
      reads += CausalSession(findings, keys.key(i), read_init).Run(keys.Operations(i));
    }
    Shown shown;
    shown.data = {{"reads", reads}, {"sessions", keys.size()}};
    if (reads == 0) shown.unknown = "no read of the register completed with a value";
    shown.valid = "all " + std::to_string(reads) + " reads saw the session's own past";
    return shown;
  });
}

}  // namespace cleave
