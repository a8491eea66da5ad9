// Errors of files in words.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace cleave {

/// Throws std::system_error of `error` (an errno): "cannot open /tmp/history.jsonl: …".
[[noreturn]] inline void ThrowFileError(int error, const std::string& what,
                                        const std::filesystem::path& path) {
  throw std::system_error(error, std::generic_category(), what + " " + path.string());
}

}  // namespace cleave
