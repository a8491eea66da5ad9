// Brute force for the objects of the fast paths: slow, short, and written from the definition,
// without a look at the paths that it judges. Only for tests, on histories of a dozen operations.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/object/model.h"

namespace cleave {

/// Functions are known by name: enqueue, dequeue; push, pop; add, inc, dec, read; append, add,
/// read; acquire, release.
enum class OracleObject : uint8_t {
  kQueue,
  kStack,
  kPriority,  // of integers, the smallest first
  kCounter,
  kList,
  kSet,
  kSemaphore,  // only the process that acquired a permit releases it
  kTokens,     // a semaphore that anyone may release
};

/// Whether the operations with these indices into ops are linearizable: every subset of the crashed
/// ones, every order that respects real time, executed, remembering (done set, state).
bool OracleLinearizableObject(OracleObject kind, const ObjectHistory& object,
                              const std::vector<uint32_t>& operations, uint32_t permits = 1);
/// The same for all of them.
bool OracleLinearizableObject(OracleObject kind, const ObjectHistory& object, uint32_t permits = 1);

}  // namespace cleave
