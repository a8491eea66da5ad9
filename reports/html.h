// Text into HTML. Invariant: whatever comes from outside passes Escape or EscapeJson on its way
// into the page; what these return is always valid UTF-8 without control characters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/json.h"

namespace cleave {

/// For element content and quoted attributes of HTML and SVG alike. Invalid UTF-8 becomes U+FFFD,
/// control characters their visible pictures (U+2400…); tab and newline stay.
std::string Escape(std::string_view text);
/// The same repair without the entities: valid UTF-8, no control characters.
std::string Printable(std::string_view text);
/// At most `bytes` of `text`, cut between code points, with "…" where something was left out.
std::string Shorten(std::string_view text, size_t bytes);

/// JSON for a <script type="application/json">: no text in it can end the element.
std::string EscapeJson(const Json& json);

/// "1,234,567".
std::string Grouped(uint64_t number);
/// "412 µs", "1.83 s", "2 min 5 s": nanoseconds for people.
std::string Duration(int64_t nanoseconds);

/// A cell is HTML, not text; the header row is text.
using Row = std::vector<std::string>;
/// A table in a box that scrolls sideways by itself, so that the page never does.
std::string Table(const Row& header, const std::vector<Row>& rows, std::string_view caption);

/// Any JSON for people: objects of objects and arrays of objects become tables, other objects lists
/// of terms, scalars text. Nesting beyond what reads well is shown as JSON text.
std::string JsonToHtml(const Json& json, std::string_view caption);

/// Members of JSON whose shape nobody promised: null or the fallback where there is no such thing.
const Json& At(const Json& json, std::string_view key);
std::string TextAt(const Json& json, std::string_view key, std::string_view fallback = "");
uint64_t CountAt(const Json& json, std::string_view key);

/// A number in large type with what it counts below it, for a "figures" box.
std::string Figure(std::string_view number, std::string_view what);

/// "valid" … as a coloured label with its shape. Unknown words are shown as they are, uncoloured.
std::string VerdictBadge(std::string_view verdict);

}  // namespace cleave
