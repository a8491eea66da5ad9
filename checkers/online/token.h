// Values and keys of a live stream in sixteen bytes. Interning every value of an endless run would
// need memory without end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/history/json.h"

namespace cleave {

/// Equal values have equal tokens. Integers, booleans and null are exact; of everything else 64
/// bits of a hash are kept, so that two of a million different texts are taken for one in about one
/// of 10^7 runs.
struct Token {
  uint64_t bits = 0;
  enum class Kind : uint8_t { kNull, kBool, kInt, kOther } kind = Kind::kNull;
  bool operator==(const Token&) const = default;
};

inline Token TokenOf(const Json& json) {
  using Kind = Token::Kind;
  switch (json.type()) {
    case Json::value_t::null: return {};
    case Json::value_t::boolean: return {json.get<bool>(), Kind::kBool};
    case Json::value_t::number_integer:
      return {static_cast<uint64_t>(json.get<int64_t>()), Kind::kInt};
    case Json::value_t::number_unsigned:
      if (json.get<uint64_t>() <= INT64_MAX) return {json.get<uint64_t>(), Kind::kInt};
      break;
    case Json::value_t::string:
      // Apart from a list or number that is written alike: those hash their JSON text.
      return {std::hash<std::string>()(json.get_ref<const std::string&>()), Kind::kOther};
    default: break;
  }
  return {~std::hash<std::string>()(DumpJson(json)), Kind::kOther};
}

struct TokenHash {
  size_t operator()(const Token& token) const {
    return token.bits * 0x9e3779b97f4a7c15 + static_cast<uint64_t>(token.kind);
  }
};

}  // namespace cleave
