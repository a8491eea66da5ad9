// What list-append transactions say before any graph is drawn: who appended what, who saw what,
// each key's version order, and the anomalies that are no cycles.
#pragma once

#include <string>
#include <vector>

#include "checkers/checker.h"
#include "checkers/transactions/model_verdict.h"
#include "checkers/transactions/transaction_columns.h"

namespace cleave {

/// One append of one element.
struct Append {
  ValueId element;
  uint32_t transaction;
  uint32_t mop;
  uint32_t position;   // in the key's version order; UINT32_MAX: nobody saw it
  uint32_t more : 1;   // its transaction goes on to append to the key
  uint32_t rank : 31;  // how many elements its transaction has appended to the key before
};

/// What is known of a key's versions.
struct AppendKey {
  ValueId longest = kNull;  // the longest list that was read: all others are to be prefixes of it
  uint32_t longest_reader = UINT32_MAX;
  uint32_t last_reader = UINT32_MAX;        // the one that was called last
  uint32_t appends_begin = 0, appends = 0;  // into AppendHistory::appends(), by element
  /// Versions have numbers: this is the empty list, and the others follow, those that did not
  /// happen left out. One number more stands for what nobody saw.
  uint32_t first_version = 0;
  uint32_t versions = 0;    // without the empty list
  bool ambiguous = false;   // nothing is inferred: an element was appended twice, or…
  bool disordered = false;  // …no order of versions explains what was read
  bool suspect = false;     // something may be wrong: it is to be looked at in detail
};

/// What a micro-operation did: read a version, or made one.
struct VersionUse {
  uint32_t write : 1;
  uint32_t version : 31;  // kNoVersion: nobody saw the append, or the key is ambiguous
};
constexpr uint32_t kNoVersion = INT32_MAX;

class AppendHistory : public TransactionColumns {
 public:
  /// Throws as TransactionColumns::Take. O(elements of distinct reads + micro-operations).
  AppendHistory(const History& history, Deadline* deadline);

  std::vector<AppendKey> keys;

  /// The append of an element that did not certainly fail, else one that did; nullptr if none.
  /// O(log(appends to the key)).
  const Append* Find(uint32_t key, ValueId element) const;
  Append* Find(uint32_t key, ValueId element) {
    return const_cast<Append*>(std::as_const(*this).Find(key, element));
  }
  std::span<Append> AppendsTo(uint32_t key) {
    return std::span(appends_).subspan(keys[key].appends_begin, keys[key].appends);
  }
  std::span<const Append> AppendsTo(uint32_t key) const {
    return std::span(appends_).subspan(keys[key].appends_begin, keys[key].appends);
  }
  std::span<const ValueId> Elements(ValueId list) const {
    if (list == kNull) return {};
    return history.values().Elements(list);
  }
  /// How many elements were appended, and how often lists were read.
  size_t appends() const { return distinct_; }
  size_t reads() const { return reads_; }
  /// Whether a transaction happened: ok, or info and seen.
  bool Happened(uint32_t transaction) const { return happened[transaction]; }
  std::vector<bool> happened;
  /// By micro-operation. Until the observations are checked: how many elements were read.
  Column<VersionUse> uses;
  /// By version: the transaction that made it; UINT32_MAX: none, or nobody saw it. Set when the
  /// observations are checked.
  BigVector<uint32_t> writer;

 private:
  void Read(uint32_t transaction, const MicroOp& m);
  void GroupAppends();
  void SortAppends(AppendKey* key);

  BigVector<Append> appends_;  // by key
  size_t distinct_ = 0, reads_ = 0;
};

/// Reports the anomalies that are no cycles and fixes the version orders. Keys whose lists
/// contradict each other become ambiguous. Throws OutOfTime.
void CheckObservations(AppendHistory* appends, ModelVerdict* verdict);

/// Reports updates that were lost: transactions that read a list and appended to it behind an
/// append that they had not seen. Each is a cycle of ww and rw on one key, so that those
/// `on_cycles` are looked at, and all where observations are suspect. O(micro-operations of these).
void CheckUpdates(const AppendHistory& appends, std::span<const uint32_t> on_cycles,
                  ModelVerdict* verdict);

}  // namespace cleave
