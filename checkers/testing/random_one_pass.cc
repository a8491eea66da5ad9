// Random counters and queues: see random_history.h.
#include "checkers/testing/one_pass_run.h"

namespace cleave {

History RandomCounterHistory(TestRandom* random, bool spoil) {
  int64_t counter = 0;
  OnePassRun run{random};
  run.next = [&](RawEvent* event, ValueTable* values) {
    event->function = random->Below(2) == 0 ? kAdd : kRead;
    event->value =
        event->function == kAdd ? values->Int(static_cast<int64_t>(random->Below(9)) - 4) : kNull;
  };
  run.happen = [&](RawEvent* event, ValueTable* values) {
    if (event->function == kAdd) {
      counter += values->AsInt(event->value);
    } else {
      const int64_t error =
          spoil && random->Below(3) == 0 ? static_cast<int64_t>(random->Below(7)) - 3 : 0;
      event->value = values->Int(counter + error);
    }
  };
  return run.Make();
}

History RandomQueueHistory(TestRandom* random, bool spoil, bool unique) {
  std::vector<ValueId> queue;
  int64_t fresh = 0;
  OnePassRun run{random};
  run.next = [&](RawEvent* event, ValueTable* values) {
    const uint32_t kind = random->Below(10);
    event->function = kind < 5 ? kEnqueue : kind < 9 ? kDequeue : kDrain;
    event->value = kNull;
    if (kind < 5) event->value = values->Int(unique ? ++fresh : random->Below(3));
  };
  run.happen = [&](RawEvent* event, ValueTable* values) {
    if (spoil && random->Below(6) == 0) {  // an element is lost, or there twice
      if (!queue.empty() && random->Below(2) == 0) queue.pop_back();
      if (!queue.empty() && random->Below(2) == 0) queue.push_back(queue[0]);
    }
    if (event->function == kEnqueue) {
      queue.push_back(event->value);
    } else if (event->function == kDrain) {
      event->value = values->List(queue);
      queue.clear();
    } else if (queue.empty()) {
      event->type = EventType::kFail;
      event->observed = values->List({});
    } else {
      const uint32_t at = random->Below(static_cast<uint32_t>(queue.size()));
      event->value = queue[at];
      queue.erase(queue.begin() + at);
    }
  };
  return run.Make();
}

}  // namespace cleave
