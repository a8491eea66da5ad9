// An event as one line of history.jsonl, in the canonical form: fixed order of fields, no spaces,
// `key`, `node`, `error` and `observed` only where they say something. Invariant: a line is valid
// UTF-8 and holds no newline, whatever a client answered. The fast reader (canonical_line.h) knows
// exactly this form.
#include <charconv>

#include "harness/history/journal.h"

namespace cleave {
namespace {

void AppendInt(int64_t value, std::string* out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out->append(digits, end);
}

bool NeedsNoEscape(std::string_view text) {
  for (const char c : text) {
    if (static_cast<signed char>(c) < 0x20 || c == '"' || c == '\\') return false;  // also >= 0x80
  }
  return true;
}

void AppendString(std::string_view text, std::string* out) {
  if (NeedsNoEscape(text)) {
    out->push_back('"');
    out->append(text);
    out->push_back('"');
  } else {
    out->append(DumpJson(Json(text)));
  }
}

/// Readers, ours and others', refuse a line that is nested too deep: one value of a client that
/// answers nonsense must not cost the whole history.
constexpr int kMaxDepth = 512;

void AppendJson(const Json& json, std::string* out, int depth = 0) {
  if (json.is_structured() && !json.empty() && depth == kMaxDepth) {
    out->append("\"…too deep\"");
    return;
  }
  switch (json.type()) {
    case Json::value_t::number_integer: AppendInt(json.get<int64_t>(), out); return;
    case Json::value_t::null: out->append("null"); return;
    case Json::value_t::string: AppendString(json.get_ref<const std::string&>(), out); return;
    case Json::value_t::array: {
      char separator = '[';
      for (const Json& element : json) {
        out->push_back(separator);
        AppendJson(element, out, depth + 1);
        separator = ',';
      }
      out->append(json.empty() ? "[]" : "]");
      return;
    }
    case Json::value_t::object: {
      char separator = '{';
      for (const auto& [name, value] : json.items()) {
        out->push_back(separator);
        AppendString(name, out);
        out->push_back(':');
        AppendJson(value, out, depth + 1);
        separator = ',';
      }
      out->append(json.empty() ? "{}" : "}");
      return;
    }
    default: out->append(DumpJson(json));
  }
}

}  // namespace

void AppendJsonLine(const Event& event, std::string* out) {
  out->append("{\"index\":");
  AppendInt(event.index, out);
  out->append(",\"time\":");
  AppendInt(event.time, out);
  if (event.process == kNemesis) {
    out->append(",\"process\":\"nemesis\",\"type\":\"");
  } else {
    out->append(",\"process\":");
    AppendInt(event.process, out);
    out->append(",\"type\":\"");
  }
  out->append(EventTypeName(event.type));
  out->append("\",\"f\":");
  AppendString(event.f, out);
  if (!event.key.is_null()) {
    out->append(",\"key\":");
    AppendJson(event.key, out);
  }
  out->append(",\"value\":");
  AppendJson(event.value, out);
  if (!event.node.empty()) {
    out->append(",\"node\":");
    AppendString(event.node, out);
  }
  if (!event.error.is_null()) {
    out->append(",\"error\":");
    AppendJson(event.error, out);
  }
  if (event.has_observed) {
    out->append(",\"observed\":");
    AppendJson(event.observed, out);
  }
  out->append("}\n");
}

}  // namespace cleave
