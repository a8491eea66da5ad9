// Serializability, (parallel) snapshot isolation and prefix consistency where the order of versions
// is not or only partly known: sound and complete for the history as given, within bounds. The
// problem is NP-complete (Papadimitriou 1979; Biswas & Enea, OOPSLA 2019).
//
// 1. Guess an order of each key's versions, and look for a cycle: without one, any order of the
//    graph is a certificate (as in Cobra, OSDI 2020, and Viper, EuroSys 2023).
// 2. Otherwise each cycle says that not all the choices that it rests on can be right: a clause. A
//    SAT solver (CaDiCaL, incremental) makes other choices, until there is no cycle, or no choice
//    left (lazy clause generation, as in PolySI, VLDB 2023).
//
// Under parallel snapshot isolation the graph is one of ww, wr and what else must come first, and
// the second step looks for each rw that this leads back from, too (see walk_graph.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "checkers/deadline.h"
#include "checkers/transactions/isolation_history.h"

namespace cleave {

struct IsolationLevel {
  /// Under kSnapshot and kPrefix transactions read from a snapshot at their begin. Under kSnapshot
  /// the first to commit of two that write one key wins; under kPrefix both do. Under
  /// kParallelSnapshot the snapshot is of one of several copies, that get to know transactions in
  /// different orders, causes first: no cycle has fewer than two rw (Cerone & Gotsman, "Analysing
  /// snapshot isolation", JACM 2018).
  enum class Kind : uint8_t { kSerializable, kSnapshot, kParallelSnapshot, kPrefix };
  Kind kind = Kind::kSerializable;
  bool sessions = false;   // "strong session": a session's transactions keep their order
  bool real_time = false;  // "strict", "strong": one that returned precedes one called later
};

struct IsolationOrder {
  enum class Decision : uint8_t { kHolds, kViolated, kUndecided };
  Decision decision = Decision::kUndecided;
  /// kHolds: transactions in an order that shows it. Under snapshot isolation and prefix
  /// consistency each stands there twice, where it begins and where it commits. No order shows
  /// parallel snapshot isolation: empty.
  std::vector<uint32_t> order;
  /// kViolated: these transactions violate the level by themselves.
  std::vector<uint32_t> core;
  /// kUndecided: where it was stuck.
  std::string undecided;
  uint64_t cycles = 0;  // that became clauses
};

/// `until` bounds the decision, and once more the time for making the core smaller.
IsolationOrder FindIsolationOrder(const IsolationHistory& history, const IsolationLevel& level,
                                  std::chrono::steady_clock::time_point until);

}  // namespace cleave
