// See availability.h.
#include "checkers/run/availability.h"

#include <algorithm>

#include "checkers/run/fault_spans.h"

namespace cleave {
namespace {

constexpr size_t kMostFaults = 1000;

/// What happened on one node, each in order of time.
struct NodeTimes {
  std::vector<int64_t> ok;                              // completions that are an answer
  std::vector<int64_t> bad;                             // other fail and info completions
  std::vector<std::pair<int64_t, int64_t>> ok_by_call;  // (call, completion) of ok operations
  std::vector<int64_t> first_ok_after;  // the earliest completion from there to the end
  int64_t longest_gap = 0, gap_begin = 0;
};

double Ms(int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

void Finish(NodeTimes* node, int64_t begin, int64_t end) {
  std::sort(node->ok.begin(), node->ok.end());
  std::sort(node->bad.begin(), node->bad.end());
  std::sort(node->ok_by_call.begin(), node->ok_by_call.end());
  node->first_ok_after.assign(node->ok_by_call.size(), INT64_MAX);
  int64_t earliest = INT64_MAX;
  for (size_t i = node->ok_by_call.size(); i-- > 0;) {
    earliest = std::min(earliest, node->ok_by_call[i].second);
    node->first_ok_after[i] = earliest;
  }
  int64_t last = begin;
  const auto gap = [&](int64_t until) {
    if (until - last > node->longest_gap) node->longest_gap = until - last, node->gap_begin = last;
    last = until;
  };
  for (const int64_t t : node->ok) gap(t);
  gap(end);
}

/// null where there was none before `until`.
Json FirstError(const NodeTimes& node, int64_t from, int64_t until) {
  const auto it = std::lower_bound(node.bad.begin(), node.bad.end(), from);
  if (it == node.bad.end() || *it > until) return nullptr;
  return Ms(*it - from);
}

/// The longest time without an answer from `from` to `until`.
Json LongestGap(const NodeTimes& node, int64_t from, int64_t until) {
  int64_t longest = 0, last = from;
  auto it = std::lower_bound(node.ok.begin(), node.ok.end(), from);
  for (; it != node.ok.end() && *it < until; ++it) {
    longest = std::max(longest, *it - last);
    last = *it;
  }
  return Ms(std::max(longest, until - last));
}

Json Recovery(const NodeTimes& node, int64_t healed) {
  const auto it = std::lower_bound(node.ok_by_call.begin(), node.ok_by_call.end(),
                                   std::pair(healed, INT64_MIN));
  if (it == node.ok_by_call.end()) return nullptr;
  return Ms(node.first_ok_after[static_cast<size_t>(it - node.ok_by_call.begin())] - healed);
}

Json FaultJson(const FaultSpan& window, const std::vector<NodeTimes>& nodes,
               std::span<const std::string> names, int64_t end) {
  Json json = {{"fault", window.fault},          {"event", window.begin},
               {"at-ms", Ms(window.begin_time)}, {"lasted-ms", nullptr},
               {"effective", window.effective},  {"touched", window.nodes}};
  const int64_t stopped = window.end_time == kNoTime ? end : window.end_time;
  const int64_t healed = window.healed_time == kNoTime ? stopped : window.healed_time;
  if (window.end_time != kNoTime) json["lasted-ms"] = Ms(window.end_time - window.begin_time);
  Json by_node = Json::object();
  for (size_t n = 1; n < nodes.size(); ++n) {
    by_node[names[n]] = {
        {"first-error-ms", FirstError(nodes[n], window.begin_time, healed)},
        {"recovery-ms", window.healed_time == kNoTime ? Json() : Recovery(nodes[n], healed)},
        {"longest-gap-ms", LongestGap(nodes[n], window.begin_time, healed)}};
  }
  json["first-error-ms"] = FirstError(nodes[0], window.begin_time, healed);
  json["recovery-ms"] = window.healed_time == kNoTime ? Json() : Recovery(nodes[0], healed);
  json["longest-gap-ms"] = LongestGap(nodes[0], window.begin_time, healed);
  json["nodes"] = std::move(by_node);
  return json;
}

/// A failed operation that tells what the state was is as good an answer as an ok: the store was
/// there.
bool IsAnswer(const Operation& op) {
  return op.outcome == Outcome::kOk ||
         (op.outcome == Outcome::kFail && (op.mismatch || op.has_observed));
}

}  // namespace

CheckResult CheckAvailability(const History& history, const CheckOptions&) {
  CheckResult result;
  result.checker = "availability";
  const auto ops = history.operations();
  std::vector<NodeTimes> nodes(history.node_names().size());  // 0: all together
  int64_t begin = INT64_MAX, end = INT64_MIN;
  for (size_t i = 0; i < ops.size(); ++i) {
    const Times& t = history.times()[i];
    if (t.call == kNoTime) continue;
    begin = std::min(begin, t.call);
    end = std::max({end, t.call, t.ret});
    if (t.ret == kNoTime) continue;
    const uint16_t own = history.nodes()[i];
    for (const uint16_t n : {uint16_t{0}, own}) {
      if (IsAnswer(ops[i])) {
        nodes[n].ok.push_back(t.ret);
        nodes[n].ok_by_call.emplace_back(t.call, t.ret);
      } else {
        nodes[n].bad.push_back(t.ret);
      }
      if (own == 0) break;
    }
  }
  if (begin > end) {
    result.reason = "no operation has a time";
    return result;
  }
  for (NodeTimes& node : nodes) Finish(&node, begin, end);
  const std::vector<FaultSpan> windows = FaultSpans(history);
  Json faults = Json::array();
  for (size_t i = 0; i < windows.size() && i < kMostFaults; ++i) {
    if (windows[i].begin_time == kNoTime) continue;
    faults.push_back(FaultJson(windows[i], nodes, history.node_names(), end));
  }
  Json by_node = Json::object();
  for (size_t n = 1; n < nodes.size(); ++n) {
    by_node[history.node_names()[n]] = {{"ok", nodes[n].ok.size()},
                                        {"not-ok", nodes[n].bad.size()},
                                        {"longest-gap-ms", Ms(nodes[n].longest_gap)},
                                        {"gap-begins-ms", Ms(nodes[n].gap_begin)}};
  }
  result.data = {{"longest-gap-ms", Ms(nodes[0].longest_gap)},
                 {"gap-begins-ms", Ms(nodes[0].gap_begin)},
                 {"by-node", std::move(by_node)},
                 {"faults", std::move(faults)}};
  result.reason = "the longest time without an ok operation was " +
                  std::to_string(nodes[0].longest_gap / 1'000'000) + " ms, through " +
                  std::to_string(windows.size()) + " faults";
  return result;
}

}  // namespace cleave
