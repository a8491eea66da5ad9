// Finds the objects of a JSON array of events, one after the other, without holding the array.
#pragma once

#include <functional>
#include <string_view>

#include "harness/history/event_collector.h"
#include "harness/history/text_source.h"

namespace cleave {

/// The longest event that readers take: more is a broken file.
inline constexpr size_t kMaxEventBytes = size_t{1} << 30;

/// Calls `event` with each element's text and the line where it begins; `lines` lie before what is
/// pending. What is not an array of objects is reported to the collector.
void ReadJsonArray(TextSource* source, size_t lines, EventCollector* collector,
                   const std::function<void(std::string_view, size_t)>& event);

}  // namespace cleave
