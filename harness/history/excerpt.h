// A few operations of a history as a history of their own.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/history/event.h"
#include "harness/history/history.h"

namespace cleave {

/// The events of these operations (indices into History::operations()) in their order, numbered
/// anew. O(operations log operations + size of values).
std::vector<Event> EventsOf(const History& history, std::span<const uint32_t> operations);

/// Of all operations.
std::vector<Event> EventsOf(const History& history);

/// The first as JSON Lines. What the operations saw of others stays, so that evidence that is
/// impossible by itself is an impossible history.
std::string Excerpt(const History& history, std::span<const uint32_t> operations);

}  // namespace cleave
