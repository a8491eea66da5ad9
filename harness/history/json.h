// The JSON type of everything that is not on a hot path: operation values in a run, evidence,
// results. Objects keep the order in which they were written, so that files read as their author
// meant them. Parsing and printing are functions of json.cc: the library's own are templates that
// take seconds to compile in every file that uses them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

extern template class nlohmann::basic_json<nlohmann::ordered_map>;  // in json.cc

namespace cleave {

using Json = nlohmann::ordered_json;

/// Throws Json::parse_error, which says where; also for more than 4,096 levels, because printing
/// and comparing go down them by recursion.
Json ParseJson(std::string_view text);
/// A discarded value (is_discarded()) where `text` is not JSON.
Json TryParseJson(std::string_view text);

/// Compact for indent -1, otherwise on several lines. Never throws for content: what is not UTF-8
/// becomes U+FFFD.
std::string DumpJson(const Json& json, int indent = -1);

}  // namespace cleave
