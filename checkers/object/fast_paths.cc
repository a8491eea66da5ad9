// See fast_paths.h.
#include "checkers/object/fast_paths.h"

#include "checkers/object/chain_path.h"
#include "checkers/object/counter_path.h"
#include "checkers/object/fifo_path.h"
#include "checkers/object/semaphore_path.h"
#include "checkers/object/stack_path.h"

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
