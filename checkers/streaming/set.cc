// See set.h. One pass over the reads from the last to the first finds, for each element, the last
// read that lacks it; nothing is done per element and read that is not in the read.
#include "checkers/streaming/set.h"

#include <algorithm>
#include <stdexcept>

#include "checkers/by_key.h"
#include "checkers/deadline.h"
#include "checkers/no_index.h"
#include "checkers/run/percentiles.h"

namespace cleave {
namespace {

constexpr size_t kMostListed = 100;

struct Element {
  uint32_t add = kNone;           // the first add that did not fail
  uint32_t acknowledged = kNone;  // the first add to be acknowledged
  uint32_t failed = kNone;        // an add that certainly failed
  uint32_t first_seen = kNone;    // the read that returned it first
  uint32_t last_seen = kNone;     // ranks of reads, in call order
  uint32_t run = kNone;           // all reads from this rank to the end have it
  uint32_t stamp = kNone;         // the last read looked at
  uint32_t times = 0;             // how often it is there
};

struct Totals {
  uint64_t attempts = 0, acknowledged = 0, reads = 0, stable = 0, lost = 0, stale = 0,
           never_read = 0, unexpected = 0, duplicated = 0, recovered = 0, disordered = 0;
  std::vector<int64_t> stable_latency;
  Json lost_elements = Json::array(), stale_elements = Json::array(),
       never_read_elements = Json::array(), unexpected_elements = Json::array(),
       duplicated_elements = Json::object();
};

class SetKey {
 public:
  SetKey(const History& history, const CheckOptions& options, Deadline* deadline, KeyId key,
         std::vector<Element>* elements, Totals* totals, CheckResult* result)
      : history_(history),
        options_(options),
        deadline_(*deadline),
        key_(key),
        elements_(*elements),
        totals_(*totals),
        result_(*result) {}

  void Run(std::span<const uint32_t> operations) {
    for (const uint32_t i : operations) Gather(i);
    const uint64_t before = result_.anomaly_count;
    for (uint32_t rank = static_cast<uint32_t>(reads_.size()); rank-- > 0;) Read(rank);
    for (const ValueId v : touched_) Judge(v);
    if (result_.anomaly_count == before) Chain();
    for (const ValueId v : touched_) elements_[v] = Element();
  }

 private:
  const Operation& op(uint32_t i) const { return history_.operations()[i]; }
  const Times& times(uint32_t i) const { return history_.times()[i]; }
  std::string Text(ValueId v) const { return history_.values().ToShortText(v); }
  std::string Who(uint32_t i) const { return "process " + std::to_string(op(i).process); }
  static std::string Event(Position p) { return "(event " + std::to_string(p) + ")"; }

  std::span<const ValueId> Seen(uint32_t read) const {
    const ValueId out = op(read).output;
    if (out == kNull) return {};
    return history_.values().Elements(out);
  }

  Element& At(ValueId v) {
    Element& e = elements_[v];
    if (e.add == kNone && e.failed == kNone && e.first_seen == kNone) touched_.push_back(v);
    return e;
  }

  /// Counts the elements of a read, or the operation, at which the checker is.
  void Step(uint64_t steps, uint32_t at) {
    deadline_.Step(steps, [&] {
      return "at the " + history_.FunctionName(op(at).function) + " of event " +
             std::to_string(op(at).call) + OfKey(history_, key_);
    });
  }

  void Gather(uint32_t i) {
    const Operation& o = op(i);
    Step(1, i);
    if (o.function == kAdd) {
      Element& e = At(o.input);
      if (o.outcome == Outcome::kFail) {
        e.failed = i;
        return;
      }
      if (e.add == kNone) e.add = i;
      const bool first = e.acknowledged == kNone || o.ret < op(e.acknowledged).ret;
      if (o.outcome == Outcome::kOk && first) e.acknowledged = i;
    } else if (o.function == kRead) {
      if (o.outcome != Outcome::kOk || o.output == kNoValue) return;
      if (o.output != kNull && !history_.values().IsList(o.output)) {
        throw std::invalid_argument("a read of a set returns a list; event " +
                                    std::to_string(o.ret) + " has " + Text(o.output));
      }
      reads_.push_back(i);
    } else {
      UnknownFunction(history_, i, "add, read");
    }
  }

  /// Reads are looked at from the last to the first.
  void Read(uint32_t rank) {
    const uint32_t read = reads_[rank];
    ++totals_.reads;
    Step(Seen(read).size(), read);
    std::vector<ValueId> repeated;
    for (const ValueId v : Seen(read)) {
      Element& e = At(v);
      if (e.stamp == rank) {
        if (++e.times == 2) repeated.push_back(v);
        continue;
      }
      e.stamp = rank;
      e.times = 1;
      if (e.first_seen == kNone || op(read).ret < op(e.first_seen).ret) e.first_seen = read;
      if (e.last_seen == kNone) e.last_seen = rank;
      const uint32_t expected = e.run == kNone ? static_cast<uint32_t>(reads_.size()) : e.run;
      if (expected == rank + 1) e.run = rank;
    }
    for (const ValueId v : repeated) Duplicated(v, read);
  }

  /// `explain` gives the words: it is not asked for those that are only counted.
  template <class Explain>
  void Report(const char* name, Explain explain, std::vector<uint32_t> operations, ValueId v) {
    ++result_.anomaly_count;
    if (result_.anomalies.size() >= options_.max_anomalies) return;
    std::sort(operations.begin(), operations.end());
    operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
    Json detail = v == kNoValue ? Json() : Json{{"element", history_.values().ToShortJson(v)}};
    result_.anomalies.push_back({name, explain(), std::move(operations), key_, std::move(detail)});
  }

  static void List(Json* list, const History& history, ValueId v) {
    if (list->size() < kMostListed) list->push_back(history.values().ToShortJson(v));
  }

  void Duplicated(ValueId v, uint32_t read) {
    ++totals_.duplicated;
    const uint32_t times = elements_[v].times;
    if (totals_.duplicated_elements.size() < kMostListed)
      totals_.duplicated_elements[Text(v)] = times;
    std::vector<uint32_t> evidence{read};
    if (elements_[v].add != kNone) evidence.push_back(elements_[v].add);
    const auto explain = [&] {
      return "The set" + OfKey(history_, key_) + " holds " + Text(v) + " " + std::to_string(times) +
             " times in " + Who(read) + "'s read " + Event(op(read).ret) +
             "; an element is in a set once.";
    };
    Report("duplicated", explain, std::move(evidence), v);
  }

  /// "process 3's add of 7 had been acknowledged (event 9)" or "process 1's read had shown it (…)".
  std::string HowKnown(const Element& e, uint32_t known) const {
    return known == e.acknowledged
               ? Who(known) + "'s add of it had been acknowledged " + Event(op(known).ret)
               : Who(known) + "'s read had already shown it " + Event(op(known).ret);
  }

  void Judge(ValueId v) {
    const Element& e = elements_[v];
    totals_.attempts += e.add != kNone || e.failed != kNone;
    totals_.acknowledged += e.acknowledged != kNone;
    if (e.first_seen != kNone && (e.add == kNone || op(e.add).call > op(e.first_seen).ret)) {
      return Unexpected(v, e);
    }
    totals_.recovered += e.acknowledged == kNone && e.first_seen != kNone;
    uint32_t known = e.acknowledged;
    if (e.first_seen != kNone && (known == kNone || op(e.first_seen).ret < op(known).ret))
      known = e.first_seen;
    if (known == kNone) return;  // crashed or failed, and never seen: nothing is claimed of it
    const uint32_t run = e.run == kNone ? static_cast<uint32_t>(reads_.size()) : e.run;
    const uint32_t absent = run == 0 ? kNone : run - 1;  // the last read without it
    const bool missed = absent != kNone && op(reads_[absent]).call > op(known).ret;
    const bool seen_last = e.last_seen != kNone && (absent == kNone || e.last_seen > absent);
    if (seen_last) {
      ++totals_.stable;
      if (missed) Stale(v, e, known, reads_[absent], reads_[e.last_seen]);
      Latency(known, missed ? reads_[absent] : kNone);
    } else if (missed) {
      Lost(v, e, known, absent);
    } else {
      ++totals_.never_read;
      List(&totals_.never_read_elements, history_, v);
    }
  }

  void Latency(uint32_t known, uint32_t absent) {
    int64_t latency = 0;
    if (absent != kNone && times(absent).call != kNoTime && times(known).ret != kNoTime) {
      latency = std::max<int64_t>(0, times(absent).call - times(known).ret);
    }
    totals_.stable_latency.push_back(latency);
  }

  void Unexpected(ValueId v, const Element& e) {
    ++totals_.unexpected;
    List(&totals_.unexpected_elements, history_, v);
    std::vector<uint32_t> evidence{e.first_seen};
    if (e.add != kNone) {
      evidence.push_back(e.add);
    } else if (e.failed != kNone) {
      evidence.push_back(e.failed);
    }
    const auto explain = [&] {
      return "Element " + Text(v) + OfKey(history_, key_) + " is in " + Who(e.first_seen) +
             "'s read " + Event(op(e.first_seen).ret) + ", but " + WhyUnexpected(e);
    };
    Report("unexpected", explain, std::move(evidence), v);
  }
  std::string WhyUnexpected(const Element& e) const {
    if (e.add != kNone) {
      return Who(e.add) + "'s add of it was only called afterwards " + Event(op(e.add).call) + ".";
    }
    if (e.failed == kNone) return "nobody ever tried to add it.";
    return Who(e.failed) + "'s add of it had certainly failed " + Event(op(e.failed).ret) +
           ", and nobody else added it.";
  }

  void Stale(ValueId v, const Element& e, uint32_t known, uint32_t absent, uint32_t later) {
    ++totals_.stale;
    List(&totals_.stale_elements, history_, v);
    const auto explain = [&] {
      return "Element " + Text(v) + OfKey(history_, key_) + " is missing in " + Who(absent) +
             "'s read, called " + Event(op(absent).call) + " after " + HowKnown(e, known) +
             "; it is there again in " + Who(later) + "'s read " + Event(op(later).ret) + ".";
    };
    Report("stale", explain, {e.add, known, absent, later}, v);
  }

  void Lost(ValueId v, const Element& e, uint32_t known, uint32_t absent) {
    ++totals_.lost;
    List(&totals_.lost_elements, history_, v);
    std::vector<uint32_t> evidence{e.add, known, reads_[absent]};
    const uint32_t seen = e.last_seen == kNone ? kNone : reads_[e.last_seen];
    if (seen != kNone) evidence.push_back(seen);
    const auto explain = [&] {
      return "Element " + Text(v) + OfKey(history_, key_) + " is lost: " + HowKnown(e, known) +
             (seen == kNone ? ""
                            : ", " + Who(seen) + "'s read still had it " + Event(op(seen).ret)) +
             ", and " + Who(reads_[absent]) + "'s read, called afterwards " +
             Event(op(reads_[absent]).call) + ", the last of all, does not have it.";
    };
    Report("lost", explain, std::move(evidence), v);
  }

  /// Reads in order of size must contain each other; then everything that an earlier read shows
  /// must have been called before anything that only a later one shows has returned.
  void Chain() {
    std::vector<uint32_t> order(reads_);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return Seen(a).size() < Seen(b).size(); });
    for (const ValueId v : touched_) elements_[v].stamp = kNone;
    uint32_t late = kNone;  // the operation called last so far
    const auto called = [&](uint32_t i) {
      if (i != kNone && (late == kNone || op(i).call > op(late).call)) late = i;
    };
    for (size_t i = 0; i < order.size(); ++i) {
      Step(2 * Seen(order[i]).size(), order[i]);
      if (!Layer(order, i, late)) return;
      for (const ValueId v : Seen(order[i])) {
        if (elements_[v].run != kChained) called(elements_[v].add);
        elements_[v].run = kChained;
      }
      called(order[i]);
    }
    for (const ValueId v : touched_) {
      const uint32_t add = elements_[v].acknowledged;
      const bool unseen = elements_[v].run != kChained;
      if (unseen && add != kNone && late != kNone && op(add).ret < op(late).call) {
        return Reordered(late, add, order.back());
      }
    }
  }
  static constexpr uint32_t kChained = UINT32_MAX - 1;

  bool Layer(const std::vector<uint32_t>& order, size_t i, uint32_t late) {
    for (const ValueId v : Seen(order[i])) {
      elements_[v].stamp = static_cast<uint32_t>(i);
      const uint32_t add = elements_[v].acknowledged;
      if (elements_[v].run == kChained || add == kNone || late == kNone) continue;
      if (op(add).ret < op(late).call) {
        Reordered(late, add, i == 0 ? order[i] : order[i - 1]);
        return false;
      }
    }
    if (i == 0) return true;
    for (const ValueId v : Seen(order[i - 1])) {
      if (elements_[v].stamp == i) continue;
      Incomparable(order[i - 1], order[i], static_cast<uint32_t>(i), v);
      return false;
    }
    return true;
  }

  /// `stamp` is that of the elements of `large`, which has one that `small` lacks as it is no
  /// smaller.
  void Incomparable(uint32_t small, uint32_t large, uint32_t stamp, ValueId v) {
    for (const ValueId w : Seen(small)) elements_[w].stamp = kNone;
    const auto seen = Seen(large);
    const ValueId other = *std::find_if(seen.begin(), seen.end(),
                                        [&](ValueId w) { return elements_[w].stamp == stamp; });
    ++totals_.disordered;
    const auto explain = [&] {
      return Who(small) + "'s read " + Event(op(small).ret) + " has " + Text(v) + " and not " +
             Text(other) + ", " + Who(large) + "'s read " + Event(op(large).ret) + " has " +
             Text(other) + " and not " + Text(v) + OfKey(history_, key_) +
             ": whichever of the two was added first, one of the reads cannot be.";
    };
    Report("incomparable-reads", explain, {small, large, elements_[v].add, elements_[other].add},
           v);
  }

  void Reordered(uint32_t late, uint32_t add, uint32_t read) {
    ++totals_.disordered;
    const auto explain = [&] {
      const std::string what =
          op(late).function == kAdd ? "add of " + Text(op(late).input) : "read";
      return Who(add) + "'s add of " + Text(op(add).input) + OfKey(history_, key_) +
             " was acknowledged " + Event(op(add).ret) + " before " + Who(late) + "'s " + what +
             " was called " + Event(op(late).call) + ", but " + Who(read) + "'s read " +
             Event(op(read).ret) + " shows that it came later.";
    };
    Report("reordered", explain, {late, add, read}, op(add).input);
  }

  const History& history_;
  const CheckOptions& options_;
  Deadline& deadline_;
  const KeyId key_;
  std::vector<Element>& elements_;
  Totals& totals_;
  CheckResult& result_;
  std::vector<ValueId> touched_;
  std::vector<uint32_t> reads_;  // ok reads by rank, in call order
};

/// Judges key by key. Returns why it could not come to the end, or "".
std::string Look(const History& history, const CheckOptions& options, Totals* totals,
                 CheckResult* result) {
  const uint64_t memory = history.values().size() * sizeof(Element);
  if (memory > options.memory) {
    return "out of memory: the elements take " + std::to_string(memory) + " bytes, and " +
           std::to_string(options.memory) + " are allowed";
  }
  Deadline deadline(options.timeout);
  std::vector<Element> elements(history.values().size());
  const ByKey keys(history);
  try {
    for (size_t i = 0; i < keys.size(); ++i) {
      SetKey(history, options, &deadline, keys.key(i), &elements, totals, result)
          .Run(keys.Operations(i));
    }
  } catch (const OutOfTime& late) {
    return late.what();
  }
  return "";
}

}  // namespace

CheckResult CheckSet(const History& history, const CheckOptions& options) {
  CheckResult result;
  result.checker = "set";
  Totals t;
  const std::string undecided = Look(history, options, &t, &result);
  result.data = {{"attempts", t.attempts},
                 {"acknowledged", t.acknowledged},
                 {"ok-reads", t.reads},
                 {"stable", t.stable},
                 {"lost", t.lost},
                 {"stale", t.stale},
                 {"never-read", t.never_read},
                 {"unexpected", t.unexpected},
                 {"duplicated", t.duplicated},
                 {"recovered", t.recovered},
                 {"disordered", t.disordered},
                 {"stable-latency-ms", Percentiles(&t.stable_latency)},
                 {"lost-elements", t.lost_elements},
                 {"stale-elements", t.stale_elements},
                 {"never-read-elements", t.never_read_elements},
                 {"unexpected-elements", t.unexpected_elements},
                 {"duplicated-elements", t.duplicated_elements}};
  if (result.anomaly_count > 0) {
    result.verdict = Verdict::kInvalid;
    result.reason = std::to_string(t.lost) + " elements lost, " + std::to_string(t.stale) +
                    " stale, " + std::to_string(t.unexpected) + " unexpected, " +
                    std::to_string(t.duplicated) + " duplicated" +
                    (t.disordered > 0 ? ", reads or adds out of order" : "") +
                    (result.anomalies.empty() ? "" : ": " + result.anomalies[0].explanation);
  } else if (!undecided.empty()) {
    result.verdict = Verdict::kUnknown;
    result.reason = "undecided: " + undecided;
  } else if (t.stable == 0) {
    result.verdict = Verdict::kUnknown;
    result.reason = t.reads == 0
                        ? "no read of the set completed, so nothing can be said of its elements"
                        : "no element was known and then read, so nothing was shown";
  } else {
    result.reason = "all " + std::to_string(t.stable) +
                    " elements that were known and then read again "
                    "are there, in every read";
  }
  return result;
}

}  // namespace cleave
