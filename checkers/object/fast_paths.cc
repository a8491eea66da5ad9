// See fast_paths.h.
#include "checkers/object/fast_paths.h"

#include "checkers/object/chain_path.h"
#include "checkers/object/counter_path.h"
#include "checkers/object/fifo_path.h"
#include "checkers/object/priority_path.h"
#include "checkers/object/semaphore_path.h"
#include "checkers/object/stack_path.h"

namespace cleave {

FastResult CheckFastPath(std::string_view model, const ObjectHistory& object, uint32_t permits,
                         std::vector<uint32_t>* order) {
  if (model == "fifo-queue") return CheckFifoPath(object, order);
  if (model == "priority-queue") return CheckPriorityPath(object, order);
  if (model == "stack") return CheckStackPath(object, order);
  if (model == "linearizable-counter") return CheckCounterPath(object, order);
  if (model == "list") return CheckListPath(object, order);
  if (model == "linearizable-set") return CheckGrowSetPath(object, order);
  if (model == "mutex") return CheckSemaphorePath(object, 1, order);
  if (model == "semaphore") return CheckSemaphorePath(object, permits, order);
  return NotApplicable();
}

}  // namespace cleave
