// See check_paths.h.
#include "harness/cli/check_paths.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "harness/cli/judge.h"
#include "harness/cli/suggest.h"

namespace cleave {
namespace {

/// Empty where nothing matches.
std::vector<std::string> Matches(const std::string& pattern) {
  glob_t found{};
  const std::unique_ptr<glob_t, void (*)(glob_t*)> owner(&found, globfree);
  if (glob(pattern.c_str(), 0, nullptr, &found) != 0) return {};
  return {found.gl_pathv, found.gl_pathv + found.gl_pathc};
}

void Expand(const std::string& word, std::vector<std::string>* paths) {
  std::error_code error;  // what may not be looked at says so when it is read
  if (word == "-" || std::filesystem::exists(word, error) || error) {
    paths->push_back(word);
    return;
  }
  if (word.find_first_of("*?[") == std::string::npos) {
    throw UsageError("there is no file or directory " + word);
  }
  const std::vector<std::string> matches = Matches(word);
  if (matches.empty()) throw UsageError("no file matches " + word);
  paths->insert(paths->end(), matches.begin(), matches.end());
}

}  // namespace

std::vector<std::string> ExpandPaths(const std::vector<std::string>& words) {
  std::vector<std::string> paths;
  for (const std::string& word : words) Expand(word, &paths);
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    throw UsageError("standard input (-) can be read only once");
  }
  for (const std::string& path : paths) {
    std::error_code error;
    if (path != "-" && std::filesystem::is_directory(path, error)) RequireRun(path);
  }
  return paths;
}

}  // namespace cleave
