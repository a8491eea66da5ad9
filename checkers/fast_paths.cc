// See fast_paths.h.
#include "checkers/fast_paths.h"

#include "checkers/chain_path.h"
#include "checkers/counter_path.h"
#include "checkers/fifo_path.h"
#include "checkers/semaphore_path.h"
#include "checkers/stack_path.h"

namespace cleave {

FastResult CheckFastPath(std::string_view model, const ObjectHistory& object, uint32_t permits) {
  if (model == "fifo-queue") return CheckFifoPath(object);
  if (model == "stack") return CheckStackPath(object);
  if (model == "linearizable-counter") return CheckCounterPath(object);
  if (model == "list") return CheckListPath(object);
  if (model == "linearizable-set") return CheckGrowSetPath(object);
  if (model == "mutex") return CheckSemaphorePath(object, 1);
  if (model == "semaphore") return CheckSemaphorePath(object, permits);
  return NotApplicable();
}

}  // namespace cleave
