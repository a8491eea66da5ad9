// See edn_text.h. These are rare: they may allocate.
#include "harness/history/edn_text.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace cleave {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Number, class Format>
std::optional<Number> Whole(std::string_view text, Format format) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number, format);
  if (error != std::errc() || behind != end) return std::nullopt;
  return number;
}

void AppendUtf8(uint32_t c, std::string* out) {
  const auto put = [&](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

/// The four digits at p; nothing where one is none.
std::optional<uint32_t> Hex4(const char* p) { return Whole<uint32_t>(std::string_view(p, 4), 16); }

// \uXXXX, or a surrogate pair of them; p is behind the u.
const char* AppendUnicode(const char* p, std::string* out) {
  const auto first = Hex4(p);
  if (!first) return nullptr;
  p += 4;
  if (*first < 0xD800 || *first > 0xDFFF) {
    AppendUtf8(*first, out);
    return p;
  }
  if (*first > 0xDBFF || p[0] != '\\' || p[1] != 'u') return nullptr;
  const auto second = Hex4(p + 2);
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return nullptr;
  AppendUtf8(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), out);
  return p + 6;
}

// One to three octal digits, at most 377.
const char* AppendOctal(const char* p, std::string* out) {
  uint32_t c = 0;
  const char* const first = p;
  while (p - first < 3 && *p >= '0' && *p <= '7') c = c * 8 + static_cast<uint32_t>(*p++ - '0');
  if (c > 0377) return nullptr;
  AppendUtf8(c, out);
  return p;
}

/// The digits of an integer without sign; `exact` is the literal's own text otherwise.
ValueId IntegerValue(bool negative, std::string_view digits, ValueTable* values) {
  if (digits.size() > 1 && digits[0] == '0') return kNoValue;  // would be octal in Clojure
  const std::string text = (negative ? "-" : "") + std::string(digits);
  if (const auto number = Whole<int64_t>(text, 10)) return values->Int(*number);
  return values->Number(text);
}

}  // namespace

bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

const char* AppendEscape(const char* p, std::string* out) {
  switch (*p) {
    case 'n': out->push_back('\n'); break;
    case 't': out->push_back('\t'); break;
    case 'r': out->push_back('\r'); break;
    case 'b': out->push_back('\b'); break;
    case 'f': out->push_back('\f'); break;
    case '"': out->push_back('"'); break;
    case '\\': out->push_back('\\'); break;
    case 'u': return AppendUnicode(p + 1, out);
    default: return *p >= '0' && *p <= '7' ? AppendOctal(p, out) : nullptr;
  }
  return p + 1;
}

std::string CharacterText(std::string_view name) {
  constexpr std::pair<std::string_view, const char*> kNames[] = {
      {"newline", "\n"}, {"space", " "},     {"tab", "\t"},
      {"return", "\r"},  {"formfeed", "\f"}, {"backspace", "\b"}};
  for (const auto& [known, text] : kNames) {
    if (name == known) return text;
  }
  const auto is_first_byte = [](char c) { return (c & 0xC0) != 0x80; };
  if (std::count_if(name.begin(), name.end(), is_first_byte) == 1) return std::string(name);
  std::string text;
  const std::string escape(name.substr(name[0] == 'o' ? 1 : 0));
  const char* const behind = AppendEscape(escape.c_str(), &text);
  const bool numeric = name[0] == 'u' || (name[0] == 'o' && AllDigits(escape));
  return numeric && behind == escape.c_str() + escape.size() ? text : "";
}

ValueId NumberValue(std::string_view text, ValueTable* values) {
  const std::string_view literal = text;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (AllDigits(text)) return IntegerValue(negative, text, values);
  if (text.starts_with("0x") || text.starts_with("0X")) {
    const auto number = Whole<int64_t>(text.substr(2), 16);
    return number && text[2] != '-' ? values->Int(negative ? -*number : *number) : kNoValue;
  }
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const bool ratio = AllDigits(text.substr(0, slash)) && AllDigits(text.substr(slash + 1));
    return ratio ? values->String(literal) : kNoValue;
  }
  const bool integer = text.ends_with('N'), decimal = text.ends_with('M');
  if (integer || decimal) text.remove_suffix(1);
  if (integer && !AllDigits(text)) return kNoValue;
  if (integer) return IntegerValue(negative, text, values);
  const auto number = Whole<double>(text, std::chars_format::general);
  // The same text as ValueTable::FromJson gives it.
  return number ? values->Number(DumpJson(Json(negative ? -*number : *number))) : kNoValue;
}

}  // namespace cleave
