// schedule.json as text, read with errors that say where. schedule_file.cc writes it.
#include "nemesis/schedule.h"

#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/history/check.h"
#include "nemesis/registry.h"
#include "nemesis/rehearsal.h"
#include "nemesis/start_time.h"

namespace cleave {
namespace {

constexpr int64_t kMicrosecond = 1000;
constexpr std::string_view kStart = "start-";
constexpr double kLongest = 1e9;  // seconds; beyond it nanoseconds overflow

Json FaultToJson(const ScheduledFault& fault) {
  Json json;
  json["at"] = static_cast<double>(fault.at / kMicrosecond) / 1e6;
  json["f"] = fault.f;
  if (!fault.value.is_null()) json["value"] = fault.value;
  return json;
}

/// Reads members and says where something is wrong.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  [[noreturn]] void Fail(const std::string& where, const std::string& what) const {
    throw ScheduleError(name_ + ": " + (where.empty() ? "" : where + ": ") + what);
  }

  void RequireMembers(const Json& json, const std::string& where,
                      std::initializer_list<std::string_view> known) const {
    if (!json.is_object()) Fail(where, "must be an object, not " + DumpJson(json));
    for (const auto& [member, value] : json.items()) {
      if (std::find(known.begin(), known.end(), member) != known.end()) continue;
      std::string all;
      for (std::string_view name : known) all += (all.empty() ? "" : ", ") + std::string(name);
      Fail(where, "unknown member \"" + member + "\"; there are " + all);
    }
  }

  uint64_t Number(const Json& json, const char* member) const {
    if (!json.contains(member)) return 0;
    if (!json[member].is_number_unsigned())
      Fail(member, "must be a whole number, not " + DumpJson(json[member]));
    return json[member].get<uint64_t>();
  }

  int64_t At(const Json& fault, const std::string& where) const {
    if (!fault.contains("at")) Fail(where, "\"at\" is missing");
    const Json& at = fault["at"];
    if (!at.is_number()) Fail(where + ".at", "must be a number of seconds, not " + DumpJson(at));
    const double seconds = at.get<double>();
    if (!(seconds >= 0 && seconds <= kLongest))
      Fail(where + ".at", "must be 0 to 1e9 seconds, not " + DumpJson(at));
    return std::llround(seconds * 1e6) * kMicrosecond;
  }

  std::string Function(const Json& fault, const std::string& where) const {
    if (!fault.contains("f")) Fail(where, "\"f\" is missing");
    const Json& f = fault["f"];
    const std::string name = f.is_string() ? f.get<std::string>() : "";
    std::string known;
    for (const FaultInfo& info : Faults()) {
      if (name == "start-" + info.name || name == "stop-" + info.name) return name;
      known += (known.empty() ? "" : ", ") + ("start-" + info.name) + ", stop-" + info.name;
    }
    Fail(where + ".f", "must be one of " + known + ", not " + DumpJson(f));
  }

 private:
  std::string name_;
};

ScheduledFault ReadFault(const Reader& reader, const Json& json, const std::string& where) {
  reader.RequireMembers(json, where, {"at", "f", "value"});
  ScheduledFault fault;
  fault.at = reader.At(json, where);
  fault.f = reader.Function(json, where);
  if (json.contains("value")) fault.value = json["value"];
  if (!fault.value.is_null() && !fault.value.is_object()) {
    reader.Fail(where + ".value", "must be an object, not " + DumpJson(fault.value));
  }
  return fault;
}

/// What is left of a recorded schedule without an entry that is torn anywhere; a discarded value
/// where that was not the matter. What is written by hand and complete ends with brackets of its
/// own.
Json WithoutTornEntry(std::string_view text) {
  const auto trim = [&text](const char* characters) {
    text = text.substr(0, text.find_last_not_of(characters) + 1);
  };
  const Json torn(Json::value_t::discarded);
  trim(" \n");
  if (!text.starts_with("{\"nodes\": ") || text.ends_with("\n]}")) return torn;
  if (text.ends_with(",]}")) text.remove_suffix(2);  // the entry's first byte, over the end
  for (int line = 0; line < 2; ++line) {
    trim(" \n,");
    Json json = TryParseJson(std::string(text) + std::string(kScheduleEnd));
    if (!json.is_discarded()) return json;
    text = text.substr(0, text.rfind('\n') + 1);
  }
  return torn;
}

class Replay : public Generator {
 public:
  using Shared = std::shared_ptr<const std::vector<ScheduledFault>>;
  Replay(Shared faults, size_t next, int64_t start)
      : faults_(std::move(faults)), next_(next), start_(start) {}

  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    if (next_ == faults_->size()) return step;
    step.next = self;
    step.time = INT64_MAX;
    step.kind = Step::Kind::kPending;
    if (context.free.empty()) return step;
    const ScheduledFault& fault = (*faults_)[next_];
    step.kind = Step::Kind::kOp;
    step.op.f = fault.f;
    step.op.value = fault.value;
    step.thread = context.free.front();
    step.time = std::max(context.time, start_ + fault.at);
    step.next = std::make_shared<Replay>(faults_, next_ + 1, start_);
    return step;
  }

 private:
  Shared faults_;
  size_t next_;
  int64_t start_;
};

}  // namespace

std::string ToText(const Schedule& schedule) {
  std::string text = "{\"nodes\": " + std::to_string(schedule.nodes) +
                     ", \"seed\": " + std::to_string(schedule.seed) + ", \"faults\": [";
  const char* separator = "";
  for (const ScheduledFault& fault : schedule.faults) {
    text += separator + ToLine(fault);
    separator = ",";
  }
  return text + std::string(kScheduleEnd);
}

std::string ToLine(const ScheduledFault& fault) { return "\n  " + DumpJson(FaultToJson(fault)); }

Json ScheduleJson(std::string_view text, const std::string& name) {
  try {
    return ParseJson(text);
  } catch (const Json::exception& error) {
    Json json = WithoutTornEntry(text);
    if (json.is_discarded()) Reader(name).Fail("", error.what());
    return json;
  }
}

Schedule ParseSchedule(std::string_view text, const std::string& name) {
  const Reader reader(name);
  const Json json = ScheduleJson(text, name);
  reader.RequireMembers(json, "", {"nodes", "seed", "faults"});
  Schedule schedule;
  const uint64_t nodes = reader.Number(json, "nodes");
  if (nodes > 1'000'000) reader.Fail("nodes", "too many: " + std::to_string(nodes));
  schedule.nodes = static_cast<int>(nodes);
  schedule.seed = reader.Number(json, "seed");
  if (!json.contains("faults")) reader.Fail("", "\"faults\" is missing");
  if (!json["faults"].is_array()) reader.Fail("faults", "must be a list");
  for (const Json& item : json["faults"]) {
    const std::string where = "faults[" + std::to_string(schedule.faults.size()) + "]";
    ScheduledFault fault = ReadFault(reader, item, where);
    if (!schedule.faults.empty() && fault.at < schedule.faults.back().at) {
      reader.Fail(where + ".at", "is earlier than the fault before it");
    }
    schedule.faults.push_back(std::move(fault));
  }
  return schedule;
}

Schedule ReadSchedule(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::system_error(errno, std::generic_category(), "cannot read " + file.string());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad())
    throw std::system_error(EIO, std::generic_category(), "cannot read " + file.string());
  return ParseSchedule(text, file.string());
}

void ValidateSchedule(const Schedule& schedule, int nodes, const std::string& name) {
  for (size_t i = 0; i < schedule.faults.size(); ++i) {
    const ScheduledFault& fault = schedule.faults[i];
    if (!fault.f.starts_with(kStart)) continue;
    const FaultInfo* info = FindFault(fault.f.substr(kStart.size()));
    CHECK(info != nullptr) << fault.f << " was read from a schedule";
    const auto problem = Rehearse(*info, fault.value, nodes);
    if (problem) Reader(name).Fail("faults[" + std::to_string(i) + "].value", *problem);
  }
}

GeneratorPtr ReplayGenerator(const Schedule& schedule) {
  auto faults = std::make_shared<const std::vector<ScheduledFault>>(schedule.faults);
  return gen::Nemesis(
      FromStart([faults](int64_t now) { return std::make_shared<Replay>(faults, 0, now); }));
}

}  // namespace cleave
