// The transactions of a piece of evidence in words and as edges of a picture.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checkers/transactions/dependency_picture.h"
#include "checkers/transactions/isolation_core.h"
#include "checkers/transactions/register_history.h"

namespace cleave {

using RelationType = IsolationRelation::Type;

/// Of a small history: its transactions are called "T1" and so on, by their places among those that
/// are named.
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
  /// The edge of that read of what `writer` wrote.
  PictureEdge PicturedRead(uint32_t reader, uint32_t reader_place, uint32_t writer,
                           uint32_t writer_place, uint32_t key) const {
    PictureEdge edge = Pictured({writer, reader, RelationType::kWr, key}, writer_place,
                                reader_place, std::string());
    const bool initial = writer == IsolationHistory::kInitial;
    const std::string value = initial ? Text(kNull) : Written(writer, key);
    edge.to_op = FirstOp(r_, core_.transactions[reader].transaction, [&](const MicroOp& m) {
      return !m.write && m.key == key && Text(m.value) == value;
    });
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

/// Adds a transaction that is not there yet.
inline void NameToo(uint32_t t, std::vector<uint32_t>* named) {
  if (std::find(named->begin(), named->end(), t) == named->end()) named->push_back(t);
}
/// Its place among those that are named; their number where it is not.
inline uint32_t PlaceAmong(const std::vector<uint32_t>& named, uint32_t t) {
  return static_cast<uint32_t>(std::find(named.begin(), named.end(), t) - named.begin());
}

}  // namespace cleave
