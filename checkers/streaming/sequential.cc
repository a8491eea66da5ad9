// See sequential.h.
#include "checkers/streaming/sequential.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"

namespace cleave {
namespace {

class SubkeyReads {
 public:
  explicit SubkeyReads(Findings* findings) : findings_(*findings) {}

  Shown Run() {
    const auto ops = findings_.history().operations();
    for (uint32_t i = 0; i < ops.size(); ++i) {
      findings_.Step(1, i);
      const Operation& op = ops[i];
      if (op.function == kWrite) {
        writer_.try_emplace(uint64_t{op.key} << 32 | op.input, i);
      } else if (op.function != kRead) {
        UnknownFunction(findings_.history(), i, "read, write");
      }
    }
    for (uint32_t i = 0; i < ops.size(); ++i) {
      const Operation& op = ops[i];
      const bool answered = op.outcome == Outcome::kOk && op.output != kNoValue;
      if (op.function == kRead && answered && op.output != kNull) Read(i);
    }
    Shown shown;
    shown.data = {
        {"all", all_}, {"some", some_}, {"none", none_}, {"bad", findings_.Count("trailing-nil")}};
    if (all_ + some_ == 0) {
      shown.unknown = "no read saw any subkey, so nothing was shown of their order";
    }
    shown.valid = "all " + std::to_string(all_ + some_) +
                  " reads that saw a subkey saw all that were written before it";
    return shown;
  }

 private:
  const ValueTable& values() const { return findings_.values(); }

  void Read(uint32_t i) {
    ValueId key = findings_.op(i).input;
    ValueId list = findings_.op(i).output;
    if (values().IsList(list) && values().Elements(list).size() == 2 &&
        values().IsList(values().Elements(list)[1])) {
      key = values().Elements(list)[0];
      list = values().Elements(list)[1];
    }
    if (!values().IsList(list)) {
      throw std::invalid_argument("a read returns [key, [subkey or null, …]]; " +
                                  findings_.Name(i) + " has " + findings_.Text(list));
    }
    const auto seen = values().Elements(list);
    findings_.Step(seen.size(), i);
    ValueId later = kNoValue;  // the last subkey seen so far: written after those to come
    bool bad = false;          // one anomaly a read: its first gap
    for (size_t at = 0; at < seen.size(); ++at) {
      if (seen[at] != kNull) {
        later = seen[at];
      } else if (later != kNoValue && !std::exchange(bad, true)) {
        Bad(i, key, later, at, seen.size());
      }
    }
    (later == kNoValue ? none_ : Nulls(seen) ? some_ : all_) += 1;
  }
  static bool Nulls(std::span<const ValueId> seen) {
    return std::find(seen.begin(), seen.end(), kNull) != seen.end();
  }

  void Bad(uint32_t read, ValueId key, ValueId later, size_t at, size_t size) {
    const auto it = writer_.find(uint64_t{findings_.op(read).key} << 32 | key);
    const uint32_t write = it == writer_.end() ? kNone : it->second;
    findings_.Report("trailing-nil", findings_.op(read).key, {read, write}, [&] {
      return Explained{findings_.Name(read) + " saw subkey " + findings_.Text(later) + " of " +
                           findings_.Text(key) + " and then, asking for the one at place " +
                           std::to_string(size - at) +
                           ", which the same process had written before " + "it, found nothing.",
                       {{"key", values().ToShortJson(key)}, {"place", size - at}}};
    });
  }

  Findings& findings_;
  boost::unordered_flat_map<uint64_t, uint32_t> writer_;  // by (independent key, key written)
  uint64_t all_ = 0, some_ = 0, none_ = 0;
};

}  // namespace

CheckResult CheckSequential(const History& history, const CheckOptions& options) {
  return Judged("sequential", history, options,
                [&](Findings* findings) { return SubkeyReads(findings).Run(); });
}

}  // namespace cleave
