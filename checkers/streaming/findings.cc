// See findings.h.
#include "checkers/streaming/findings.h"

#include <algorithm>
#include <charconv>

#include "checkers/by_key.h"

namespace cleave {

bool Findings::Counted(const char* name) {
  CountMore(name, 1);
  return !Full();
}

void Findings::CountMore(const char* name, uint64_t more) {
  if (more == 0) return;
  result_.anomaly_count += more;
  for (auto& [known, count] : counts_) {
    if (known == name) {
      count += more;
      return;
    }
  }
  counts_.emplace_back(name, more);
}

uint64_t Findings::Count(std::string_view name) const {
  for (const auto& [known, count] : counts_) {
    if (known == name) return count;
  }
  return 0;
}

void Findings::Keep(const char* name, KeyId key, std::span<const uint32_t> operations,
                    Explained words) {
  std::vector<uint32_t> cited(operations.begin(), operations.end());
  std::sort(cited.begin(), cited.end());
  cited.erase(std::unique(cited.begin(), cited.end()), cited.end());
  if (!cited.empty() && cited.back() == kNone) cited.pop_back();
  result_.anomalies.push_back(
      {name, std::move(words.explanation), std::move(cited), key, std::move(words.detail)});
}

void Findings::Hold(uint64_t bytes, const char* what) {
  held_ += bytes;
  if (held_ <= options_.memory) return;
  throw OutOfMemory("out of memory: " + std::string(what) + " take " + std::to_string(bytes) +
                    " bytes, and " + std::to_string(options_.memory) + " are allowed in all");
}

std::string Findings::Who(uint32_t operation) const {
  return "process " + std::to_string(op(operation).process);
}

Position Findings::Found(uint32_t operation) const {
  return op(operation).ret == kNever ? op(operation).call : op(operation).ret;
}

std::string Findings::Name(uint32_t operation) const {
  return Who(operation) + "'s " + Shortened(history_.FunctionName(op(operation).function)) + " " +
         Event(Found(operation));
}

std::string Findings::Of(KeyId key) const { return OfKey(history_, key); }

std::string Findings::Where(uint32_t operation) const {
  return "at the " + Shortened(history_.FunctionName(op(operation).function)) + " of event " +
         std::to_string(op(operation).call) + Of(op(operation).key);
}

CheckResult Findings::Conclude(const char* checker, Shown shown) {
  result_.checker = checker;
  result_.data = std::move(shown.data);
  if (!counts_.empty()) {
    Json& anomalies = result_.data["anomalies"] = Json::object();
    for (const auto& [name, count] : counts_) anomalies[std::string(name)] = count;
  }
  if (result_.anomaly_count > 0) {
    result_.verdict = Verdict::kInvalid;
    result_.reason = CountsInWords(counts_);
    if (!result_.anomalies.empty()) result_.reason += ": " + result_.anomalies[0].explanation;
  } else if (!shown.unknown.empty()) {
    result_.verdict = Verdict::kUnknown;
    result_.reason = std::move(shown.unknown);
  } else {
    result_.reason = std::move(shown.valid);
  }
  return std::move(result_);
}

ValueId SameNumbers::operator()(ValueId value) {
  if (values_.kind(value) != ValueKind::kString) return value;
  if (same_.empty()) same_.assign(values_.size(), kNoValue);
  ValueId& same = same_[value];
  if (same != kNoValue) return same;
  same = value;
  const std::string_view text = values_.AsText(value);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && std::to_string(number) == text) {
    const ValueId found = values_.FindInt(number);
    if (found != kNoValue) same = found;
  }
  return same;
}

void ListValue(Json* list, const ValueTable& values, ValueId value) {
  if (list->size() < kMostValuesListed) list->push_back(values.ToShortJson(value));
}

std::string CountsInWords(std::span<const std::pair<std::string_view, uint64_t>> counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name);
  }
  return text;
}

}  // namespace cleave
