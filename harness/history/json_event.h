// One event as a JSON object in any form: fields in any order, unknown fields, escapes, floats. The
// careful reader; canonical_line.h is the fast one, and both agree on every line that both accept.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/history/event_collector.h"

namespace cleave {

class JsonEventParser {
 public:
  explicit JsonEventParser(EventCollector* collector);
  ~JsonEventParser();

  /// Parses `text`, behind which TextSource::kPadding bytes may be read. Interns nothing unless the
  /// whole text is one JSON object. Returns why it is not an event, or nothing and sets `event`;
  /// `index` is set where the event has one.
  std::optional<std::string> Parse(std::string_view text, RawEvent* event,
                                   std::optional<int64_t>* index);
  /// True where the text of the last Parse was JSON, an event or not.
  bool well_formed() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cleave
