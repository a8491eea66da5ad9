// {name} in the texts of a user's target: filled in with what is known when a command is run.
// Other braces stand for themselves; {{name}} is the text {name}.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cleave {

using Placeholders = std::map<std::string, std::string>;  // by name, without braces

/// The names that a text uses, in its order. A name is a letter, then letters, digits and _.
std::vector<std::string> PlaceholdersIn(const std::string& text);

/// The text with every placeholder filled in. Throws std::logic_error for one that has no value.
std::string Fill(const std::string& text, const Placeholders& values);
std::vector<std::string> Fill(const std::vector<std::string>& texts, const Placeholders& values);
Placeholders Fill(const Placeholders& texts, const Placeholders& values);

}  // namespace cleave
