// The only place where the JSON library's parser and printer are compiled.
#include "harness/history/json.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace cleave {
namespace {

constexpr size_t kDeepest = 4096;

/// Where brackets nest deeper than kDeepest; text.size() where they do not.
size_t TooDeep(std::string_view text) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth > kDeepest) return i;
    } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return text.size();
}

}  // namespace

Json ParseJson(std::string_view text) {
  if (const size_t at = TooDeep(text); at < text.size()) {
    throw Json::parse_error::create(101, at, "nested deeper than 4,096 levels", nullptr);
  }
  return Json::parse(text);
}

Json TryParseJson(std::string_view text) {
  if (TooDeep(text) < text.size()) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::string DumpJson(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cleave
