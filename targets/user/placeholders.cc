// One scan of a text: what is between placeholders, and their names.
#include "targets/user/placeholders.h"

#include <cctype>
#include <stdexcept>

namespace cleave {
namespace {

/// The end of the {name} that begins at `open`, behind its brace; 0 where none begins there.
size_t EndOfName(const std::string& text, size_t open) {
  size_t at = open + 1;
  const auto letter = [&] { return std::isalpha(static_cast<unsigned char>(text[at])) != 0; };
  const auto inside = [&] {
    return std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_';
  };
  if (at >= text.size() || !letter()) return 0;
  while (at < text.size() && inside()) ++at;
  return at < text.size() && text[at] == '}' ? at + 1 : 0;
}

/// Calls `literal` and `name` with the parts of a text, in its order.
template <class Literal, class Name>
void Scan(const std::string& text, const Literal& literal, const Name& name) {
  for (size_t at = 0; at < text.size();) {
    const bool doubled = text.compare(at, 2, "{{") == 0;
    const size_t end = text[at] == '{' ? EndOfName(text, doubled ? at + 1 : at) : 0;
    if (end == 0) {
      literal(text.substr(at, 1));
      ++at;
    } else if (!doubled) {
      name(text.substr(at + 1, end - at - 2));
      at = end;
    } else if (end < text.size() && text[end] == '}') {
      literal(text.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {  // {{name}: a brace, and a placeholder
      literal("{");
      ++at;
    }
  }
}

}  // namespace

std::vector<std::string> PlaceholdersIn(const std::string& text) {
  std::vector<std::string> names;
  Scan(
      text, [](const std::string&) {}, [&](const std::string& name) { names.push_back(name); });
  return names;
}

std::string Fill(const std::string& text, const Placeholders& values) {
  std::string filled;
  Scan(
      text, [&](const std::string& part) { filled += part; },
      [&](const std::string& name) {
        const auto value = values.find(name);
        if (value == values.end()) throw std::logic_error("{" + name + "} has no value");
        filled += value->second;
      });
  return filled;
}

std::vector<std::string> Fill(const std::vector<std::string>& texts, const Placeholders& values) {
  std::vector<std::string> filled;
  for (const std::string& text : texts) filled.push_back(Fill(text, values));
  return filled;
}

Placeholders Fill(const Placeholders& texts, const Placeholders& values) {
  Placeholders filled;
  for (const auto& [name, text] : texts) filled[name] = Fill(text, values);
  return filled;
}

}  // namespace cleave
