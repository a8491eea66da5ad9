// Errors and warnings of one file, and its history.
#include "harness/history/event_collector.h"

#include <charconv>

namespace cleave {
namespace {

constexpr size_t kErrorsListed = 10;

}  // namespace

void EventCollector::Note(size_t line, std::string reason) {
  ++error_count_;
  if (errors_.size() < kErrorsListed) {
    errors_.push_back(name_ + ":" + std::to_string(line) + ": " + std::move(reason));
  }
}

void EventCollector::Add(const RawEvent& event, size_t line) {
  if (lost_event_) return;
  if (auto problem = builder_.Add(event)) Note(line, std::move(*problem));
}

void EventCollector::NoteIndex(int64_t index, size_t line) {
  const bool follows = last_index_ != INT64_MAX && index == last_index_ + 1;
  if (has_index_ && !follows && ++index_gaps_ == 1) {
    first_gap_ = name_ + ":" + std::to_string(line) + ": index " + std::to_string(index) +
                 " follows " + std::to_string(last_index_) +
                 ": events are missing from the file, or out of order";
  }
  has_index_ = true;
  last_index_ = index;
}

void EventCollector::Fail(size_t line, std::string reason) {
  Note(line, std::move(reason));
  lost_event_ = true;
}

void EventCollector::Abort(size_t line, std::string reason) {
  // The reason that ended reading is always listed.
  if (errors_.size() == kErrorsListed) errors_.pop_back();
  Note(line, std::move(reason));
  Finish();
  throw HistoryError(name_ + ": reading ended");  // not reached: Finish throws what was noted
}

void EventCollector::Warn(size_t line, const std::string& text) {
  builder_.Warn(name_ + ":" + std::to_string(line) + ": " + text);
}

void EventCollector::WarnTorn(size_t line) {
  Warn(line, "the last line is torn, as after a crash; it was left out");
}

int32_t EventCollector::ProcessByName(std::string_view name) {
  if (name.starts_with(':')) name.remove_prefix(1);
  if (name == "nemesis") return kNemesis;
  int32_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size() && number >= 0) return number;
  const auto fresh = kNemesis - 1 - static_cast<int32_t>(process_names_.size());
  return process_names_.emplace(name, fresh).first->second;
}

History EventCollector::Finish() {
  if (error_count_ != 0) {
    std::string text;
    for (const std::string& error : errors_) text += (text.empty() ? "" : "\n") + error;
    if (error_count_ > errors_.size()) {
      text += "\nand " + std::to_string(error_count_ - errors_.size()) + " more";
    }
    throw HistoryError(text);
  }
  if (index_gaps_ != 0) {
    if (index_gaps_ > 1) {
      first_gap_ += " (and at " + std::to_string(index_gaps_ - 1) + " more places)";
    }
    builder_.Warn(first_gap_);
  }
  History history = builder_.Finish();
  if (history.event_count() == 0) {
    throw HistoryError(name_ + ": the history has no events: nothing was recorded");
  }
  return history;
}

}  // namespace cleave
