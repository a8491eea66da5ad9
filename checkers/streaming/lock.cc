// See lock.h.
#include "checkers/streaming/lock.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"
#include "checkers/words.h"

namespace cleave {
namespace {

struct Holding {
  uint32_t acquire;
  uint32_t end = kNone;  // the release or commit
};

struct LockFigures {
  uint64_t acquired = 0, held = 0, refused = 0, expired = 0;
};

class LockSweep {
 public:
  LockSweep(Findings* findings, FunctionId commit, LockFigures* figures)
      : findings_(*findings),
        commit_(commit),
        figures_(*figures),
        expired_(findings->values().FindString("expired")) {}

  void Key(std::span<const uint32_t> operations) {
    holdings_.clear();
    PairEnds(operations);
    std::sort(holdings_.begin(), holdings_.end(),
              [&](const Holding& a, const Holding& b) { return Begin(a) < Begin(b); });
    largest_.clear();
    const Holding* largest_over = nullptr;
    std::vector<const Holding*> held;
    for (const Holding& holding : holdings_) {
      std::erase_if(held, [&](const Holding* h) {
        const bool over = End(*h) < Begin(holding);
        if (over && Larger(h, largest_over)) largest_over = h;
        return over;
      });
      findings_.Step(1 + held.size(), holding.acquire);
      // A token that equals another's is harmless where the work done with it was refused.
      if (!Counts(holding)) continue;
      CompareToken(holding, largest_over);
      ++figures_.held;
      if (!held.empty()) pairs_.emplace_back(*held.back(), holding);
      held.push_back(&holding);
    }
  }

  /// Those first of whom it is known how they ended, and what they learned then.
  void ReportTwoHolders() {
    const auto open = [&](const auto& pair) {
      const auto& [first, second] = pair;
      if (first.end == kNone || second.end == kNone) return 2;
      return Expired(first.end) || Expired(second.end) ? 0 : 1;
    };
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [&](const auto& a, const auto& b) { return open(a) < open(b); });
    for (const auto& [first, second] : pairs_) TwoHolders(first, second);
  }

 private:
  const Operation& op(uint32_t i) const { return findings_.op(i); }
  Position Begin(const Holding& h) const { return op(h.acquire).ret; }
  Position End(const Holding& h) const { return h.end == kNone ? kNever : op(h.end).call; }
  bool Counts(const Holding& h) const {
    if (h.end == kNone) return commit_ == kNoFunction;
    return op(h.end).function != commit_ || op(h.end).outcome == Outcome::kOk;
  }
  bool HasToken(const Holding& h) const { return findings_.values().IsInt(op(h.acquire).output); }
  int64_t Token(const Holding& h) const { return findings_.values().AsInt(op(h.acquire).output); }
  bool Larger(const Holding* a, const Holding* b) const {
    return HasToken(*a) && (b == nullptr || Token(*a) > Token(*b));
  }

  /// Each acquisition with what ends it: the latest one of its process.
  void PairEnds(std::span<const uint32_t> operations) {
    std::unordered_map<int32_t, std::vector<uint32_t>> open;  // by process: places in holdings_
    for (const uint32_t i : operations) {
      if (op(i).function == kAcquire) {
        if (op(i).outcome != Outcome::kOk) continue;
        ++figures_.acquired;
        open[op(i).process].push_back(static_cast<uint32_t>(holdings_.size()));
        holdings_.push_back({i});
        continue;
      }
      const bool commits = op(i).function == commit_;
      if (!commits && op(i).function != kRelease) {
        UnknownFunction(findings_.history(), i, "acquire, release and commit");
      }
      // A release that failed has not happened. A commit that did is the end of it all the same.
      if (!commits && op(i).outcome == Outcome::kFail) continue;
      std::vector<uint32_t>& mine = open[op(i).process];
      if (mine.empty()) {
        if (op(i).outcome == Outcome::kOk) NotHeld(i);
        continue;
      }
      figures_.refused += op(i).outcome == Outcome::kFail;
      figures_.expired += Expired(i);
      holdings_[mine.back()].end = i;
      mine.pop_back();
    }
  }

  /// Acquisitions come in the order of their returns.
  void CompareToken(const Holding& holding, const Holding* largest_over) {
    if (!HasToken(holding)) return;
    const Position call = op(holding.acquire).call;
    const auto after = std::partition_point(largest_.begin(), largest_.end(),
                                            [&](const auto& entry) { return entry.first < call; });
    const Holding* before = after == largest_.begin() ? nullptr : (after - 1)->second;
    if (before == nullptr || (largest_over != nullptr && Token(*largest_over) > Token(*before))) {
      before = largest_over;
    }
    if (before != nullptr && Token(*before) >= Token(holding)) OldToken(*before, holding);
    if (largest_.empty() || Token(holding) > Token(*largest_.back().second)) {
      largest_.emplace_back(Begin(holding), &holding);
    }
  }

  bool Expired(uint32_t end) const {
    return expired_ != kNoValue && op(end).outcome == Outcome::kOk && op(end).output == expired_;
  }

  void NotHeld(uint32_t end) {
    findings_.Report("not-held", op(end).key, {end}, [&] {
      return Explained{Capital(findings_.Name(end)) + " gave back the lock" +
                           findings_.Of(op(end).key) + ", which the process did not hold.",
                       Json::object()};
    });
  }

  void OldToken(const Holding& before, const Holding& holding) {
    findings_.Report(
        "old-token", op(holding.acquire).key, {before.acquire, before.end, holding.acquire}, [&] {
          return Explained{Acquired(holding) + ", although " + findings_.Who(before.acquire) +
                               " had had token " + std::to_string(Token(before)) + " before it " +
                               Findings::Event(Begin(before)) +
                               ": whoever compares tokens takes the new holder for an old one.",
                           {{"token", Token(holding)}, {"before", Token(before)}}};
        });
  }

  void TwoHolders(const Holding& first, const Holding& second) {
    findings_.Report(
        "two-holders", op(second.acquire).key,
        {first.acquire, first.end, second.acquire, second.end}, [&] {
          const Position until = std::min(End(first), End(second));
          const std::string time = Seconds(first, second);
          Json detail = {{"processes", {op(first.acquire).process, op(second.acquire).process}},
                         {"from", Begin(second)}};
          if (until != kNever) detail["until"] = until;
          for (const Holding* h : {&first, &second}) {
            if (h->end != kNone && Expired(h->end)) {
              detail["expired"].push_back(op(h->acquire).process);
            }
          }
          return Explained{
              "Two holders at once of the lock" + findings_.Of(op(second.acquire).key) + ": " +
                  Acquired(first) + " and " + Ended(first) + "; meanwhile " + Acquired(second) +
                  " and " + Ended(second) + ". Both held it from " + "event " +
                  std::to_string(Begin(second)) +
                  (until == kNever ? " on" : " to event " + std::to_string(until)) + time + ".",
              std::move(detail)};
        });
  }

  /// "process 3 acquired it on n2 (event 12, token 7)".
  std::string Acquired(const Holding& h) const {
    const History& history = findings_.history();
    const std::string& node = history.node_names()[history.nodes()[h.acquire]];
    return findings_.Who(h.acquire) + " acquired it" + (node.empty() ? "" : " on " + node) +
           " (event " + std::to_string(Begin(h)) +
           (HasToken(h) ? ", token " + std::to_string(Token(h)) : "") + ")";
  }

  std::string Ended(const Holding& h) const {
    if (h.end == kNone) return "had not given it back at the end";
    const std::string word = op(h.end).function == commit_ ? "commit" : "release";
    const std::string called = "called " + word + " at event " + std::to_string(End(h));
    if (op(h.end).outcome == Outcome::kInfo) return called + ", whose outcome is unknown";
    return Expired(h.end) ? called + ", which found that its lease had expired" : called;
  }

  /// " (1.25 s)" for which both held it; "" without times.
  std::string Seconds(const Holding& first, const Holding& second) const {
    const auto times = findings_.history().times();
    const Holding& sooner = End(first) < End(second) ? first : second;
    if (sooner.end == kNone) return "";
    const int64_t begin = times[second.acquire].ret, end = times[sooner.end].call;
    if (begin == kNoTime || end == kNoTime) return "";
    char text[40];
    std::snprintf(text, sizeof text, " (%.2f s)", static_cast<double>(end - begin) / 1e9);
    return text;
  }

  Findings& findings_;
  const FunctionId commit_;  // kNoFunction: none in this history
  LockFigures& figures_;
  const ValueId expired_;
  std::vector<Holding> holdings_;
  std::vector<std::pair<Holding, Holding>> pairs_;  // two holders, of all keys
  // The largest token so far where it grew, by the return that brought it.
  std::vector<std::pair<Position, const Holding*>> largest_;
};

}  // namespace

CheckResult CheckLock(const History& history, const CheckOptions& options) {
  return Judged("lock", history, options, [&](Findings* findings) {
    LockFigures figures;
    LockSweep sweep(findings, FunctionNamed(history, "commit"), &figures);
    const ByKey keys(history);
    for (size_t i = 0; i < keys.size(); ++i) sweep.Key(keys.Operations(i));
    sweep.ReportTwoHolders();
    Shown shown;
    shown.data = {{"acquired", figures.acquired},
                  {"held", figures.held},
                  {"refused", figures.refused},
                  {"expired", figures.expired}};
    if (figures.held == 0) shown.unknown = "nobody held a lock, so nothing can be said of holders";
    shown.valid = std::to_string(figures.held) +
                  " times a lock was held, never by two, and no token was older than one before";
    if (figures.refused > 0) {
      shown.valid += "; the work of " + std::to_string(figures.refused) +
                     " more was refused: they had lost the lock";
    }
    return shown;
  });
}

}  // namespace cleave
