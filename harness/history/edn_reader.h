// A history in EDN: maps one after the other, as many a line as there are, or in vectors or lists.
#pragma once

#include "harness/history/event_collector.h"
#include "harness/history/text_source.h"

namespace cleave {

/// Hands every event to the collector, and what is wrong with the text. `lines` lie before what is
/// pending. O(bytes); holds one block, or the longest event.
void ReadEdn(TextSource* source, size_t lines, EventCollector* collector);

}  // namespace cleave
