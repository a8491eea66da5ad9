// Base64 (RFC 4648), in which etcd's gateway carries keys and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cleave {

/// With padding.
std::string Base64Encode(std::string_view bytes);
/// Nothing where `text` is not padded base64.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace cleave
