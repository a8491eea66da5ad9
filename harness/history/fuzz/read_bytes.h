// What the fuzz targets of the readers do with their bytes: read them, and look at everything that
// was read. A reader may refuse with HistoryError; whatever else happens is a finding.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/check.h"
#include "harness/history/reader.h"

namespace cleave {

inline std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Everything that a checker may ask of a history, as text: two histories are the same where their
/// texts are. Checks what history.h promises of the columns.
inline std::string TextOfHistory(const History& history) {
  const ValueTable& values = history.values();
  std::string text = std::to_string(history.event_count()) + " events\n";
  Position last = 0;
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    CHECK(i == 0 || op.call > last) << "operations are not in call order";
    CHECK(op.call < history.event_count() && op.ret > op.call);
    CHECK(op.ret == kNever ? op.outcome == Outcome::kInfo : op.ret < history.event_count());
    last = op.call;
    text += std::to_string(op.process) + " " + std::to_string(op.call) + " " +
            std::to_string(op.ret) + " " + OutcomeName(op.outcome) + " " + history.Describe(i) +
            " " + values.ToText(op.input) + " " + values.ToText(op.output) + " " +
            values.ToText(history.errors()[i]) + " " + history.node_names()[history.nodes()[i]] +
            " " + (op.key == kNoKey ? "-" : values.ToText(history.keys()[op.key])) +
            (op.mismatch ? " mismatch" : "") + (op.has_observed ? " observed" : "") + " " +
            std::to_string(history.times()[i].call) + "\n";
  }
  for (const FaultEvent& fault : history.faults()) {
    CHECK(fault.position < history.event_count());
    text += history.FunctionName(fault.function) + " " + values.ToText(fault.value) + "\n";
  }
  for (ValueId id = 0; id < values.size(); ++id) {
    values.ToShortText(id);
    values.ToJson(id);
  }
  return text + std::to_string(history.warnings().size()) + " warnings\n";
}

/// The history's text, or "refused" where it was.
inline std::string Read(std::string_view bytes, const ReadOptions& options) {
  try {
    return TextOfHistory(ReadHistoryText(bytes, "h", options));
  } catch (const HistoryError& error) {
    CHECK(error.what()[0] != '\0') << "refused without a reason";
    return "refused";
  }
}

inline void ReadBothWays(std::string_view bytes, HistoryFormat format) {
  Read(bytes, {.format = format});
  Read(bytes, {.format = format, .independent = true});
}

}  // namespace cleave
