// One event as an EDN map, in Jepsen's words: {:process 0, :type :ok, :f :read, :value 3}. As in
// Knossos a read that is completed with nil says nothing of what it read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/history/edn_scanner.h"
#include "harness/history/event_collector.h"
#include "harness/history/event_fields.h"

namespace cleave {

class EdnEventParser {
 public:
  /// Both outlive the parser.
  EdnEventParser(EventCollector* collector, EdnScanner* scanner)
      : collector_(collector), values_(collector->values()), scanner_(*scanner) {}

  /// Parses the form at p. Returns the position behind it, or null as the scanner does. Where it is
  /// well-formed and no event, problem() says why; otherwise `event` is set, and `index` where it
  /// has one. Fields that are not known are skipped.
  const char* Parse(const char* p, RawEvent* event, std::optional<int64_t>* index);
  std::optional<std::string>& problem() { return problem_; }

 private:
  const char* Entry(const char* p, RawEvent* event, std::optional<int64_t>* index);
  const char* Field(EventField field, const char* p, RawEvent* event,
                    std::optional<int64_t>* index);
  const char* Number(EventField field, const char* p, RawEvent* event,
                     std::optional<int64_t>* index);
  const char* Name(EventField field, const char* p, RawEvent* event);
  const char* Value(const char* p, RawEvent* event);
  const char* Tuple(const char* p);
  void Set(EventField field, ValueId value, RawEvent* event);
  void SetProcess(ValueId value, RawEvent* event);
  std::optional<std::string> Complete(RawEvent* event);
  std::optional<std::string> Split(RawEvent* event);
  void Note(std::optional<std::string> problem) {
    if (!problem_) problem_ = std::move(problem);
  }

  EventCollector* collector_;
  ValueTable& values_;
  EdnScanner& scanner_;
  std::optional<std::string> problem_;
  unsigned seen_ = 0;
  bool has_process_ = false;
  bool tuple_ = false;  // the value is jepsen.independent's: by its tag, or by the options
  bool has_parts_ = false;
  std::vector<ValueId> parts_;  // of a tuple: most are taken apart and never interned
};

}  // namespace cleave
