// Escaping, repair of broken text, and the few shapes of HTML that sections share.
#include "reports/html.h"

#include <cmath>

namespace cleave {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The length of the well-formed UTF-8 sequence at the start of `text`, 0 where there is none
/// (Unicode 15, table 3-7: no overlong forms, no surrogates).
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) -> uint8_t { return i < text.size() ? text[i] : 0; };
  const auto tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const uint8_t first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool fits = (first != 0xE0 || second >= 0xA0) && (first != 0xED || second < 0xA0);
    return tail(1) && tail(2) && fits ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool fits = (first != 0xF0 || second >= 0x90) && (first != 0xF4 || second < 0x90);
    return tail(1) && tail(2) && tail(3) && fits ? 4 : 0;
  }
  return 0;
}

/// U+2400 + c: the picture of a control character. U+2421 for DEL.
void AppendControlPicture(uint8_t c, std::string* out) {
  *out += "\xE2\x90";
  *out += static_cast<char>(0x80 + (c == 0x7F ? 0x21 : c));
}

template <class AppendAscii>
std::string Repair(std::string_view text, AppendAscii append_ascii) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    const auto c = static_cast<uint8_t>(text[0]);
    if (length == 0) {
      out += kReplacement;
    } else if (length > 1) {
      const bool c1_control = c == 0xC2 && static_cast<uint8_t>(text[1]) < 0xA0;
      out += c1_control ? kReplacement : text.substr(0, length);
    } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
      AppendControlPicture(c, &out);
    } else {
      append_ascii(text[0], &out);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

bool IsScalar(const Json& json) { return !json.is_structured() || json.empty(); }

std::string ScalarText(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_integer() && json.get<double>() >= 0) return Grouped(json.get<uint64_t>());
  if (json.is_boolean()) return json.get<bool>() ? "yes" : "no";
  if (json.is_null()) return "–";
  return DumpJson(json);
}

/// A member named "…-ms" is a time, shown with the unit that reads best and without the suffix.
bool IsMilliseconds(std::string_view name) { return name.ends_with("-ms"); }

std::string Name(std::string_view name) {
  return std::string(IsMilliseconds(name) ? name.substr(0, name.size() - 3) : name);
}

std::string Cell(const Json& json, std::string_view name = "") {
  if (json.is_number() && IsMilliseconds(name)) {
    return Escape(Duration(static_cast<int64_t>(json.get<double>() * 1e6)));
  }
  std::string text = IsScalar(json) ? ScalarText(json) : DumpJson(json);
  return Escape(Shorten(text, 400));
}

/// An array of objects, or an object of objects, as a table: columns in order of first appearance.
std::string ObjectsToTable(const Json& json, std::string_view caption) {
  Row header;
  if (json.is_object()) header.push_back("");
  std::vector<std::string> columns;
  for (const Json& item : json) {
    for (const auto& [key, value] : item.items()) {
      if (std::find(columns.begin(), columns.end(), key) == columns.end()) columns.push_back(key);
    }
  }
  for (const std::string& column : columns) header.push_back(Name(column));
  std::vector<Row> rows;
  for (const auto& [name, item] : json.items()) {
    Row row;
    if (json.is_object()) row.push_back("<b>" + Escape(name) + "</b>");
    for (const std::string& column : columns) {
      row.push_back(item.contains(column) ? Cell(item[column], column) : "");
    }
    rows.push_back(std::move(row));
  }
  return Table(header, rows, caption);
}

/// Whether `json` reads as a table: all its members are objects, and these hold no objects
/// themselves.
bool HoldsObjects(const Json& json) {
  if (!json.is_structured() || json.empty()) return false;
  return std::all_of(json.begin(), json.end(), [&](const Json& item) {
    if (!item.is_object()) return false;
    return json.is_array() || std::none_of(item.begin(), item.end(),
                                           [](const Json& inner) { return inner.is_object(); });
  });
}

std::string ToHtml(const Json& json, std::string_view caption, int depth) {
  if (IsScalar(json)) return "<p>" + Cell(json) + "</p>";
  if (HoldsObjects(json)) return ObjectsToTable(json, caption);
  if (json.is_array() || depth > 2) {
    return "<pre class=\"value\">" + Escape(Shorten(DumpJson(json), 4000)) + "</pre>";
  }
  std::string terms, blocks;
  for (const auto& [key, value] : json.items()) {
    if (IsScalar(value) || (value.is_array() && !HoldsObjects(value))) {
      terms += "<div><dt>" + Escape(Name(key)) + "</dt><dd>" + Cell(value, key) + "</dd></div>";
    } else {
      const bool table = HoldsObjects(value);
      if (!table) blocks += "<h4>" + Escape(key) + "</h4>";
      blocks += ToHtml(value, key, depth + 1);
    }
  }
  return (terms.empty() ? "" : "<dl class=\"terms\">" + terms + "</dl>") + blocks;
}

}  // namespace

std::string Printable(std::string_view text) {
  return Repair(text, [](char c, std::string* out) { *out += c; });
}

std::string Escape(std::string_view text) {
  return Repair(text, [](char c, std::string* out) {
    switch (c) {
      case '<': *out += "&lt;"; break;
      case '>': *out += "&gt;"; break;
      case '&': *out += "&amp;"; break;
      case '"': *out += "&quot;"; break;
      case '\'': *out += "&#39;"; break;
      default: *out += c;
    }
  });
}

std::string Shorten(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (text[bytes] & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes)) + "…";
}

std::string EscapeJson(const Json& json) {
  std::string out;
  for (const char c : json.dump(-1, ' ', true, Json::error_handler_t::replace)) {
    switch (c) {  // only ever inside strings, where an escape means the same
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

std::string Grouped(uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string Duration(int64_t nanoseconds) {
  if (nanoseconds < 0) {
    return std::string("−") + Duration(nanoseconds == INT64_MIN ? INT64_MAX : -nanoseconds);
  }
  const double seconds = static_cast<double>(nanoseconds) / 1e9;
  if (seconds >= 90) {
    const int64_t whole = std::llround(seconds);
    if (whole >= 3600) {
      return Grouped(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
    }
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  }
  const auto [scale, unit] = seconds >= 1      ? std::pair(1.0, " s")
                             : seconds >= 1e-3 ? std::pair(1e3, " ms")
                             : seconds >= 1e-6 ? std::pair(1e6, " µs")
                                               : std::pair(1e9, " ns");
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", seconds * scale);
  return text + std::string(unit);
}

std::string Table(const Row& header, const std::vector<Row>& rows, std::string_view caption) {
  std::string html = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" +
                     Escape(caption) + "\"><table><caption>" + Escape(caption) +
                     "</caption><thead><tr>";
  for (const std::string& cell : header) html += "<th scope=\"col\">" + Escape(cell) + "</th>";
  html += "</tr></thead><tbody>";
  for (const Row& row : rows) {
    html += "<tr>";
    for (const std::string& cell : row) {
      html += cell.size() < 16 ? "<td class=\"short\">" : "<td>";
      html += cell + "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

std::string JsonToHtml(const Json& json, std::string_view caption) {
  return ToHtml(json, caption, 0);
}

const Json& At(const Json& json, std::string_view key) {
  static const Json null;
  if (!json.is_object()) return null;
  const auto it = json.find(std::string(key));
  return it == json.end() ? null : *it;
}

std::string TextAt(const Json& json, std::string_view key, std::string_view fallback) {
  const Json& value = At(json, key);
  return value.is_string() ? value.get<std::string>() : std::string(fallback);
}

uint64_t CountAt(const Json& json, std::string_view key) {
  const Json& value = At(json, key);
  return value.is_number_integer() && value.get<double>() >= 0 ? value.get<uint64_t>() : 0;
}

std::string Figure(std::string_view number, std::string_view what) {
  return "<div><b>" + Escape(number) + "</b><span>" + Escape(what) + "</span></div>";
}

std::string VerdictBadge(std::string_view verdict) {
  constexpr std::pair<std::string_view, const char*> kShapes[] = {
      {"valid", "✓"}, {"invalid", "✕"}, {"unknown", "?"}, {"vacuous", "◌"}};
  for (const auto& [word, shape] : kShapes) {
    if (word != verdict) continue;
    return "<span class=\"badge " + std::string(word) + "\"><span aria-hidden=\"true\">" + shape +
           "</span> " + std::string(word) + "</span>";
  }
  return "<span class=\"badge\">" + Escape(verdict) + "</span>";
}

}  // namespace cleave
