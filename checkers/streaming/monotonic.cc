// See monotonic.h.
#include "checkers/streaming/monotonic.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"

namespace cleave {
namespace {

/// A row of the table; kNoValue for what it does not say.
struct StampedRow {
  ValueId value = kNoValue, stamp = kNoValue, process = kNoValue;
};

/// What became of a value.
struct StampedAdd {
  uint32_t acknowledged = kNone, failed = kNone, crashed = kNone;
  uint32_t read = kNone;  // the last read that has it
};

/// Compares numbers of any length by their decimal text: "12", "12.5", without a sign.
int CompareDecimals(std::string_view a, std::string_view b) {
  const auto whole = [](std::string_view* text) {
    const size_t dot = std::min(text->find('.'), text->size());
    std::string_view digits = text->substr(0, dot);
    while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
    *text = text->substr(std::min(dot + 1, text->size()));
    while (text->ends_with('0')) text->remove_suffix(1);
    return digits;
  };
  const std::string_view x = whole(&a), y = whole(&b);
  if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
  const int digits = x.compare(y);
  return digits != 0 ? digits : a.compare(b);
}

class MonotonicOfKey {
 public:
  MonotonicOfKey(Findings* findings, KeyId key, std::vector<StampedAdd>* adds)
      : findings_(*findings), key_(key), adds_(*adds) {}

  void Run(std::span<const uint32_t> operations) {
    for (const uint32_t i : operations) Take(i);
    for (const uint32_t read : reads_) Read(read);
    Lost();
    for (const ValueId v : touched_) adds_[v] = {};
  }

  uint64_t rows = 0, recovered = 0;
  size_t reads() const { return reads_.size(); }

 private:
  const ValueTable& values() const { return findings_.values(); }

  StampedAdd& At(ValueId v) {
    StampedAdd& add = adds_[v];
    if (add.acknowledged == kNone && add.failed == kNone && add.crashed == kNone &&
        add.read == kNone) {
      touched_.push_back(v);
    }
    return add;
  }

  void Take(uint32_t i) {
    const Operation& op = findings_.op(i);
    findings_.Step(1, i);
    if (op.function == kAdd) {
      if (op.outcome == Outcome::kInfo && op.input != kNull) At(op.input).crashed = i;
      if (op.outcome == Outcome::kFail && op.input != kNull) At(op.input).failed = i;
      if (op.outcome != Outcome::kOk || op.output == kNoValue || op.output == kNull) return;
      const ValueId value = Row(i, op.output).value;
      inputs_name_values_ &= value == op.input;
      At(value).acknowledged = i;
    } else if (op.function != kRead) {
      UnknownFunction(findings_.history(), i, "add, read");
    } else if (op.outcome == Outcome::kOk && op.output != kNoValue && op.output != kNull) {
      if (!values().IsList(op.output)) Bad(i, op.output);
      reads_.push_back(i);
    }
  }
  [[noreturn]] void Bad(uint32_t i, ValueId row) const {
    throw std::invalid_argument("a row is {val, sts, proc} or [val, sts, proc], its val a whole " +
                                std::string("number; ") + findings_.Name(i) + " has " +
                                findings_.Text(row));
  }

  StampedRow Row(uint32_t i, ValueId id) const {
    StampedRow row;
    if (values().IsInt(id)) {
      row.value = id;
    } else if (values().IsList(id)) {
      const auto parts = values().Elements(id);
      if (parts.size() > 0) row.value = parts[0];
      if (parts.size() > 1) row.stamp = parts[1];
      if (parts.size() > 2) row.process = parts[2];
    } else if (values().kind(id) == ValueKind::kMap) {
      const auto parts = values().Elements(id);
      for (size_t at = 0; at + 1 < parts.size(); at += 2) {
        const auto name = values().kind(parts[at]) == ValueKind::kString
                              ? values().AsText(parts[at])
                              : std::string_view();
        if (name == "val") row.value = parts[at + 1];
        if (name == "sts") row.stamp = parts[at + 1];
        if (name == "proc") row.process = parts[at + 1];
      }
    }
    if (!values().IsInt(row.value)) Bad(i, id);
    return row;
  }

  int CompareStamps(ValueId a, ValueId b) const {
    if (a == b || a == kNoValue || b == kNoValue) return 0;
    if (values().IsInt(a) && values().IsInt(b)) {
      return values().AsInt(a) < values().AsInt(b) ? -1 : 1;
    }
    const auto text = [&](ValueId v) {
      return values().kind(v) == ValueKind::kString ? std::string(values().AsText(v))
                                                    : values().ToText(v);
    };
    return CompareDecimals(text(a), text(b));
  }

  void Read(uint32_t read) {
    const auto all = values().Elements(findings_.op(read).output);
    findings_.Step(all.size(), read);
    last_of_process_.clear();
    StampedRow before;
    for (const ValueId id : all) {
      const StampedRow row = Row(read, id);
      ++rows;
      StampedAdd& add = At(row.value);
      if (add.read == read) Duplicate(read, row);
      add.read = read;
      if (before.value != kNoValue) {
        if (CompareStamps(before.stamp, row.stamp) > 0) Stamps(read, before, row);
        if (Falls(before, row)) Values("value-reorders", read, before, row);
      }
      before = row;
      if (row.process == kNoValue) continue;
      const auto [it, fresh] = last_of_process_.try_emplace(row.process, row);
      if (!fresh && Falls(it->second, row)) {
        Values("value-reorders-perclient", read, it->second, row);
      }
      it->second = row;
    }
  }
  /// Equal values are duplicates, and reported as such.
  bool Falls(const StampedRow& a, const StampedRow& b) const {
    return values().AsInt(a.value) > values().AsInt(b.value);
  }

  std::string Place(uint32_t read, const StampedRow& row) const {
    return findings_.Name(read) + findings_.Of(key_) + " has value " + findings_.Text(row.value);
  }
  uint32_t AddOf(const StampedRow& row) const { return adds_[row.value].acknowledged; }
  Json Pair(const StampedRow& a, const StampedRow& b) const {
    return {{"values", {values().ToShortJson(a.value), values().ToShortJson(b.value)}}};
  }

  void Duplicate(uint32_t read, const StampedRow& row) {
    findings_.Report("duplicates", key_, {read, AddOf(row)}, [&] {
      return Explained{Place(read, row) + " more than once.",
                       {{"value", values().ToShortJson(row.value)}}};
    });
  }
  void Stamps(uint32_t read, const StampedRow& a, const StampedRow& b) {
    findings_.Report("order-by-errors", key_, {read, AddOf(a), AddOf(b)}, [&] {
      return Explained{Place(read, a) + " of stamp " + findings_.Text(a.stamp) + " before value " +
                           findings_.Text(b.value) + " of the earlier stamp " +
                           findings_.Text(b.stamp) +
                           ": rows are read in the order of their stamps.",
                       Pair(a, b)};
    });
  }
  void Values(const char* name, uint32_t read, const StampedRow& a, const StampedRow& b) {
    findings_.Report(name, key_, {read, AddOf(a), AddOf(b)}, [&] {
      return Explained{Place(read, a) + " before " + findings_.Text(b.value) +
                           (a.process != kNoValue && a.process == b.process
                                ? ", both of process " + findings_.Text(a.process)
                                : "") +
                           ": in the order of stamps values only rise.",
                       Pair(a, b)};
    });
  }

  /// Against the read that was called last; a failed add that any read has is revived.
  void Lost() {
    const uint32_t last = reads_.empty() ? kNone : reads_.back();
    for (const ValueId v : touched_) {
      const StampedAdd& add = adds_[v];
      // Where the store chose the values, what a failed or crashed add asked for says nothing.
      if (inputs_name_values_ && add.read != kNone && add.acknowledged == kNone) {
        if (add.crashed != kNone) {
          ++recovered;
        } else if (add.failed != kNone) {
          Revived(add, v);
        }
      }
      if (last == kNone || add.acknowledged == kNone || add.read == last) continue;
      if (findings_.op(add.acknowledged).ret < findings_.op(last).call) Lose(add, v, last);
    }
  }
  void Revived(const StampedAdd& add, ValueId v) {
    findings_.Report("revived", key_, {add.failed, add.read}, [&] {
      return Explained{Place(add.read, {v, kNoValue, kNoValue}) + ", but " +
                           findings_.Name(add.failed) + " of it had certainly failed.",
                       {{"value", values().ToShortJson(v)}}};
    });
  }
  void Lose(const StampedAdd& add, ValueId v, uint32_t last) {
    findings_.Report("lost", key_, {add.acknowledged, last}, [&] {
      return Explained{findings_.Name(add.acknowledged) + findings_.Of(key_) + " added value " +
                           findings_.Text(v) + ", which " + findings_.Name(last) +
                           ", called afterwards and the last of all, does not have.",
                       {{"value", values().ToShortJson(v)}}};
    });
  }

  Findings& findings_;
  const KeyId key_;
  std::vector<StampedAdd>& adds_;  // by value
  std::vector<ValueId> touched_;
  std::vector<uint32_t> reads_;  // in call order
  boost::unordered_flat_map<ValueId, StampedRow> last_of_process_;
  bool inputs_name_values_ = true;  // acknowledged adds inserted the value that was asked for
};

}  // namespace

CheckResult CheckMonotonic(const History& history, const CheckOptions& options) {
  return Judged("monotonic", history, options, [&](Findings* findings) {
    findings->Hold(history.values().size() * sizeof(StampedAdd), "the values");
    std::vector<StampedAdd> adds(history.values().size());
    const ByKey keys(history);
    uint64_t reads = 0, rows = 0, recovered = 0;
    for (size_t i = 0; i < keys.size(); ++i) {
      MonotonicOfKey key(findings, keys.key(i), &adds);
      key.Run(keys.Operations(i));
      reads += key.reads();
      rows += key.rows;
      recovered += key.recovered;
    }
    Shown shown;
    shown.data = {{"reads", reads}, {"rows", rows}, {"recovered", recovered}};
    if (rows == 0) shown.unknown = "no read returned any row, so nothing was shown of their order";
    shown.valid = "the " + std::to_string(rows) + " rows of " + std::to_string(reads) +
                  " reads rise in the order of their stamps";
    return shown;
  });
}

}  // namespace cleave
