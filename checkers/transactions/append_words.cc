// See append_words.h.
#include "checkers/transactions/append_words.h"

#include <algorithm>

#include "checkers/no_index.h"
#include "checkers/transactions/cycle_shapes.h"
#include "checkers/transactions/dependency_picture.h"

namespace cleave {
namespace {

class CycleWords {
 public:
  CycleWords(const AppendHistory& appends, const std::vector<Edge>& cycle)
      : a_(appends), cycle_(cycle) {}

  Anomaly Explain(const std::string& name) const {
    Anomaly anomaly{name, "", {}, kNoKey, nullptr};
    std::string& text = anomaly.explanation;
    text = "These transactions must each come before the next, in a circle. ";
    std::vector<uint32_t> transactions;
    std::vector<PictureEdge> edges;
    for (size_t i = 0; i < cycle_.size(); ++i) {
      text += "T" + std::to_string(i + 1) + " is " + a_.NameOf(cycle_[i].from) + ". ";
      transactions.push_back(cycle_[i].from);
    }
    for (uint32_t i = 0; i < cycle_.size(); ++i) {
      const uint32_t next = (i + 1) % static_cast<uint32_t>(cycle_.size());
      edges.push_back(Pictured(cycle_[i], i, next));
      text += edges.back().text + (i + 1 < cycle_.size() ? " " : "");
    }
    text += Remark();
    anomaly.detail = DependencyPicture(a_, transactions, edges);
    anomaly.operations = Evidence();
    return anomaly;
  }

 private:
  std::string Types() const {
    std::string types;
    for (const Edge& e : cycle_) {
      types += e.type == EdgeType::kRw       ? "rw "
               : e.type == EdgeType::kUpdate ? "update "
               : e.type == EdgeType::kWr     ? "wr "
                                             : "… ";
    }
    return types;
  }

  /// The name of a shape that has one.
  std::string Remark() const {
    const std::string types = Types();
    if (types.find("update") != std::string::npos)
      return " Whichever of two appends to one list came first, the other was made without it.";
    return ShapeRemark(types, cycle_[0].key == cycle_[1].key);
  }

  /// The operations of the cycle, and the readers without whom it would be no more than a claim:
  /// those that show an order of appends, or that one of unknown outcome happened.
  std::vector<uint32_t> Evidence() const {
    std::vector<uint32_t> transactions;
    for (const Edge& e : cycle_) {
      transactions.push_back(e.from);
      if (e.type == EdgeType::kWw) transactions.push_back(ReaderOf(e.from, e));
      if (a_.transactions[e.from].outcome != Outcome::kOk) transactions.push_back(Witness(e.from));
    }
    std::vector<uint32_t> operations;
    for (const uint32_t t : transactions) operations.push_back(a_.transactions[t].operation);
    std::sort(operations.begin(), operations.end());
    operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
    return operations;
  }

  /// Who read the whole list that an edge between two appends comes from. `t` is its source.
  uint32_t ReaderOf(uint32_t t, const Edge& e) const {
    for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
      const MicroOp& m = a_.mops[i];
      if (m.write && m.value == e.a && a_.names[m.key].name == e.key)
        return a_.keys[m.key].longest_reader;
    }
    return t;
  }

  /// A reader who saw an append of `t`.
  uint32_t Witness(uint32_t t) const {
    for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
      const MicroOp& m = a_.mops[i];
      if (m.write && !a_.keys[m.key].ambiguous && a_.Find(m.key, m.value)->position != kNone)
        return a_.keys[m.key].longest_reader;
    }
    return t;
  }

  /// Between two places of the picture.
  PictureEdge Pictured(const Edge& e, uint32_t from, uint32_t to) const {
    PictureEdge edge{from, to, "realtime",
                     Sentence(e, "T" + std::to_string(from + 1), "T" + std::to_string(to + 1))};
    const auto on_key = [&](const MicroOp& m, bool write) {
      return m.write == write && a_.names[m.key].name == e.key;
    };
    const auto append = [&](uint32_t t, ValueId element) {
      return FirstOp(a_, t,
                     [&](const MicroOp& m) { return on_key(m, true) && m.value == element; });
    };
    const auto read = [&](uint32_t t) {
      return FirstOp(a_, t, [&](const MicroOp& m) { return on_key(m, false); });
    };
    switch (e.type) {
      case EdgeType::kWw:
        edge.type = "ww";
        edge.from_op = append(e.from, e.a);
        edge.to_op = append(e.to, e.b);
        break;
      case EdgeType::kWr:
        edge.type = "wr";
        edge.from_op = append(e.from, e.a);
        edge.to_op = read(e.to);
        break;
      case EdgeType::kRw:
      case EdgeType::kUpdate:
        edge.type = "rw";
        edge.from_op = read(e.from);
        edge.to_op = append(e.to, e.b);
        break;
      case EdgeType::kProcess: edge.type = "process"; return edge;
      case EdgeType::kThrough:
      case EdgeType::kRt: return edge;
    }
    edge.key = e.key;
    return edge;
  }

  std::string Sentence(const Edge& e, const std::string& from, const std::string& to) const {
    const ValueTable& values = a_.history.values();
    const auto text = [&](ValueId v) { return values.ToShortText(v); };
    const auto& ops = a_.history.operations();
    switch (e.type) {
      case EdgeType::kWw:
        return from + " appended " + text(e.a) + " to key " + text(e.key) + " before " + to +
               " appended " + text(e.b) + ", as " + a_.NameOf(ReaderOf(e.from, e)) + " shows.";
      case EdgeType::kWr:
        return to + " read " + text(e.a) + ", which " + from + " had appended to key " +
               text(e.key) + ".";
      case EdgeType::kRw:
      case EdgeType::kUpdate:
        return from + " read key " + text(e.key) + " as " + (e.a == kNull ? "[]" : text(e.a)) +
               ", without the " + text(e.b) + " that " + to + " appended.";
      case EdgeType::kProcess: return "The process of " + from + " went on to " + to + ".";
      case EdgeType::kThrough:
      case EdgeType::kRt: break;
    }
    return from + " had returned (event " +
           std::to_string(ops[a_.transactions[e.from].operation].ret) + ") before " + to +
           " was called (event " + std::to_string(ops[a_.transactions[e.to].operation].call) + ").";
  }

  const AppendHistory& a_;
  const std::vector<Edge>& cycle_;
};

}  // namespace

Anomaly ExplainCycle(const AppendHistory& appends, const std::string& name,
                     const std::vector<Edge>& cycle) {
  return CycleWords(appends, cycle).Explain(name);
}

}  // namespace cleave
