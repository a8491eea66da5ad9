// A line of history.jsonl in exactly the form that the Journal writes, read in one pass over its
// bytes. Invariant: what it accepts, JsonEventParser accepts too, with the same result (tested);
// any other line is left to that one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/history/event_collector.h"

namespace cleave {

class CanonicalLineParser {
 public:
  explicit CanonicalLineParser(EventCollector* collector)
      : values_(&collector->values()), builder_(&collector->builder()) {}

  /// Parses the line at `text`, which must end with a newline that TextSource::kPadding readable
  /// bytes follow. Returns the byte behind its newline, or null where the line is not canonical;
  /// values that it began with may then be interned already.
  const char* Parse(const char* text, RawEvent* event, int64_t* index);

 private:
  const char* Value(const char* p, ValueId* value, int depth);
  const char* List(const char* p, ValueId* value, int depth);
  const char* Map(const char* p, ValueId* value, int depth);

  ValueTable* values_;
  HistoryBuilder* builder_;
  std::vector<ValueId> stack_;  // elements of the lists that are open, reused
};

}  // namespace cleave
