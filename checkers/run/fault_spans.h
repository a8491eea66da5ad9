// The faults of a history as spans: what the nemesis did, from the events that it left.
#pragma once

#include <string>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

struct FaultSpan {
  std::string fault;                 // "partition"
  Position begin = 0, end = kNever;  // the start's completion … the stop's invocation
  int64_t begin_time = kNoTime, end_time = kNoTime;
  int64_t healed_time = kNoTime;  // the completion of the stop that healed it
  bool healed = false;
  std::vector<std::string> nodes;  // those that it touched; empty: not said
  Json start, stop;                // the values of the completions; null where there is none
  bool failed = false;             // the start's completion carries an error
  bool effective = false;          // its evidence says that it took effect
};

/// In order of their starts. A stop ends the latest window of its fault that is not healed, if it
/// can one that did not fail; a stop whose evidence says "healed": false leaves it open. O(fault
/// events).
std::vector<FaultSpan> FaultSpans(const History& history);

}  // namespace cleave
