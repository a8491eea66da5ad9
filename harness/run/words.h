// Unknown words are answered with the nearest right one and the whole list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cleave {

/// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours), or
/// "" when none is near: more than a third of the word, and at least 2, would have to change.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "unknown target 'rfat': did you mean 'raft'?" and, on a line of its own, all that are known.
std::string UnknownWord(std::string_view what, std::string_view word,
                        const std::vector<std::string>& candidates);

/// "a, b, c".
std::string Join(const std::vector<std::string>& words, std::string_view separator = ", ");

}  // namespace cleave
