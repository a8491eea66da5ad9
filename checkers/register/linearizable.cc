// See linearizable.h. One pass over everything decides the plain keys; each of the others goes
// through the zones, and what they cannot decide (repeated values, mismatches) to the frontier.
// Keys are judged independently and put together in key order.
#include "checkers/register/linearizable.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "checkers/by_key.h"
#include "checkers/object/object.h"
#include "checkers/register/register_frontier.h"
#include "checkers/register/register_ops.h"
#include "checkers/register/register_order.h"
#include "checkers/register/register_shrink.h"
#include "checkers/register/register_sweep.h"
#include "checkers/register/register_words.h"
#include "checkers/register/register_zones.h"
#include "checkers/sessions/consistency.h"
#include "checkers/words.h"

namespace cleave {
namespace {

constexpr int kThreads = 2;
constexpr size_t kMostListedKeys = 100;
constexpr std::chrono::seconds kShrinkTime{5};

struct KeyResult {
  KeyId key = kNoKey;
  Verdict verdict = Verdict::kValid;
  const char* engine = nullptr;  // who judged it; nullptr: nobody has yet
  uint64_t anomalies = 0;
  std::vector<ZoneViolation> violations;  // the first few; empty where the frontier decided
  FrontierResult frontier;
  std::string undecided;      // kUnknown: where it was stuck
  size_t operations = 0;      // that constrain the key
  uint32_t concurrency = 0;   // most operations open at once, crashed ones left out
  size_t configurations = 0;  // most that the frontier held
};

uint32_t Concurrency(const RegisterKey& key) {
  std::vector<Position> returns;
  uint32_t most = 0;
  for (const RegisterOp& op : key.ops) {
    if (!op.crashed()) returns.push_back(op.ret);
  }
  std::sort(returns.begin(), returns.end());
  size_t returned = 0, called = 0;
  for (const RegisterOp& op : key.ops) {
    if (op.crashed()) continue;
    while (returned < returns.size() && returns[returned] < op.call) ++returned;
    most = std::max(most, static_cast<uint32_t>(++called - returned));
  }
  return most;
}

std::string KeyName(const History& history, KeyId key) {
  return key == kNoKey ? "the register"
                       : "key " + history.values().ToShortText(history.keys()[key]);
}

class KeyJudge {
 public:
  KeyJudge(const History& history, const CheckOptions& options, const FrontierBounds& bounds)
      : history_(history), options_(options), bounds_(bounds) {}

  /// Adds the anomalies of an invalid key, at most so many of them and of all. Shrinking is for the
  /// reader and has a time of its own: the verdict stands whether or not it finishes.
  void Explain(const RegisterKey& key, const KeyResult& judged, size_t most,
               std::chrono::steady_clock::time_point shrink_until, CheckResult* result) const {
    const size_t end = std::min(result->anomalies.size() + most, options_.max_anomalies);
    for (const ZoneViolation& v : judged.violations) {
      if (result->anomalies.size() >= end) return;
      result->anomalies.push_back(ExplainZones(history_, key, v));
    }
    if (!judged.violations.empty()) return;
    const RegisterEvidence evidence =
        ShrinkViolation(key, judged.frontier, {shrink_until, bounds_.memory});
    result->anomalies.push_back(ExplainEvidence(history_, key, evidence));
  }

  KeyResult Judge(const RegisterKey& key) const {
    KeyResult result;
    result.key = key.key;
    result.engine = "zones";
    result.operations = key.ops.size();
    result.concurrency = Concurrency(key);
    ZoneResult zones = CheckZones(key, options_.max_anomalies);
    if (zones.count > 0) {
      result.verdict = Verdict::kInvalid;
      result.anomalies = zones.count;
      result.violations = std::move(zones.violations);
    } else if (!zones.applicable || zones.ignored_mismatch) {
      Frontier(key, &result);
    }
    return result;
  }

 private:
  void Frontier(const RegisterKey& key, KeyResult* result) const {
    result->engine = "frontier";
    const FrontierResult found = CheckFrontier(key.ops, key.values.size(), bounds_);
    result->configurations = found.most_configurations;
    using Decision = FrontierResult::Decision;
    if (found.decision == Decision::kViolation) {
      result->verdict = Verdict::kInvalid;
      result->anomalies = 1;
      result->frontier = found;
    } else if (found.decision != Decision::kLinearizable) {
      result->verdict = Verdict::kUnknown;
      result->undecided = UndecidedWords(KeyName(history_, key.key), found);
    }
  }

  const History& history_;
  const CheckOptions& options_;
  const FrontierBounds bounds_;
};

/// Every key that the history uses, in order, and the judgement of those that the sweep decided.
std::vector<KeyResult> SweepKeys(const History& history, ValueId initial) {
  const std::vector<SweptKey> swept = SweepRegisters(history, initial);
  std::vector<KeyResult> results;
  for (size_t i = 0; i < swept.size(); ++i) {
    if (!swept[i].used) continue;
    KeyResult& result = results.emplace_back();
    result.key = i + 1 == swept.size() ? kNoKey : static_cast<KeyId>(i);
    if (!swept[i].decided) continue;
    result.engine = "zones";
    result.operations = swept[i].operations;
    result.concurrency = swept[i].concurrency;
  }
  return results;
}

/// Judges those keys that nobody has yet, on so many threads.
void JudgeKeys(const ByKey& keys, const History& history, ValueId initial, const KeyJudge& judge,
               int threads, std::vector<KeyResult>* results) {
  std::vector<std::exception_ptr> failures(results->size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    std::vector<uint32_t> scratch;
    for (size_t i; (i = next.fetch_add(1)) < results->size();) {
      if ((*results)[i].engine != nullptr) continue;
      try {
        (*results)[i] = judge.Judge(ExtractRegister(history, keys, i, initial, &scratch));
      } catch (...) {
        failures[i] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> helpers;
  for (int t = 1; t < threads; ++t) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

Json Figures(const History& history, const std::vector<KeyResult>& results) {
  std::vector<size_t> order(results.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  // The hardest first: invalid and undecided keys, then by the operations that they have.
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(results[a].verdict, results[a].operations) >
           std::pair(results[b].verdict, results[b].operations);
  });
  uint64_t operations = 0, by_frontier = 0;
  uint32_t concurrency = 0;
  for (const KeyResult& r : results) {
    operations += r.operations;
    by_frontier += r.engine != std::string_view("zones");
    concurrency = std::max(concurrency, r.concurrency);
  }
  Json listed = Json::array();
  for (size_t i = 0; i < order.size() && i < kMostListedKeys; ++i) {
    const KeyResult& r = results[order[i]];
    const KeyId key = r.key;
    listed.push_back(
        {{"key", key == kNoKey ? Json() : history.values().ToShortJson(history.keys()[key])},
         {"verdict", VerdictName(r.verdict)},
         {"operations", r.operations},
         {"concurrency", r.concurrency},
         {"engine", r.engine}});
    if (r.configurations > 0) listed.back()["configurations"] = r.configurations;
  }
  return {{"keys", results.size()},
          {"operations", operations},
          {"keys-by-zones", results.size() - by_frontier},
          {"keys-by-frontier", by_frontier},
          {"concurrency", concurrency},
          {"by-key", std::move(listed)}};
}

/// The order of a key that was found linearizable. The frontier knows none: there the search for
/// any model looks for one, as long as the time lasts.
void AppendWitness(const History& history, const ByKey& keys, size_t i, ValueId initial,
                   bool by_zones, const CheckOptions& options,
                   std::chrono::steady_clock::time_point deadline) {
  Witness witness{"cas-register", keys.key(i), {}};
  if (by_zones) {
    std::vector<uint32_t> scratch;
    const RegisterKey key = ExtractRegister(history, keys, i, initial, &scratch);
    for (const uint32_t op : OrderByZones(key)) witness.order.push_back(key.ops[op].operation);
  } else {
    const ModelInfo& info = *FindModel("cas-register");
    const auto model = info.make({&history, initial});
    const ObjectHistory object = ExtractObject(history, keys, i, info, *model);
    const SearchResult found = Search(*model, object.ops, {deadline, options.memory / 2});
    if (found.decision != SearchResult::Decision::kLinearizable) return;
    for (const uint32_t op : found.order) witness.order.push_back(object.ops[op].operation);
  }
  options.witnesses->push_back(std::move(witness));
}

/// "; sequential": what holds all the same, where that is soon known.
std::string WhatHolds(const History& history, CheckOptions options) {
  options.timeout = std::chrono::seconds(2);
  options.memory = uint64_t{256} << 20;
  const std::string held = StrongestConsistency(history, options);
  return held.empty() || held == "none" ? "" : " (but " + held + ")";
}

}  // namespace

CheckResult CheckLinearizable(const History& history, const CheckOptions& options) {
  CheckResult result;
  result.checker = "linearizable";
  const ValueId initial = FindJsonText(history.values(), options.initial);
  std::vector<KeyResult> results = SweepKeys(history, initial);
  const auto left = std::count_if(results.begin(), results.end(),
                                  [](const KeyResult& key) { return key.engine == nullptr; });
  // Where the sweep decided everything, only a witness needs the operations of each key.
  const ByKey keys = left == 0 && options.witnesses == nullptr ? ByKey() : ByKey(history);
  const int threads = left > 1 ? kThreads : 1;
  const auto deadline = std::chrono::steady_clock::now() + options.timeout;
  const KeyJudge judge(history, options,
                       {deadline, options.memory / static_cast<uint64_t>(threads)});
  JudgeKeys(keys, history, initial, judge, threads, &results);
  const auto shrink_until = std::chrono::steady_clock::now() + kShrinkTime;
  std::vector<uint32_t> scratch;
  const auto invalid =
      static_cast<size_t>(std::count_if(results.begin(), results.end(), [](const KeyResult& key) {
        return key.verdict == Verdict::kInvalid;
      }));
  // Every key's first anomalies before any key's many.
  const size_t per_key = std::max<size_t>(1, options.max_anomalies / std::max<size_t>(1, invalid));
  size_t unknown = 0;
  std::string undecided;
  for (size_t i = 0; i < results.size(); ++i) {
    const KeyResult& key = results[i];
    result.verdict = std::max(result.verdict, key.verdict);
    unknown += key.verdict == Verdict::kUnknown;
    if (undecided.empty()) undecided = key.undecided;
    result.anomaly_count += key.anomalies;
    if (key.verdict == Verdict::kValid && options.witnesses != nullptr) {
      AppendWitness(history, keys, i, initial, key.engine == std::string_view("zones"), options,
                    deadline);
    }
    if (key.verdict == Verdict::kInvalid && result.anomalies.size() < options.max_anomalies) {
      judge.Explain(ExtractRegister(history, keys, i, initial, &scratch), key, per_key,
                    shrink_until, &result);
    }
  }
  result.data = Figures(history, results);
  const std::string total =
      results.size() == 1 ? "the register" : std::to_string(results.size()) + " keys";
  switch (result.verdict) {
    case Verdict::kInvalid:
      result.reason = (results.size() == 1
                           ? std::string("the register is not linearizable")
                           : std::to_string(invalid) + " of " + total + " are not linearizable") +
                      WhatHolds(history, options) +
                      (result.anomalies.empty() ? "" : ": " + result.anomalies[0].explanation);
      break;
    case Verdict::kUnknown:
      result.reason =
          undecided + (unknown > 1 ? "; and " + std::to_string(unknown - 1) + " more" : "");
      break;
    default:
      result.reason = "all " + std::to_string(result.data["operations"].get<uint64_t>()) +
                      " operations that constrain " + total + " can be put in one order";
  }
  return result;
}

}  // namespace cleave
