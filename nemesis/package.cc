// One stream a fault; the soonest goes first. A stream knows when it is due, so that what a stream
// does depends on its seed and on when its operations were taken, and not on the other streams
// (but on a single node, where they take turns).
#include "nemesis/package.h"

#include <algorithm>

#include "harness/history/check.h"
#include "nemesis/registry.h"
#include "nemesis/rehearsal.h"
#include "nemesis/start_time.h"

namespace cleave {
namespace {

struct Stream {
  std::string fault;
  std::vector<std::string> shapes;  // to choose from
  Random random;
  int64_t due = 0;
  bool active = false;
};

class Package : public Generator {
 public:
  /// `exclusive`: no fault starts while another is active.
  Package(int64_t interval, bool exclusive, std::vector<Stream> streams)
      : interval_(interval), exclusive_(exclusive), streams_(std::move(streams)) {}

  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    step.kind = Step::Kind::kPending;
    step.time = INT64_MAX;
    step.next = self;
    if (context.free.empty()) return step;
    std::vector<Stream> streams = streams_;
    Stream& stream =
        *std::min_element(streams.begin(), streams.end(), [this](const Stream& a, const Stream& b) {
          if (exclusive_ && a.active != b.active) return a.active;
          return a.due < b.due;
        });
    step.kind = Step::Kind::kOp;
    step.thread = context.free.front();
    step.time = std::max(context.time, stream.due);
    step.op.f = (stream.active ? "stop-" : "start-") + stream.fault;
    if (!stream.active && !stream.shapes.empty()) {
      step.op.value["shape"] = stream.shapes[stream.random.Below(stream.shapes.size())];
    }
    stream.active = !stream.active;
    if (exclusive_ && !stream.active) {  // time to recover, before what had to wait
      for (Stream& other : streams) other.due = std::max(other.due, step.time + interval_ / 2);
    }
    stream.due = step.time + interval_ / 2 + static_cast<int64_t>(stream.random.Unit() * interval_);
    step.next = std::make_shared<Package>(interval_, exclusive_, std::move(streams));
    return step;
  }

 private:
  int64_t interval_;
  bool exclusive_;
  std::vector<Stream> streams_;
};

/// The fault and its shape ("" where none is given).
std::pair<std::string, std::string> Split(const std::string& word) {
  const size_t colon = word.find(':');
  if (colon == std::string::npos) return {word, ""};
  return {word.substr(0, colon), word.substr(colon + 1)};
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Why a shape cannot be done with so many nodes, or nothing.
std::optional<std::string> WhyNot(const FaultInfo& fault, const std::string& shape, int nodes) {
  return Rehearse(fault, {{"shape", shape}}, nodes);
}

/// The same where any shape will do.
std::optional<std::string> WhyNoShape(const FaultInfo& fault, int nodes) {
  std::optional<std::string> first;
  for (const std::string& shape : fault.shapes) {
    const auto problem = WhyNot(fault, shape, nodes);
    if (!problem) return std::nullopt;
    if (!first) first = problem;
  }
  return first;
}

Stream& StreamOf(const std::string& fault, uint64_t seed, std::vector<Stream>* streams) {
  for (Stream& stream : *streams) {
    if (stream.fault == fault) return stream;
  }
  streams->push_back({fault, {}, Random::For(seed, "nemesis " + fault), 0, false});
  return streams->back();
}

/// A fault that is named twice, with different shapes, is one stream: it cannot overlap itself.
std::vector<Stream> MakeStreams(const std::vector<std::string>& faults, int nodes, uint64_t seed) {
  std::vector<Stream> streams;
  for (const std::string& word : faults) {
    const auto [fault, shape] = Split(word);
    Stream& stream = StreamOf(fault, seed, &streams);
    const FaultInfo& info = *FindFault(fault);
    if (!shape.empty()) {
      stream.shapes.push_back(shape);
      continue;
    }
    for (const std::string& one : info.shapes) {
      if (!WhyNot(info, one, nodes)) stream.shapes.push_back(one);
    }
  }
  return streams;
}

}  // namespace

std::optional<std::string> ValidateNemesis(const std::vector<std::string>& faults, int nodes) {
  for (const std::string& word : faults) {
    const auto [fault, shape] = Split(word);
    const FaultInfo* info = FindFault(fault);
    if (info == nullptr) {
      std::vector<std::string> names;
      for (const FaultInfo& known : Faults()) names.push_back(known.name);
      return "unknown fault \"" + fault + "\"; faults: " + Join(names);
    }
    if (word == fault) {
      if (const auto problem = WhyNoShape(*info, nodes)) return problem;
      continue;
    }
    if (std::count(info->shapes.begin(), info->shapes.end(), shape) > 0) {
      if (const auto problem = WhyNot(*info, shape, nodes)) return problem;
      continue;
    }
    if (info->shapes.empty()) return "fault " + fault + " has no shapes";
    return "unknown shape \"" + shape + "\" of fault " + fault + "; shapes: " + Join(info->shapes);
  }
  return std::nullopt;
}

GeneratorPtr NemesisGenerator(const std::vector<std::string>& faults, int nodes, int64_t interval,
                              uint64_t seed) {
  if (faults.empty()) return nullptr;
  const auto problem = ValidateNemesis(faults, nodes);
  CHECK(!problem) << *problem;
  if (interval <= 0) interval = 5 * kSecond;
  const std::vector<Stream> streams = MakeStreams(faults, nodes, seed);
  return gen::Nemesis(FromStart([=](int64_t now) {
    std::vector<Stream> started = streams;
    for (Stream& stream : started) {
      stream.due =
          now + interval / 10 + static_cast<int64_t>(stream.random.Unit() * 0.4 * interval);
    }
    // The only node cannot be paused while it is down: what overlaps would not take effect.
    return std::make_shared<Package>(interval, nodes == 1, std::move(started));
  }));
}

int64_t NemesisInterval(int64_t time_limit) {
  if (time_limit <= 0) return 5 * kSecond;
  return std::clamp<int64_t>(time_limit / 5, kSecond / 10, 5 * kSecond);
}

}  // namespace cleave
