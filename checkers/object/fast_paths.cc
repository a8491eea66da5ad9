// See fast_paths.h.
#include "checkers/object/fast_paths.h"

#include <algorithm>
#include <set>

#include "checkers/object/chain_path.h"
#include "checkers/object/counter_path.h"
#include "checkers/object/fifo_path.h"
#include "checkers/object/priority_path.h"
#include "checkers/object/semaphore_path.h"
#include "checkers/object/stack_path.h"

namespace cleave {
namespace {

/// The elements that an operation puts, takes or shows.
std::set<ValueId> ElementsSpokenOf(const ObjectHistory& object,
                                   std::span<const uint32_t> evidence) {
  std::set<ValueId> elements;
  for (const uint32_t i : evidence) {
    const ModelOp& op = object.ops[i];
    elements.insert(op.input);
    if (op.output != kNoValue && object.values().IsList(op.output)) {
      const auto shown = object.values().Elements(op.output);
      elements.insert(shown.begin(), shown.end());
    } else {
      elements.insert(op.output);
    }
  }
  elements.erase(kNull);
  elements.erase(kNoValue);
  return elements;
}

}  // namespace

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

std::vector<uint32_t> WithWhatItSpeaksOf(std::string_view model, const ObjectHistory& object,
                                         const FastResult& violation) {
  // Other processes' passages through a lock add nothing to who holds it.
  if (model == "mutex" || model == "semaphore") return violation.evidence;
  const bool sums = model == "linearizable-counter";
  const std::set<ValueId> elements = ElementsSpokenOf(object, violation.evidence);
  Position end = 0;
  for (const uint32_t i : violation.evidence) {
    end = std::max(end, object.ops[i].crashed() ? object.ops[i].call : object.ops[i].ret);
  }
  std::vector<uint32_t> all;
  for (uint32_t i = 0; i < object.ops.size(); ++i) {
    const ModelOp& op = object.ops[i];
    const bool spoken_of =
        op.call < end &&
        (sums ? op.function != kRead : elements.contains(op.input) || elements.contains(op.output));
    if (spoken_of || std::binary_search(violation.evidence.begin(), violation.evidence.end(), i))
      all.push_back(i);
  }
  return all;
}

}  // namespace cleave
