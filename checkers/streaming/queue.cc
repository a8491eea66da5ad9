// See queue.h. One sweep in real time: the n-th time that an element comes out, n enqueues of it
// must have been called.
#include "checkers/streaming/queue.h"

#include "checkers/by_key.h"
#include "checkers/streaming/findings.h"
#include "checkers/streaming/moments.h"

namespace cleave {
namespace {

/// An element of one key's queue.
struct InQueue {
  uint32_t attempts = 0;         // enqueues called so far that did not fail
  uint32_t acknowledged = 0;     // …and returned ok
  uint32_t out = 0;              // how often it came out
  uint32_t enqueue = kNone;      // the first attempt
  uint32_t unfulfilled = kNone;  // an enqueue that failed, or the last acknowledged one
  uint32_t dequeue = kNone;      // who got it last
};

struct QueueFigures {
  uint64_t attempts = 0, acknowledged = 0, out = 0, recovered = 0, excused = 0;
  bool open_ended = false;  // a drain of unknown outcome
  uint64_t not_sought = 0;  // missing elements of queues that nobody found empty
  uint64_t may_be_drained = 0;
  Json lost = Json::array(), unexpected = Json::array(), duplicated = Json::object();
};

class QueueOfKey {
 public:
  QueueOfKey(Findings* findings, std::vector<InQueue>* elements, QueueFigures* figures, KeyId key,
             bool total)
      : findings_(*findings), elements_(*elements), figures_(*figures), key_(key), total_(total) {}

  void Run(std::span<const Moment> moments) {
    for (const Moment m : moments) {
      if (m.is_return) {
        Return(m.operation);
      } else {
        Call(m.operation);
      }
    }
    if (total_) Missing();
    for (const ValueId v : touched_) {
      const InQueue& e = elements_[v];
      const uint32_t sure = std::min(e.out, e.attempts);
      if (sure > e.acknowledged) figures_.recovered += sure - e.acknowledged;
      elements_[v] = {};
    }
  }

 private:
  InQueue& At(ValueId v) {
    InQueue& e = elements_[v];
    if (e.attempts == 0 && e.out == 0 && e.unfulfilled == kNone) touched_.push_back(v);
    return e;
  }

  void Call(uint32_t i) {
    const Operation& op = findings_.op(i);
    findings_.Step(1, i);
    switch (op.function) {
      case kEnqueue: {
        InQueue& e = At(op.input);
        if (op.outcome == Outcome::kFail) {
          if (e.unfulfilled == kNone) e.unfulfilled = i;
          return;
        }
        ++figures_.attempts;
        if (++e.attempts == 1) e.enqueue = i;
        return;
      }
      case kDequeue:
        if (op.outcome == Outcome::kInfo) crashed_.push_back(i);
        return;
      case kDrain: crashed_drain_ |= op.outcome == Outcome::kInfo; return;
      default: UnknownFunction(findings_.history(), i, "enqueue, dequeue, drain");
    }
  }

  void Return(uint32_t i) {
    const Operation& op = findings_.op(i);
    const bool ok = op.outcome == Outcome::kOk;
    if (op.function == kEnqueue) {
      if (!ok) return;
      ++figures_.acknowledged;
      InQueue& e = elements_[op.input];
      ++e.acknowledged;
      e.unfulfilled = i;
      return;
    }
    if (op.function == kDrain && ok) {
      found_empty_ = i;
      if (op.output == kNoValue || op.output == kNull) return;
      if (!findings_.values().IsList(op.output)) {
        throw std::invalid_argument("a drain returns a list; " + findings_.Name(i) + " has " +
                                    findings_.Text(op.output));
      }
      const auto elements = findings_.values().Elements(op.output);
      findings_.Step(elements.size(), i);
      for (const ValueId v : elements) Out(i, v);
    } else if (op.function == kDequeue) {
      if (ok && op.output != kNoValue && op.output != kNull) {
        Out(i, op.output);
      } else if (ok || FoundEmpty(i)) {
        found_empty_ = i;  // null comes out of an empty queue
      }
    }
    if (found_empty_ == i && (last_look_ == kNone || op.call > findings_.op(last_look_).call)) {
      last_look_ = i;
    }
  }

  /// A dequeue that failed because there was nothing: it saw [], or its error says so.
  bool FoundEmpty(uint32_t i) const {
    const ValueTable& values = findings_.values();
    const Operation& op = findings_.op(i);
    if (op.has_observed) {
      return op.output == kNull || (values.IsList(op.output) && values.Elements(op.output).empty());
    }
    ValueId error = findings_.history().errors()[i];
    if (values.IsList(error) && !values.Elements(error).empty()) error = values.Elements(error)[0];
    if (error == kNoValue || values.kind(error) != ValueKind::kString) return false;
    return values.AsText(error) == "empty" || values.AsText(error) == "exhausted";
  }

  void Out(uint32_t i, ValueId v) {
    ++figures_.out;
    InQueue& e = At(v);
    const uint32_t before = e.dequeue;
    e.dequeue = i;
    if (++e.out <= e.attempts) return;
    e.attempts == 0 ? Unexpected(i, v, e) : Duplicated(i, before, v, e);
  }

  void Unexpected(uint32_t i, ValueId v, const InQueue& e) {
    ListValue(&figures_.unexpected, findings_.values(), v);
    findings_.Report("unexpected", key_, {i, e.unfulfilled}, [&] {
      return Explained{findings_.Name(i) + " returned " + findings_.Text(v) + findings_.Of(key_) +
                           (e.unfulfilled == kNone
                                ? ", but no enqueue of it had been called by then."
                                : ", but " + findings_.Name(e.unfulfilled) +
                                      " of it had certainly failed, and no other had been called."),
                       {{"element", findings_.values().ToShortJson(v)}}};
    });
  }

  void Duplicated(uint32_t i, uint32_t before, ValueId v, const InQueue& e) {
    if (figures_.duplicated.size() < kMostValuesListed) {
      figures_.duplicated[findings_.Text(v)] = e.out;
    }
    findings_.Report("duplicated", key_, {i, before, e.enqueue}, [&] {
      return Explained{findings_.Name(i) + " returned " + findings_.Text(v) + findings_.Of(key_) +
                           ", which had come out before, the last time in " +
                           findings_.Name(before) + ": " + std::to_string(e.out) +
                           " times in all, though its enqueue was only " + "called " +
                           Times(e.attempts) + " until then.",
                       {{"element", findings_.values().ToShortJson(v)}, {"times", e.out}}};
    });
  }
  static std::string Times(uint32_t n) { return n == 1 ? "once" : std::to_string(n) + " times"; }

  /// Acknowledged elements that came out nowhere, against the crashed dequeues that can have them.
  void Missing() {
    std::vector<uint32_t> missing;  // an enqueue for each element that is missing
    for (const ValueId v : touched_) {
      const InQueue& e = elements_[v];
      if (e.acknowledged <= e.out) continue;
      const bool sought =
          last_look_ != kNone && findings_.op(e.unfulfilled).ret < findings_.op(last_look_).call;
      if (!sought) {
        figures_.not_sought += e.acknowledged - e.out;
      } else {
        missing.insert(missing.end(), e.acknowledged - e.out, e.unfulfilled);
      }
    }
    if (crashed_drain_) {
      figures_.may_be_drained += missing.size();
      return;
    }
    figures_.excused += std::min(missing.size(), crashed_.size());
    if (missing.size() <= crashed_.size()) return;
    const uint64_t lost = missing.size() - crashed_.size();
    for (const uint32_t i : missing) {
      ListValue(&figures_.lost, findings_.values(), findings_.op(i).input);
    }
    if (crashed_.empty()) {
      for (const uint32_t i : missing) Lost(i);
    } else {
      LostAmongCrashes(missing, lost);
    }
  }

  std::string Look() const { return findings_.Name(last_look_); }

  void Lost(uint32_t enqueue) {
    findings_.Report("lost", key_, {enqueue, last_look_}, [&] {
      return Explained{findings_.Name(enqueue) + " of " +
                           findings_.Text(findings_.op(enqueue).input) + findings_.Of(key_) +
                           " was acknowledged, but it never came out: " + Look() +
                           ", called afterwards " + Findings::Event(findings_.op(last_look_).call) +
                           ", found the queue empty.",
                       {{"element", findings_.values().ToShortJson(findings_.op(enqueue).input)}}};
    });
  }

  void LostAmongCrashes(const std::vector<uint32_t>& missing, uint64_t lost) {
    std::vector<uint32_t> cited(missing.begin(),
                                missing.begin() + std::min(missing.size(), crashed_.size() + 1));
    cited.insert(cited.end(), crashed_.begin(), crashed_.end());
    cited.push_back(last_look_);
    if (cited.size() > kMostValuesListed) cited.resize(kMostValuesListed);
    findings_.Report("lost", key_, cited, [&] {
      return Explained{
          std::to_string(missing.size()) + " acknowledged elements" + findings_.Of(key_) +
              " never came out, among them " + findings_.Text(findings_.op(missing[0]).input) +
              " of " + findings_.Name(missing[0]) + ", though " + Look() +
              " found the queue empty afterwards. The " + std::to_string(crashed_.size()) +
              " dequeues of unknown outcome can have taken one each, so at least " +
              std::to_string(lost) + " are lost.",
          {{"missing", missing.size()}, {"crashed-dequeues", crashed_.size()}}};
    });
    findings_.CountMore("lost", lost - 1);
  }

  Findings& findings_;
  std::vector<InQueue>& elements_;  // by value
  QueueFigures& figures_;
  const KeyId key_;
  const bool total_;
  std::vector<ValueId> touched_;
  std::vector<uint32_t> crashed_;  // dequeues of unknown outcome: one element each, at most
  bool crashed_drain_ = false;
  uint32_t found_empty_ = kNone;
  uint32_t last_look_ = kNone;  // of those that found the queue empty, the one called last
};

Shown LookAtQueues(Findings* findings, bool total) {
  const History& history = findings->history();
  findings->Hold(history.values().size() * sizeof(InQueue), "the elements");
  std::vector<InQueue> elements(history.values().size());
  const Moments moments(history);
  QueueFigures f;
  for (size_t i = 0; i < moments.keys(); ++i) {
    QueueOfKey(findings, &elements, &f, moments.key(i), total).Run(moments.Of(i));
  }
  Shown shown;
  shown.data = {{"attempts", f.attempts},
                {"acknowledged", f.acknowledged},
                {"dequeued", f.out},
                {"recovered", f.recovered},
                {"unexpected", findings->Count("unexpected")},
                {"duplicated", findings->Count("duplicated")},
                {"unexpected-elements", f.unexpected},
                {"duplicated-elements", f.duplicated}};
  if (total) {
    shown.data["lost"] = findings->Count("lost");
    shown.data["lost-elements"] = f.lost;
    shown.data["excused"] = f.excused;
  }
  if (f.out == 0) {
    shown.unknown = "nothing came out of the queue, so nothing was shown";
  } else if (f.not_sought > 0) {
    shown.unknown = std::to_string(f.not_sought) +
                    " acknowledged elements did not come out, but no drain, and no dequeue that "
                    "found the queue empty, was called after them";
  } else if (f.may_be_drained > 0) {
    shown.unknown = std::to_string(f.may_be_drained) +
                    " acknowledged elements did not come out, but a drain of unknown outcome may "
                    "have taken them";
  }
  shown.valid =
      "all " + std::to_string(f.out) + " elements that came out had been enqueued" +
      (total ? ", and none of the " + std::to_string(f.acknowledged) + " acknowledged ones is lost"
             : "");
  return shown;
}

}  // namespace

CheckResult CheckQueue(const History& history, const CheckOptions& options) {
  return Judged("queue", history, options,
                [&](Findings* findings) { return LookAtQueues(findings, false); });
}

CheckResult CheckTotalQueue(const History& history, const CheckOptions& options) {
  return Judged("total-queue", history, options,
                [&](Findings* findings) { return LookAtQueues(findings, true); });
}

}  // namespace cleave
