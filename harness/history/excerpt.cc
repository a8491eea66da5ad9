// See excerpt.h.
#include "harness/history/excerpt.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include "harness/history/journal.h"

namespace cleave {
namespace {

struct ExcerptMoment {
  Position at;
  uint32_t operation;
  bool is_return;
};

Json ValueOrNull(const ValueTable& values, ValueId id) {
  return id == kNoValue ? Json() : values.ToJson(id);
}

Event EventOf(const History& history, const ExcerptMoment& moment) {
  const Operation& op = history.operations()[moment.operation];
  const Times& times = history.times()[moment.operation];
  const ValueTable& values = history.values();
  Event event;
  event.process = op.process;
  event.f = history.FunctionName(op.function);
  event.node = history.node_names()[history.nodes()[moment.operation]];
  if (op.key != kNoKey) event.key = values.ToJson(history.keys()[op.key]);
  event.time = moment.is_return && times.ret != kNoTime ? times.ret : times.call;
  if (!moment.is_return) {
    event.value = ValueOrNull(values, op.input);
    return event;
  }
  event.type = op.outcome == Outcome::kOk     ? EventType::kOk
               : op.outcome == Outcome::kFail ? EventType::kFail
                                              : EventType::kInfo;
  event.error = ValueOrNull(values, history.errors()[moment.operation]);
  event.has_observed = op.has_observed;
  Json& learned = op.has_observed ? event.observed : event.value;
  learned = ValueOrNull(values, op.output);
  return event;
}

}  // namespace

std::vector<Event> EventsOf(const History& history, std::span<const uint32_t> operations) {
  std::vector<ExcerptMoment> moments;
  for (const uint32_t i : std::set<uint32_t>(operations.begin(), operations.end())) {
    const Operation& op = history.operations()[i];
    moments.push_back({op.call, i, false});
    // When an unknown outcome was given up says nothing: at once, so that its process is free.
    moments.push_back({op.ret == kNever ? op.call : op.ret, i, true});
  }
  std::stable_sort(moments.begin(), moments.end(),
                   [](const ExcerptMoment& a, const ExcerptMoment& b) { return a.at < b.at; });
  std::vector<Event> events;
  for (const ExcerptMoment& moment : moments) {
    events.push_back(EventOf(history, moment));
    events.back().index = static_cast<int64_t>(events.size()) - 1;
  }
  return events;
}

std::vector<Event> EventsOf(const History& history) {
  std::vector<uint32_t> all(history.operations().size());
  std::iota(all.begin(), all.end(), 0);
  return EventsOf(history, all);
}

std::string Excerpt(const History& history, std::span<const uint32_t> operations) {
  std::string text;
  for (const Event& event : EventsOf(history, operations)) AppendJsonLine(event, &text);
  return text;
}

}  // namespace cleave
