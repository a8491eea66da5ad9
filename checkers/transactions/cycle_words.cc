// See isolation_words.h: cycles of commits, and of versions.
#include <algorithm>

#include "checkers/transactions/core_words.h"
#include "checkers/transactions/isolation_words.h"

namespace cleave {
namespace {

class WeakWords {
 public:
  WeakWords(const RegisterHistory& registers, const IsolationHistory& history,
            const std::vector<WeakStep>& cycle)
      : words_(registers, history), registers_(registers), assumed_(AssumedOrders(history)) {
    for (const WeakStep& step : cycle) Place(step.edge.from);
    for (const WeakStep& step : cycle) {
      if (const AssumedOrder* assumed = AssumedOf(step.edge)) {
        Place(assumed->from), Place(assumed->to);
      }
    }
    for (const WeakStep& step : cycle) {
      if (step.edge.reason == CommitReason::kForced) Place(step.edge.reader);
      for (const CommitEdge& seen : step.seen_by) Place(seen.from), Place(seen.to);
    }
  }

  std::string Sentence(const WeakStep& step) const {
    const CommitEdge& e = step.edge;
    if (e.reason != CommitReason::kForced) return Sentence(e);
    std::string text = Name(e.reader) + " read " + registers_.KeyText(e.key) + " from " +
                       Name(e.to) + ", although it had seen " + Name(e.from) +
                       ", which wrote it too: so " + Name(e.from) + " came before " + Name(e.to) +
                       ".";
    for (const CommitEdge& seen : step.seen_by) text += " " + Sentence(seen);
    return text;
  }

  /// The cycle, and what shows its forced edges.
  Json Picture(const std::vector<WeakStep>& cycle) const {
    std::vector<PictureEdge> edges;
    for (const WeakStep& step : cycle) {
      const CommitEdge& e = step.edge;
      Draw(e, Sentence(step), &edges);
      if (e.reason != CommitReason::kForced) continue;
      Draw({e.to, e.reader, CommitReason::kRead, e.key}, "", &edges);
      for (const CommitEdge& seen : step.seen_by) Draw(seen, "", &edges);
    }
    return DependencyPicture(registers_, words_.Transactions(named_), edges);
  }

  std::string Names() const {
    std::string text;
    for (const uint32_t t : named_) {
      if (t != IsolationHistory::kInitial) text += Name(t) + " is " + words_.Name(t) + ". ";
    }
    return text;
  }

  std::vector<uint32_t> Operations() const {
    std::vector<uint32_t> operations;
    for (const uint32_t t : named_) {
      if (t == IsolationHistory::kInitial) continue;
      operations.push_back(words_.OperationOf(t));
    }
    std::sort(operations.begin(), operations.end());
    return operations;
  }

 private:
  void Place(uint32_t t) { NameToo(t, &named_); }

  const AssumedOrder* AssumedOf(const CommitEdge& e) const {
    if (e.reason != CommitReason::kVersions) return nullptr;
    const auto place = std::find_if(assumed_.begin(), assumed_.end(), [&](const AssumedOrder& a) {
      return a.key == e.key && a.before == e.from && a.after == e.to;
    });
    return place == assumed_.end() ? nullptr : &*place;
  }

  std::string Name(uint32_t t) const {
    if (t == IsolationHistory::kInitial) return "the initial state";
    return CoreWords::Short(PlaceOf(t));
  }
  uint32_t PlaceOf(uint32_t t) const { return PlaceAmong(named_, t); }

  void Draw(const CommitEdge& e, std::string text, std::vector<PictureEdge>* edges) const {
    const RelationType type = e.reason == CommitReason::kRead      ? RelationType::kWr
                              : e.reason == CommitReason::kSession ? RelationType::kProcess
                                                                   : RelationType::kWw;
    PictureEdge edge =
        e.reason == CommitReason::kInitial
            ? PictureEdge{PlaceOf(e.from), PlaceOf(e.to), "first", ""}
            : words_.Pictured({e.from, e.to, type, e.key}, PlaceOf(e.from), PlaceOf(e.to), "");
    edge.text = std::move(text);
    const bool drawn = std::any_of(edges->begin(), edges->end(), [&](const PictureEdge& other) {
      return other.from == edge.from && other.to == edge.to && other.type == edge.type &&
             other.key == edge.key;
    });
    if (!drawn || !edge.text.empty()) edges->push_back(std::move(edge));
  }

  std::string Sentence(const CommitEdge& e) const {
    switch (e.reason) {
      case CommitReason::kRead:
        return words_.Sentence({e.from, e.to, RelationType::kWr, e.key}, Name(e.from), Name(e.to));
      case CommitReason::kSession:
        return words_.Sentence({e.from, e.to, RelationType::kProcess}, Name(e.from), Name(e.to));
      case CommitReason::kVersions: {
        std::string text =
            words_.Sentence({e.from, e.to, RelationType::kWw, e.key}, Name(e.from), Name(e.to));
        if (const AssumedOrder* assumed = AssumedOf(e)) {
          text += " For " + words_.Because(*assumed, [&](uint32_t t) { return Name(t); }) + ".";
        }
        return text;
      }
      case CommitReason::kInitial:
      case CommitReason::kForced: break;
    }
    return "Nothing came before the initial state.";
  }

  const CoreWords words_;
  const RegisterHistory& registers_;
  const std::vector<AssumedOrder> assumed_;
  std::vector<uint32_t> named_;
};

}  // namespace

Anomaly ExplainWeakCycle(const RegisterHistory& registers, const IsolationHistory& history,
                         const std::vector<WeakStep>& cycle, const std::string& level_name) {
  const auto forced = [](const WeakStep& step) {
    return step.edge.reason == CommitReason::kForced;
  };
  const auto count = std::count_if(cycle.begin(), cycle.end(), forced);
  const bool fractured = cycle.size() == 2 && count == 2 &&
                         cycle[0].edge.reader == cycle[1].edge.reader &&
                         cycle[0].edge.key == cycle[1].edge.key;
  const WeakWords words(registers, history, cycle);
  Anomaly anomaly;
  const bool sessions = std::any_of(cycle.begin(), cycle.end(), [](const WeakStep& step) {
    return step.edge.reason == CommitReason::kSession;
  });
  anomaly.name = count == 0  ? (sessions ? "G1c-process" : "G1c")
                 : fractured ? "fractured-read"
                             : "non-" + level_name;
  anomaly.explanation =
      "These transactions must each come before the next, in a circle. " + words.Names();
  for (const WeakStep& step : cycle) anomaly.explanation += words.Sentence(step) + " ";
  anomaly.explanation.pop_back();
  anomaly.detail = words.Picture(cycle);
  anomaly.operations = words.Operations();
  return anomaly;
}

Anomaly ExplainCyclicVersions(const RegisterHistory& registers, const IsolationHistory& history,
                              const std::vector<AssumedOrder>& circle) {
  const CoreWords words(registers, history);
  std::vector<uint32_t> named;
  for (const AssumedOrder& a : circle) NameToo(a.from, &named), NameToo(a.to, &named);
  const auto name = [&](uint32_t t) { return CoreWords::Short(PlaceAmong(named, t)); };
  const std::string key = registers.KeyText(circle[0].key);
  std::vector<std::string> steps;
  for (const AssumedOrder& a : circle) {
    std::string step = words.Because(a, name) + ": so " + words.Version(a.before, a.key) +
                       " came before " + words.Version(a.after, a.key);
    if (a.after == IsolationHistory::kInitial) step += ", and nothing came before that";
    steps.push_back(step + ".");
  }
  Anomaly anomaly;
  anomaly.name = "cyclic-versions";
  anomaly.explanation =
      "If " + key + " is what was assumed of keys, its versions come " +
      (circle.size() > 1 ? "each before the next, in a circle. " : "before the first. ");
  for (const uint32_t t : named) anomaly.explanation += name(t) + " is " + words.Name(t) + ". ";
  for (const std::string& step : steps) anomaly.explanation += step + " ";
  anomaly.explanation.pop_back();
  anomaly.detail = {
      {"key", registers.history.values().ToShortJson(registers.names[circle[0].key].name)},
      {"steps", steps}};
  anomaly.key = registers.names[circle[0].key].independent;
  for (const uint32_t t : named) anomaly.operations.push_back(words.OperationOf(t));
  std::sort(anomaly.operations.begin(), anomaly.operations.end());
  return anomaly;
}

}  // namespace cleave
