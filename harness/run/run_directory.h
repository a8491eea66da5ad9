// One execution's directory in the store: store/<target>-<workload>/<UTC time>/, with `latest`
// links beside it. Append-only while the test runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/test_options.h"

namespace cleave {

/// "20261120T205638.123Z" for names, "2026-11-20T20:56:38.123Z" for people.
std::string UtcName(std::chrono::system_clock::time_point time);
std::string UtcText(std::chrono::system_clock::time_point time);

/// harness.log: what the harness did, a line each with its time. Writing never throws.
class HarnessLog {
 public:
  explicit HarnessLog(const std::filesystem::path& file) : out_(file, std::ios::app) {}
  void Write(std::string_view line);

 private:
  std::ofstream out_;
};

class RunDirectory {
 public:
  /// A run needs at least this much space, in bytes, to be worth starting.
  static constexpr uint64_t kMinimumSpace = uint64_t{32} << 20;

  /// Creates the directory and its links; a link that cannot be made is a line in harness.log.
  /// Throws std::runtime_error that names the path, the reason
  /// and the way out, when the store cannot be made, cannot be written, or has less space than
  /// `space`.
  RunDirectory(const std::filesystem::path& store, const std::string& target,
               const std::string& workload, uint64_t space = kMinimumSpace);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path history() const { return path_ / "history.jsonl"; }
  std::chrono::system_clock::time_point started() const { return started_; }
  HarnessLog& log() { return log_; }

  /// Writes a whole file of the run. Throws std::runtime_error that names it and the reason.
  void WriteFile(const std::string& name, std::string_view content) const;

 private:
  std::chrono::system_clock::time_point started_;
  std::filesystem::path path_;
  HarnessLog log_;
};

/// The content of test.json: options, seed, versions, machine.
Json TestJson(const RunDirectory& directory, const TestOptions& options, const std::string& version,
              const std::string& target_version, const std::vector<std::string>& nodes);

}  // namespace cleave
