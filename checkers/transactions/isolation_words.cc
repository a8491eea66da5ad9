// See isolation_words.h.
#include "checkers/transactions/isolation_words.h"

#include <algorithm>
#include <optional>

#include "checkers/transactions/core_words.h"
#include "checkers/transactions/cycle_shapes.h"

namespace cleave {
namespace {

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

/// A transaction that read two versions of a key: `first`, and later `second`, by their writers.
struct FracturedRead {
  uint32_t reader, key, first, second;
};

std::optional<FracturedRead> FindFracturedRead(const IsolationHistory& core) {
  for (uint32_t t = 1; t < core.transactions.size(); ++t) {
    const auto reads = core.ReadsOf(t);
    for (size_t i = 0; i < reads.size(); ++i) {
      for (size_t j = i + 1; j < reads.size(); ++j) {
        if (reads[i].key != reads[j].key || reads[i].writer == reads[j].writer) continue;
        return FracturedRead{t, reads[i].key, reads[i].writer, reads[j].writer};
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

/// See ShapeRemark.
std::string RemarkOn(const std::vector<IsolationRelation>& circle) {
  if (circle.empty()) return "";
  std::string types;
  for (const IsolationRelation& r : circle) {
    types += r.type == RelationType::kRw ? "rw " : r.type == RelationType::kWr ? "wr " : "… ";
  }
  return ShapeRemark(types, circle[0].key == circle[1].key);
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

/// No level above read committed lets a transaction see a version replaced, whatever the others
/// did.
Anomaly ExplainFracturedRead(const RegisterHistory& registers, const IsolationHistory& core,
                             const FracturedRead& fractured) {
  const CoreWords words(registers, core);
  std::vector<uint32_t> named{fractured.reader};
  std::vector<PictureEdge> edges;
  Anomaly anomaly;
  anomaly.name = "fractured-read";
  anomaly.explanation = "T1 read two versions of " + registers.KeyText(fractured.key) +
                        ", so what it saw was no one moment of the store. T1 is " +
                        words.Name(fractured.reader) + ".";
  for (const uint32_t writer : {fractured.first, fractured.second}) {
    const auto place = static_cast<uint32_t>(named.size());
    named.push_back(writer);
    const bool initial = writer == IsolationHistory::kInitial;
    const std::string name = initial ? "the initial state" : CoreWords::Short(place);
    if (!initial) anomaly.explanation += " " + name + " is " + words.Name(writer) + ".";
    edges.push_back(words.PicturedRead(fractured.reader, 0, writer, place, fractured.key));
    edges.back().text =
        "T1 read " + registers.KeyText(fractured.key) + " as " +
        (initial ? "null, which was there at first."
                 : words.Written(writer, fractured.key) + ", which " + name + " wrote.");
  }
  for (const PictureEdge& edge : edges) anomaly.explanation += " " + edge.text;
  anomaly.detail = DependencyPicture(registers, words.Transactions(named), edges);
  for (const uint32_t t : named) {
    if (t != IsolationHistory::kInitial) anomaly.operations.push_back(words.OperationOf(t));
  }
  std::sort(anomaly.operations.begin(), anomaly.operations.end());
  return anomaly;
}

}  // namespace

Anomaly ExplainCore(const RegisterHistory& registers, const IsolationHistory& history,
                    const std::vector<uint32_t>& core, const IsolationLevel& level,
                    const std::string& level_name) {
  const IsolationHistory small = Restricted(history, core);
  const CoreWords words(registers, small);
  if (const auto lost = FindLostUpdate(small)) return ExplainLostUpdate(registers, small, *lost);
  if (const auto fractured = FindFracturedRead(small)) {
    return ExplainFracturedRead(registers, small, *fractured);
  }
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
  const auto place = [&](uint32_t t) { return PlaceAmong(named, t); };
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
  anomaly.explanation += RemarkOn(circle);
  anomaly.detail = DependencyPicture(registers, words.Transactions(named), edges);
  anomaly.operations = words.Operations();
  return anomaly;
}

}  // namespace cleave
