// Random histories of anything that a test can write down as two functions: what is asked, and what
// happens then.
#pragma once

#include <functional>
#include <vector>

#include "checkers/testing/random_history.h"
#include "harness/history/check.h"

namespace cleave {

/// A random schedule of operations on something real.
struct OnePassRun {
  TestRandom* random;
  uint32_t operations = 8, concurrency = 3, crash_percent = 15, fail_percent = 10;
  /// Chooses function and value of the next operation.
  std::function<void(RawEvent*, ValueTable*)> next = {};
  /// Lets it happen: sets the value of the completion, and fail where it says so.
  std::function<void(RawEvent*, ValueTable*)> happen = {};

  History Make() {
    HistoryBuilder builder;
    struct Running {
      RawEvent event;
      bool done = false, crashes = false, fails = false;
    };
    std::vector<Running> open;
    int32_t process = 0;
    for (uint32_t left = operations; left > 0 || !open.empty();) {
      const bool start =
          left > 0 && open.size() < concurrency && (open.empty() || random->Below(2) == 0);
      if (start) {
        Running r;
        r.event.process = process++;
        next(&r.event, &builder.values());
        const uint32_t chance = random->Below(100);
        r.crashes = chance < crash_percent;
        r.fails = !r.crashes && chance < crash_percent + fail_percent;
        // What crashes may happen now, or never.
        r.done = r.fails || (r.crashes && random->Below(2) == 0);
        CHECK(!builder.Add(r.event).has_value());
        r.event.type = r.crashes ? EventType::kInfo : r.fails ? EventType::kFail : EventType::kOk;
        open.push_back(r);
        --left;
        continue;
      }
      const uint32_t which = random->Below(static_cast<uint32_t>(open.size()));
      Running& r = open[which];
      if (!r.done) {
        r.done = true;
        const EventType type = r.event.type;
        happen(&r.event, &builder.values());
        if (type == EventType::kInfo) r.event.type = type;
        continue;
      }
      if (r.event.type == EventType::kInfo) r.event.value = kNoValue;
      CHECK(!builder.Add(r.event).has_value());
      open.erase(open.begin() + which);
    }
    return builder.Finish();
  }
};

}  // namespace cleave
