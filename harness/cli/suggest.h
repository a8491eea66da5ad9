// Unknown words are refused with the nearest right one and the whole list.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cleave {

/// The command line asks for something that does not exist or does not fit: exit code 254.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours), or
/// "" when none is near: more than a third of the word, and at least 2, would have to change.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "unknown target “rfat”: did you mean raft? Targets: etcd, raft".
std::string UnknownWord(std::string_view what, std::string_view word,
                        const std::vector<std::string>& candidates);

/// "a, b, c".
std::string Join(const std::vector<std::string>& words, std::string_view separator = ", ");

}  // namespace cleave
