// One stream a fault; the soonest goes first. A stream knows when it is due, so that what a stream
// does depends on its seed and on when its operations were taken, and not on the other streams.
#include "nemesis/package.h"

#include <algorithm>

#include "harness/history/check.h"
#include "nemesis/registry.h"
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
  Package(int64_t interval, std::vector<Stream> streams)
      : interval_(interval), streams_(std::move(streams)) {}

  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    step.kind = Step::Kind::kPending;
    step.time = INT64_MAX;
    step.next = self;
    if (context.free.empty()) return step;
    std::vector<Stream> streams = streams_;
    Stream& stream =
        *std::min_element(streams.begin(), streams.end(),
                          [](const Stream& a, const Stream& b) { return a.due < b.due; });
    step.kind = Step::Kind::kOp;
    step.thread = context.free.front();
    step.time = std::max(context.time, stream.due);
    step.op.f = (stream.active ? "stop-" : "start-") + stream.fault;
    if (!stream.active && !stream.shapes.empty()) {
      step.op.value["shape"] = stream.shapes[stream.random.Below(stream.shapes.size())];
    }
    stream.active = !stream.active;
    stream.due = step.time + interval_ / 2 + static_cast<int64_t>(stream.random.Unit() * interval_);
    step.next = std::make_shared<Package>(interval_, std::move(streams));
    return step;
  }

 private:
  int64_t interval_;
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

Stream& StreamOf(const std::string& fault, uint64_t seed, std::vector<Stream>* streams) {
  for (Stream& stream : *streams) {
    if (stream.fault == fault) return stream;
  }
  streams->push_back({fault, {}, Random::For(seed, "nemesis " + fault), 0, false});
  return streams->back();
}

/// A fault that is named twice, with different shapes, is one stream: it cannot overlap itself.
std::vector<Stream> MakeStreams(const std::vector<std::string>& faults, uint64_t seed) {
  std::vector<Stream> streams;
  for (const std::string& word : faults) {
    const auto [fault, shape] = Split(word);
    Stream& stream = StreamOf(fault, seed, &streams);
    const std::vector<std::string>& all = FindFault(fault)->shapes;
    if (shape.empty()) {
      stream.shapes.insert(stream.shapes.end(), all.begin(), all.end());
    } else {
      stream.shapes.push_back(shape);
    }
  }
  return streams;
}

}  // namespace

std::optional<std::string> ValidateNemesis(const std::vector<std::string>& faults) {
  for (const std::string& word : faults) {
    const auto [fault, shape] = Split(word);
    const FaultInfo* info = FindFault(fault);
    if (info == nullptr) {
      std::vector<std::string> names;
      for (const FaultInfo& known : Faults()) names.push_back(known.name);
      return "unknown fault \"" + fault + "\"; faults: " + Join(names);
    }
    if (shape.empty() && word == fault) continue;
    if (std::count(info->shapes.begin(), info->shapes.end(), shape) > 0) continue;
    if (info->shapes.empty()) return "fault " + fault + " has no shapes";
    return "unknown shape \"" + shape + "\" of fault " + fault + "; shapes: " + Join(info->shapes);
  }
  return std::nullopt;
}

GeneratorPtr NemesisGenerator(const std::vector<std::string>& faults, int64_t interval,
                              uint64_t seed) {
  if (faults.empty()) return nullptr;
  const auto problem = ValidateNemesis(faults);
  CHECK(!problem) << *problem;
  if (interval <= 0) interval = 5 * kSecond;
  const std::vector<Stream> streams = MakeStreams(faults, seed);
  return gen::Nemesis(FromStart([=](int64_t now) {
    std::vector<Stream> started = streams;
    for (Stream& stream : started) {
      stream.due =
          now + interval / 10 + static_cast<int64_t>(stream.random.Unit() * 0.4 * interval);
    }
    return std::make_shared<Package>(interval, std::move(started));
  }));
}

int64_t NemesisInterval(int64_t time_limit) {
  if (time_limit <= 0) return 5 * kSecond;
  return std::clamp<int64_t>(time_limit / 5, kSecond / 10, 5 * kSecond);
}

}  // namespace cleave
