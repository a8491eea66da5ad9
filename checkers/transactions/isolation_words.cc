// See isolation_words.h.
#include "checkers/transactions/isolation_words.h"

#include <algorithm>
#include <optional>

#include "checkers/transactions/dependency_picture.h"

namespace cleave {
namespace {

using RelationType = IsolationRelation::Type;

class CoreWords {
 public:
  CoreWords(const RegisterHistory& registers, const IsolationHistory& core)
      : r_(registers), core_(core) {}

  /// Between two places of a picture; its sentence speaks of them as `from` and `to`.
  PictureEdge Pictured(const IsolationRelation& r, uint32_t from_place, uint32_t to_place) const {
    return Pictured(r, from_place, to_place, Sentence(r, Short(from_place), Short(to_place)));
  }
  PictureEdge Pictured(const IsolationRelation& r, uint32_t from_place, uint32_t to_place,
                       std::string text) const {
    PictureEdge edge{from_place, to_place, "", std::move(text)};
    switch (r.type) {
      case RelationType::kWw: edge.type = "ww"; break;
      case RelationType::kWr: edge.type = "wr"; break;
      case RelationType::kRw: edge.type = "rw"; break;
      case RelationType::kProcess: edge.type = "process"; return edge;
      case RelationType::kRealTime: edge.type = "realtime"; return edge;
    }
    edge.key = r_.names[r.key].name;
    edge.from_op = OpOn(r.from, r.key, r.type != RelationType::kRw);
    edge.to_op = OpOn(r.to, r.key, r.type != RelationType::kWr);
    return edge;
  }
  /// Indices into RegisterHistory::transactions, or kInitialState.
  std::vector<uint32_t> Transactions(const std::vector<uint32_t>& named) const {
    std::vector<uint32_t> transactions;
    for (const uint32_t t : named) {
      transactions.push_back(t == IsolationHistory::kInitial ? kInitialState
                                                             : core_.transactions[t].transaction);
    }
    return transactions;
  }

  /// "T1" is the first transaction of those that are named.
  static std::string Short(uint32_t place) { return "T" + std::to_string(place + 1); }

  std::string Sentence(const IsolationRelation& r, const std::string& from,
                       const std::string& to) const {
    switch (r.type) {
      case RelationType::kWr:
        return to + " read " + r_.KeyText(r.key) + " as " + Written(r.from, r.key) + ", which " +
               from + " wrote.";
      case RelationType::kWw:
        return from + " wrote " + Written(r.from, r.key) + " to " + r_.KeyText(r.key) + ", and " +
               to + "'s " + Written(r.to, r.key) + " came after.";
      case RelationType::kRw:
        return from + " read " + r_.KeyText(r.key) + " as " + Read(r.from, r.key) +
               ", before it was replaced by the " + Written(r.to, r.key) + " of " + to + ".";
      case RelationType::kProcess: return from + " came before " + to + " in the same process.";
      case RelationType::kRealTime: break;
    }
    return from + " had returned (event " + std::to_string(core_.transactions[r.from].ret) +
           ") before " + to + " was called (event " +
           std::to_string(core_.transactions[r.to].call) + ").";
  }

  /// Why one version comes before another; `name` gives a transaction's.
  template <class NameOf>
  std::string Because(const AssumedOrder& a, const NameOf& name) const {
    const std::string key = r_.KeyText(a.key);
    const auto met = [&](uint32_t who, uint32_t writer) {
      return who == writer ? "wrote " + Version(writer, a.key) + " to " + key
                           : "read " + key + " as " + Version(writer, a.key);
    };
    const std::string first = name(a.from) + " " + met(a.from, a.before);
    const std::string second = met(a.to, a.after);
    switch (a.source) {
      case AssumedOrder::Source::kTransaction: return first + " before it " + second;
      case AssumedOrder::Source::kProcess:
        return first + " before " + name(a.to) + ", in the same process, " + second;
      case AssumedOrder::Source::kRealTime: break;
    }
    return first + " and had returned (event " + std::to_string(core_.transactions[a.from].ret) +
           ") before " + name(a.to) + " was called (event " +
           std::to_string(core_.transactions[a.to].call) + "), which " + second;
  }

  std::string Name(uint32_t t) const { return r_.NameOf(core_.transactions[t].transaction); }
  /// Indices into History::operations().
  uint32_t OperationOf(uint32_t t) const {
    return r_.transactions[core_.transactions[t].transaction].operation;
  }
  std::vector<uint32_t> Operations() const {
    std::vector<uint32_t> operations;
    for (uint32_t t = 1; t < core_.transactions.size(); ++t) operations.push_back(OperationOf(t));
    return operations;
  }
  std::string Read(uint32_t t, uint32_t key) const {
    for (const MicroOp& m : r_.MopsOf(core_.transactions[t].transaction)) {
      if (!m.write && m.key == key) return Text(m.value);
    }
    return "?";
  }
  std::string Version(uint32_t writer, uint32_t key) const {
    return writer == IsolationHistory::kInitial ? "null" : Written(writer, key);
  }
  std::string Written(uint32_t t, uint32_t key) const {
    std::string text = "?";
    for (const MicroOp& m : r_.MopsOf(core_.transactions[t].transaction)) {
      if (m.write && m.key == key) text = Text(m.value);
    }
    return text;
  }

 private:
  /// The first read of a key, or the last write.
  uint32_t OpOn(uint32_t t, uint32_t key, bool write) const {
    if (t == IsolationHistory::kInitial) return kNone;
    const auto mops = r_.MopsOf(core_.transactions[t].transaction);
    uint32_t found = kNone;
    for (uint32_t i = 0; i < mops.size(); ++i) {
      if (mops[i].key != key || mops[i].write != write) continue;
      if (write || found == kNone) found = i;
    }
    return found;
  }

  std::string Text(ValueId value) const { return r_.history.values().ToShortText(value); }

  const RegisterHistory& r_;
  const IsolationHistory& core_;
};

void NameToo(uint32_t t, std::vector<uint32_t>* named) {
  if (std::find(named->begin(), named->end(), t) == named->end()) named->push_back(t);
}

/// Two transactions that both read one version of a key, and both replaced it.
struct LostUpdate {
  uint32_t a, b, key;
};

std::optional<LostUpdate> FindLostUpdate(const IsolationHistory& core) {
  const auto replaces = [&](uint32_t t, const ExternalRead& read) {
    const auto writes = core.WritesOf(t);
    return std::find(writes.begin(), writes.end(), read.key) != writes.end();
  };
  const auto count = static_cast<uint32_t>(core.transactions.size());
  for (uint32_t a = 1; a < count; ++a) {
    for (uint32_t b = a + 1; b < count; ++b) {
      for (const ExternalRead& x : core.ReadsOf(a)) {
        for (const ExternalRead& y : core.ReadsOf(b)) {
          const bool same = x.key == y.key && x.writer == y.writer;
          if (same && replaces(a, x) && replaces(b, y)) return LostUpdate{a, b, x.key};
        }
      }
    }
  }
  return std::nullopt;
}

/// Adya's classes, by Elle's names.
std::string ClassOf(const std::vector<IsolationRelation>& circle) {
  size_t wr = 0, rw = 0, neighbours = 0;
  bool process = false, real_time = false;
  for (size_t i = 0; i < circle.size(); ++i) {
    const RelationType type = circle[i].type;
    wr += type == RelationType::kWr;
    rw += type == RelationType::kRw;
    neighbours +=
        type == RelationType::kRw && circle[(i + 1) % circle.size()].type == RelationType::kRw;
    process |= type == RelationType::kProcess;
    real_time |= type == RelationType::kRealTime;
  }
  const std::string name = rw > 1    ? (neighbours > 0 ? "G2-item" : "G-nonadjacent")
                           : rw == 1 ? "G-single"
                           : wr > 0  ? "G1c"
                                     : "G0";
  return name + (real_time ? "-realtime" : process ? "-process" : "");
}

Anomaly ExplainLostUpdate(const RegisterHistory& registers, const IsolationHistory& core,
                          const LostUpdate& lost) {
  const CoreWords words(registers, core);
  const std::string key = registers.KeyText(lost.key);
  const auto replaced = [&](const std::string& name, uint32_t t) {
    return name + " read " + key + " as " + words.Read(t, lost.key) + " and replaced it by " +
           words.Written(t, lost.key) + ".";
  };
  const std::vector<PictureEdge> edges = {
      words.Pictured({lost.a, lost.b, RelationType::kRw, lost.key}, 0, 1, replaced("T1", lost.a)),
      words.Pictured({lost.b, lost.a, RelationType::kRw, lost.key}, 1, 0, replaced("T2", lost.b))};
  Anomaly anomaly;
  anomaly.name = "lost-update";
  anomaly.explanation = "Two transactions replaced the same version of " + key +
                        ": whichever came second had not seen the first. T1 is " +
                        words.Name(lost.a) + ". T2 is " + words.Name(lost.b) + ". " +
                        edges[0].text + " " + edges[1].text;
  anomaly.detail = DependencyPicture(registers, words.Transactions({lost.a, lost.b}), edges);
  anomaly.operations = words.Operations();
  return anomaly;
}

}  // namespace

Anomaly ExplainCore(const RegisterHistory& registers, const IsolationHistory& history,
                    const std::vector<uint32_t>& core, const IsolationLevel& level,
                    const std::string& level_name) {
  const IsolationHistory small = Restricted(history, core);
  const CoreWords words(registers, small);
  if (const auto lost = FindLostUpdate(small)) return ExplainLostUpdate(registers, small, *lost);
  const auto relations = CertainRelations(small, level);
  const auto circle =
      ShortestCircle(relations, level, static_cast<uint32_t>(small.transactions.size()));
  std::vector<uint32_t> named;  // of the small history
  for (const IsolationRelation& r : circle) named.push_back(r.from);
  if (circle.empty()) {
    for (uint32_t t = 1; t < small.transactions.size(); ++t) named.push_back(t);
  }
  for (const IsolationRelation& r : circle) {
    if (r.assumed) NameToo(r.assumed->from, &named), NameToo(r.assumed->to, &named);
  }
  const auto place = [&](uint32_t t) {
    return static_cast<uint32_t>(std::find(named.begin(), named.end(), t) - named.begin());
  };
  const auto name = [&](uint32_t t) { return CoreWords::Short(place(t)); };
  Anomaly anomaly;
  anomaly.name = circle.empty() ? "non-" + level_name : ClassOf(circle);
  anomaly.explanation = circle.empty()
                            ? "No order of these " + std::to_string(named.size()) +
                                  " transactions is one that " + level_name +
                                  " allows, whichever way round those " +
                                  "that wrote the same key are put. "
                            : "These transactions must each come before the next, in a circle. ";
  for (const uint32_t t : named) {
    anomaly.explanation += name(t) + " is " + words.Name(t) + ". ";
  }
  std::vector<PictureEdge> edges;
  for (const IsolationRelation& r : circle.empty() ? relations : circle) {
    edges.push_back(words.Pictured(r, place(r.from), place(r.to)));
    if (r.assumed) edges.back().text += " For " + words.Because(*r.assumed, name) + ".";
    anomaly.explanation += edges.back().text + " ";
  }
  anomaly.explanation.pop_back();
  anomaly.detail = DependencyPicture(registers, words.Transactions(named), edges);
  anomaly.operations = words.Operations();
  return anomaly;
}

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
  uint32_t PlaceOf(uint32_t t) const {
    return static_cast<uint32_t>(std::find(named_.begin(), named_.end(), t) - named_.begin());
  }

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
  std::vector<std::string> steps;
  for (const WeakStep& step : cycle) steps.push_back(words.Sentence(step));
  for (const std::string& step : steps) anomaly.explanation += step + " ";
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
  const auto name = [&](uint32_t t) {
    return CoreWords::Short(
        static_cast<uint32_t>(std::find(named.begin(), named.end(), t) - named.begin()));
  };
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
