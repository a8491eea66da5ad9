// What a reader has found so far: the history being built, and what was wrong with the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/history/history.h"
#include "harness/history/reader.h"

namespace cleave {

/// Takes events in order from any reader. Keeps the first ten errors and counts the rest. Once a
/// line could not be read, pairing is no longer judged: its errors would be echoes of the missing
/// event.
class EventCollector {
 public:
  /// `name` stands for the file in messages.
  explicit EventCollector(std::string_view name, bool independent = false)
      : name_(name), independent_(independent) {}

  /// True where every value is the [key value] of an operation on an independent key.
  bool independent() const { return independent_; }
  HistoryBuilder& builder() { return builder_; }
  ValueTable& values() { return builder_.values(); }

  void Add(const RawEvent& event, size_t line);
  /// The "index" that an event carries. A gap in the numbers becomes a warning.
  void NoteIndex(int64_t index, size_t line);
  /// An event that could not be read.
  void Fail(size_t line, std::string reason);
  /// Reports everything found so far and this, and ends reading.
  [[noreturn]] void Abort(size_t line, std::string reason);
  void Warn(size_t line, const std::string& text);
  /// The last line is torn, as a crash leaves it: nobody was told of its event.
  void WarnTorn(size_t line);
  bool failed() const { return error_count_ != 0; }

  /// The number of a process with a name: "3" is 3, "nemesis" kNemesis; any other name gets a
  /// number of its own below kNemesis. A leading colon means nothing.
  int32_t ProcessByName(std::string_view name);

  /// The history, or everything that was wrong with it as a HistoryError.
  History Finish();

 private:
  void Note(size_t line, std::string reason);

  std::string name_;
  bool independent_;
  HistoryBuilder builder_;
  std::vector<std::string> errors_;
  std::unordered_map<std::string, int32_t> process_names_;
  size_t error_count_ = 0;
  bool lost_event_ = false;
  bool has_index_ = false;
  int64_t last_index_ = 0;
  size_t index_gaps_ = 0;
  std::string first_gap_;
};

}  // namespace cleave
