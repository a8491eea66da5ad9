// The only place where the JSON library's parser and printer are compiled.
#include "harness/history/json.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace cleave {

Json ParseJson(std::string_view text) { return Json::parse(text); }

Json TryParseJson(std::string_view text) { return Json::parse(text, nullptr, false); }

std::string DumpJson(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cleave
