// Witnesses: for every object that was found linearizable, the order that shows it; and the
// verifier that replays one. The verifier shares no code with the engines that it checks: neither
// their models nor their view of the operations.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// One object's linearization.
struct Witness {
  std::string model;
  KeyId key = kNoKey;
  std::vector<uint32_t> order;  // indices into History::operations()
};

/// One JSON line an object: {"model":"cas-register","key":"k0","order":[0,4,2]}, each operation by
/// the index of its invocation's event.
void WriteWitnesses(std::ostream& out, const History& history,
                    const std::vector<Witness>& witnesses);
/// Throws std::invalid_argument with the line's number for what is no witness of this history.
std::vector<Witness> ReadWitnesses(std::istream& in, const History& history);

struct VerifyOptions {
  ValueId initial = kNull;  // of registers
  uint32_t permits = 1;     // of a semaphore
};

/// Replays the orders. Nothing, or why they prove nothing: an object without an order, an operation
/// that is missing or there twice, two that real time has the other way round, an answer that is
/// wrong. O(operations log operations + elements of all reads).
std::optional<std::string> Verify(const History& history, const std::vector<Witness>& witnesses,
                                  const VerifyOptions& options);

}  // namespace cleave
