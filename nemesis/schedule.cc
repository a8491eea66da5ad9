// schedule.json: written after every operation of the nemesis, read with errors that say where.
#include "nemesis/schedule.h"

#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <system_error>

#include "nemesis/registry.h"
#include "nemesis/start_time.h"

namespace cleave {
namespace {

constexpr int64_t kMicrosecond = 1000;
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
  const char* separator = "\n  ";
  for (const ScheduledFault& fault : schedule.faults) {
    text += separator + DumpJson(FaultToJson(fault));
    separator = ",\n  ";
  }
  return text + "\n]}\n";
}

Schedule ParseSchedule(std::string_view text, const std::string& name) {
  const Reader reader(name);
  Json json;
  try {
    json = ParseJson(text);
  } catch (const Json::exception& error) {
    reader.Fail("", error.what());
  }
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

void WriteSchedule(const Schedule& schedule, const std::filesystem::path& file) {
  std::filesystem::path temporary = file;
  temporary += ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << ToText(schedule);
  out.close();
  if (!out)
    throw std::system_error(errno, std::generic_category(), "cannot write " + temporary.string());
  std::filesystem::rename(temporary, file);
}

Schedule ReadSchedule(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::system_error(errno, std::generic_category(), "cannot read " + file.string());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad())
    throw std::system_error(EIO, std::generic_category(), "cannot read " + file.string());
  return ParseSchedule(text, file.string());
}

GeneratorPtr ReplayGenerator(const Schedule& schedule) {
  auto faults = std::make_shared<const std::vector<ScheduledFault>>(schedule.faults);
  return gen::Nemesis(
      FromStart([faults](int64_t now) { return std::make_shared<Replay>(faults, 0, now); }));
}

}  // namespace cleave
