// See minimal_history.h.
#include "checkers/minimal_history.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <compare>
#include <numeric>

#include "checkers/fewest_that.h"
#include "harness/history/excerpt.h"
#include "harness/history/journal.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

constexpr std::chrono::seconds kTimeToShrink{5};
constexpr size_t kMostExplained = 64;  // anomalies of a small history

class TransactionShrinker {
 public:
  using Chosen = std::vector<uint32_t>;  // indices into History::operations(), ascending

  TransactionShrinker(const History& history, const CheckerInfo& checker, const std::string& name,
                      const CheckOptions& options)
      : history_(history),
        values_(history.values()),
        checker_(checker),
        name_(name),
        options_(options),
        lists_(checker.name == std::string_view("append")) {
    options_.witnesses = nullptr;
    options_.max_anomalies = kMostExplained;
    const auto ops = history.operations();
    for (uint32_t i = 0; i < ops.size(); ++i) {
      for (const ValueId id : MicroOps(Done(ops[i]))) {
        const auto parts = values_.Elements(id);
        if (!IsRead(id)) written_.push_back({ops[i].key, parts[1], parts[2], i});
      }
    }
    std::sort(written_.begin(), written_.end());
    NumberClients();
  }

  /// What is cited may need the writers of what it saw; where that is not enough, everything is.
  std::string Run(const Chosen& cited) {
    const auto shows = [&](const Chosen& chosen) { return Shows(chosen); };
    const auto until = std::chrono::steady_clock::now() + kTimeToShrink;
    Chosen chosen = cited;
    if (!Shows(chosen)) {
      chosen = WithWriters(cited);
      if (!Shows(chosen)) {
        chosen.resize(history_.operations().size());
        std::iota(chosen.begin(), chosen.end(), 0);
      }
    }
    return Text(FewestThat(shows, std::move(chosen), until));
  }

 private:
  struct Written {
    KeyId independent;
    ValueId key, value;
    uint32_t operation;
    auto operator<=>(const Written&) const = default;
  };

  /// What goes on under a process's number behind a transaction of unknown outcome is another
  /// client, which is to be seen also where that one is left out: it gets a number of its own.
  void NumberClients() {
    int32_t fresh = 0;
    for (const Operation& op : history_.operations()) fresh = std::max(fresh, op.process + 1);
    boost::unordered_flat_map<int32_t, int32_t> client;
    for (const Operation& op : history_.operations()) {
      client_.push_back(client.try_emplace(op.process, op.process).first->second);
      if (op.outcome == Outcome::kInfo) client[op.process] = fresh++;
    }
  }

  std::span<const ValueId> MicroOps(ValueId list) const {
    return values_.IsList(list) ? values_.Elements(list) : std::span<const ValueId>();
  }
  /// What the checker takes for the transaction; it has refused histories in which that is none.
  ValueId Done(const Operation& op) const {
    return op.outcome == Outcome::kOk && values_.IsList(op.output) ? op.output : op.input;
  }
  bool IsRead(ValueId id) const {
    const auto parts = MicroOps(id);
    return parts.size() == 3 && values_.kind(parts[0]) == ValueKind::kString &&
           values_.AsText(parts[0]) == "r";
  }
  std::span<const ValueId> Seen(std::span<const ValueId> read) const {
    return lists_ ? MicroOps(read[2]) : read.subspan(2, read[2] == kNull ? 0 : 1);
  }

  std::span<const Written> WritersOf(KeyId independent, ValueId key, ValueId value) const {
    const auto begin =
        std::lower_bound(written_.begin(), written_.end(), Written{independent, key, value, 0});
    const auto end =
        std::upper_bound(begin, written_.end(), Written{independent, key, value, UINT32_MAX});
    return {begin, end};
  }

  /// Whether what was seen stays: somebody who wrote it is there, or nobody ever wrote it.
  bool Stays(KeyId independent, ValueId key, ValueId value, const Chosen& chosen) const {
    const auto writers = WritersOf(independent, key, value);
    return writers.empty() || std::any_of(writers.begin(), writers.end(), [&](const Written& w) {
             return std::binary_search(chosen.begin(), chosen.end(), w.operation);
           });
  }

  Chosen WithWriters(const Chosen& some) const {
    Chosen all = some;
    for (const uint32_t i : some) {
      const Operation& op = history_.operations()[i];
      if (op.outcome != Outcome::kOk) continue;
      for (const ValueId id : MicroOps(Done(op))) {
        const auto parts = values_.Elements(id);
        if (!IsRead(id)) continue;
        for (const ValueId value : Seen(parts)) {
          for (const Written& w : WritersOf(op.key, parts[1], value)) all.push_back(w.operation);
        }
      }
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  /// A transaction as it is called or answered, without what is left out.
  Json Projected(const Operation& op, ValueId list, const Chosen& chosen) const {
    if (!values_.IsList(list)) return list == kNoValue ? Json() : values_.ToJson(list);
    Json mops = Json::array();
    for (const ValueId id : MicroOps(list)) {
      const auto parts = MicroOps(id);
      Json mop = values_.ToJson(id);
      if (IsRead(id) && lists_ && values_.IsList(parts[2])) {
        mop[2] = Json::array();
        for (const ValueId value : Seen(parts)) {
          if (Stays(op.key, parts[1], value, chosen)) mop[2].push_back(values_.ToJson(value));
        }
      } else if (IsRead(id) && !lists_ && parts[2] != kNull) {
        if (!Stays(op.key, parts[1], parts[2], chosen)) continue;
      }
      mops.push_back(std::move(mop));
    }
    return mops;
  }

  std::string Text(const Chosen& chosen) const {
    std::string text;
    boost::unordered_flat_map<int32_t, uint32_t> open;
    auto next = chosen.begin();  // operations come in the order of their calls
    for (Event& event : EventsOf(history_, chosen)) {
      const bool call = event.type == EventType::kInvoke;
      if (call) open[event.process] = *next++;
      const uint32_t operation = open[event.process];
      const Operation& op = history_.operations()[operation];
      event.process = client_[operation];
      event.value = Projected(op, call ? op.input : op.output, chosen);
      AppendJsonLine(event, &text);
    }
    return text;
  }

  bool Shows(const Chosen& chosen) const {
    const CheckResult result =
        RunChecker(checker_, ReadHistoryText(Text(chosen), "excerpt"), options_);
    return std::any_of(result.anomalies.begin(), result.anomalies.end(),
                       [&](const Anomaly& anomaly) { return anomaly.name == name_; });
  }

  const History& history_;
  const ValueTable& values_;
  const CheckerInfo& checker_;
  const std::string name_;
  CheckOptions options_;
  const bool lists_;
  std::vector<Written> written_;
  std::vector<int32_t> client_;  // by operation
};

}  // namespace

std::string MinimalHistory(const History& history, const std::string& checker,
                           const Anomaly& anomaly, const CheckOptions& options) {
  const CheckerInfo& info = *FindChecker(checker);
  std::vector<uint32_t> cited = anomaly.operations;
  std::sort(cited.begin(), cited.end());
  if (info.name != std::string_view("append") && info.name != std::string_view("rw-register"))
    return Excerpt(history, cited);
  return TransactionShrinker(history, info, anomaly.name, options).Run(cited);
}

}  // namespace cleave
