// See log_history.h.
#include "checkers/streaming/log_history.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "checkers/by_key.h"

namespace cleave {
namespace {

uint64_t PackedPair(uint32_t a, uint32_t b) { return uint64_t{a} << 32 | b; }

}  // namespace

LogHistory::LogHistory(Findings* findings)
    : assign(FunctionNamed(findings->history(), "assign")),
      subscribe(FunctionNamed(findings->history(), "subscribe")),
      findings_(*findings),
      values_(findings->values()),
      same_(findings->values()),
      send_(FunctionNamed(findings->history(), "send")),
      poll_(FunctionNamed(findings->history(), "poll")),
      crash_(FunctionNamed(findings->history(), "crash")),
      debug_(FunctionNamed(findings->history(), "debug-topic-partitions")) {
  const auto ops = findings_.history().operations();
  operations.reserve(ops.size());
  mops.reserve(ops.size());
  messages.reserve(ops.size());
  for (uint32_t i = 0; i < ops.size(); ++i) Take(i);
  std::sort(places.begin(), places.end(), [](const LogPlace& a, const LogPlace& b) {
    return std::tie(a.key, a.offset, a.message) < std::tie(b.key, b.offset, b.message);
  });
}

bool LogHistory::Is(ValueId word, std::string_view name) const {
  return values_.kind(word) == ValueKind::kString && values_.AsText(word) == name;
}

void LogHistory::Bad(uint32_t operation, ValueId value) const {
  throw std::invalid_argument(
      "a send is [\"send\", key, value], answered [\"send\", key, [offset, value]]; a poll is "
      "[\"poll\"], answered [\"poll\", {key: [[offset, value]…]}]; " +
      findings_.Name(operation) + " has " + findings_.Text(value));
}

void LogHistory::Take(uint32_t i) {
  const Operation& op = findings_.op(i);
  findings_.Step(1, i);
  if (op.function == crash_ || op.function == debug_) return;
  const auto begin = static_cast<uint32_t>(mops.size());
  if (op.function == assign || op.function == subscribe) {
    if (op.outcome != Outcome::kFail) operations.push_back({i, begin, begin});
    return;
  }
  if (op.function != send_ && op.function != poll_ && op.function != kTxn) {
    UnknownFunction(findings_.history(), i, "send, poll, txn, assign, subscribe, crash");
  }
  const bool answered = op.outcome == Outcome::kOk && values_.IsList(op.output);
  const ValueId asked = values_.IsList(op.input) ? op.input : kNoValue;
  if (asked == kNoValue && !answered) return;  // a poll that says nothing
  const auto questions = asked == kNoValue ? std::span<const ValueId>() : values_.Elements(asked);
  const auto answers = answered ? values_.Elements(op.output) : questions;
  for (size_t at = 0; at < answers.size(); ++at) {
    if (!values_.IsList(answers[at])) Bad(i, answers[at]);
    const auto parts = values_.Elements(answers[at]);
    if (parts.size() == 3 && Is(parts[0], "send")) {
      const bool known = answers.size() == questions.size() && values_.IsList(questions[at]) &&
                         values_.Elements(questions[at]).size() == 3;
      Send(i, known ? values_.Elements(questions[at]) : std::span<const ValueId>(), parts);
    } else if (!parts.empty() && Is(parts[0], "poll") && parts.size() <= 2) {
      if (answered && parts.size() == 2 && parts[1] != kNull) Poll(i, parts[1]);
    } else {
      Bad(i, answers[at]);
    }
  }
  if (op.outcome != Outcome::kFail) {
    operations.push_back({i, begin, static_cast<uint32_t>(mops.size())});
  }
}

/// `asked` is empty where the invocation does not say; then [offset, value] is taken for an answer.
void LogHistory::Send(uint32_t i, std::span<const ValueId> asked, std::span<const ValueId> answer) {
  const Outcome outcome = findings_.op(i).outcome;
  ValueId value = asked.empty() ? answer[2] : asked[2], offset = kNull;
  if (outcome == Outcome::kOk && values_.IsList(answer[2])) {
    const auto pair = values_.Elements(answer[2]);
    if (pair.size() == 2 && (asked.empty() || pair[1] == value)) {
      offset = pair[0];
      value = pair[1];
    }
  }
  const uint32_t id = Message(Key(findings_.op(i).key, answer[1]), value);
  LogMessage& message = messages[id];
  if (outcome != Outcome::kFail) ++message.sends;
  if (message.sends <= 1) message.send = i;
  mops.push_back({id, false});
  if (offset != kNull) Place(i, id, offset);
}

void LogHistory::Poll(uint32_t i, ValueId logs) {
  if (values_.kind(logs) != ValueKind::kMap) Bad(i, logs);
  const auto pairs = values_.Elements(logs);
  for (size_t at = 0; at + 1 < pairs.size(); at += 2) {
    const uint32_t key = Key(findings_.op(i).key, pairs[at]);
    if (!values_.IsList(pairs[at + 1])) Bad(i, logs);
    const auto polled = values_.Elements(pairs[at + 1]);
    findings_.Step(polled.size(), i);
    for (const ValueId entry : polled) {
      if (!values_.IsList(entry) || values_.Elements(entry).size() != 2) Bad(i, entry);
      const ValueId offset = values_.Elements(entry)[0];
      const uint32_t id = Message(key, values_.Elements(entry)[1]);
      if (messages[id].polled == kNone) messages[id].polled = i;
      mops.push_back({id, true});
      ++polls;
      if (offset != kNull) Place(i, id, offset);
    }
  }
}

void LogHistory::Place(uint32_t i, uint32_t message, ValueId offset) {
  if (!values_.IsInt(offset)) Bad(i, offset);
  const int64_t at = values_.AsInt(offset);
  if (placed_.size() < messages.size()) placed_.resize(messages.capacity(), INT64_MIN);
  if (placed_[message] == at) return;  // what is said again is kept once
  placed_[message] = at;
  places.push_back({messages[message].key, message, at, i});
}

uint32_t LogHistory::Key(KeyId independent, ValueId name) {
  const ValueId same = same_(name);
  const auto [it, fresh] =
      key_of_name_.try_emplace(PackedPair(independent, same), static_cast<uint32_t>(keys.size()));
  if (fresh) keys.push_back({independent, same});
  return it->second;
}

uint32_t LogHistory::FindKey(KeyId independent, ValueId name) {
  const auto it = key_of_name_.find(PackedPair(independent, same_(name)));
  return it == key_of_name_.end() ? kNone : it->second;
}

uint32_t LogHistory::Message(uint32_t key, ValueId value) {
  const auto [it, fresh] =
      message_of_.try_emplace(PackedPair(key, value), static_cast<uint32_t>(messages.size()));
  if (fresh) messages.push_back({key, value});
  return it->second;
}

}  // namespace cleave
