// The fewest transactions that violate a level by themselves, and how they hang together.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "checkers/transactions/assumed_orders.h"
#include "checkers/transactions/isolation_order.h"

namespace cleave {

/// The history of some of the transactions only: reads of what the others wrote are left out, and
/// what is known of the order of versions stays. So whatever it violates, the whole violates.
/// Transaction i of it, from 1, is `some[i - 1]`, which are ascending.
IsolationHistory Restricted(const IsolationHistory& history, const std::vector<uint32_t>& some);

/// Leaves out transactions of `core` as long as the rest violates the level, until none can go or
/// the time is over. Where `core` itself cannot be shown to violate it by `until`, it stays whole.
std::vector<uint32_t> SmallerCore(const IsolationHistory& history, const IsolationLevel& level,
                                  std::vector<uint32_t> core,
                                  std::chrono::steady_clock::time_point until);

/// Why one transaction precedes another under every order of versions.
struct IsolationRelation {
  enum class Type : uint8_t { kWw, kWr, kRw, kProcess, kRealTime };
  uint32_t from, to;
  Type type;
  uint32_t key = UINT32_MAX;  // of kWw, kWr, kRw
  /// Of kWw and kRw: what they rest on beside what was seen.
  std::optional<AssumedOrder> assumed = std::nullopt;
};

/// Of a small history: all that the level asks for. O(transactions²· micro-operations).
std::vector<IsolationRelation> CertainRelations(const IsolationHistory& history,
                                                const IsolationLevel& level);

/// A shortest circle of relations that the level forbids: under snapshot isolation no two kRw in a
/// row, under prefix consistency no kRw behind a kWw either, under parallel snapshot isolation no
/// more than one kRw. Empty where there is none.
std::vector<IsolationRelation> ShortestCircle(const std::vector<IsolationRelation>& relations,
                                              const IsolationLevel& level, uint32_t transactions);

}  // namespace cleave
