// The made-up runs.
#include "reports/testing/sample_run.h"

#include <cmath>
#include <fstream>

#include "harness/history/check.h"

namespace cleave {
namespace {

constexpr int kNodes = 5;
constexpr int64_t kMs = 1'000'000;

/// splitmix64 (Steele et al. 2014).
class Chance {
 public:
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  uint64_t Below(uint64_t n) { return Next() % n; }

 private:
  uint64_t state_ = 1;
};

std::string NodeName(int node) { return "n" + std::to_string(node + 1); }

Json StartValue(const std::string& fault, int turn) {
  const Json evidence = {{"cut", {"n1>n3", "n3>n1"}}, {"dropped", 0}};
  if (fault == "partition") {
    return {{"shape", turn % 2 ? "halves" : "one"},
            {"nodes", {"n1", "n2"}},
            {"groups", {{"n1", "n2"}, {"n3", "n4", "n5"}}},
            {"evidence", evidence}};
  }
  return {{"nodes", {NodeName(turn % kNodes)}},
          {"evidence", {{"pid", 4000 + turn}, {"state", fault == "kill" ? "gone" : "T"}}},
          {"effective", true}};
}

Json StopValue(const std::string& fault, bool effective) {
  Json evidence = {{"healed", true}};
  if (fault == "partition")
    evidence = {{"dropped", effective ? 412 : 0},
                {"effective", effective},
                {"cut", Json::array()},
                {"healed", true}};
  return {{"nodes", {"n1", "n2"}}, {"evidence", evidence}};
}

class Maker {
 public:
  explicit Maker(const SampleOptions& options) : options_(options) {
    span_ = static_cast<int64_t>(options.operations) * 3 * kMs / 10 + 8000 * kMs;
    builder_.Reserve(options.operations * 2 + 200);
    for (int thread = 0; thread < options.concurrency; ++thread) {
      threads_.push_back({thread, 0, false, 0, Outcome::kOk, {}});
    }
  }

  History Make() {
    PlanFaults();
    for (size_t made = 0; made < options_.operations;) {
      Thread& thread =
          *std::min_element(threads_.begin(), threads_.end(),
                            [](const Thread& a, const Thread& b) { return a.at < b.at; });
      while (!plan_.empty() && plan_.front().time <= thread.at) DoFault();
      if (thread.open) {
        Complete(&thread);
      } else {
        Invoke(&thread);
        ++made;
      }
    }
    for (Thread& thread : threads_) {
      if (thread.open) Complete(&thread);
    }
    while (!plan_.empty()) DoFault();
    return builder_.Finish();
  }

 private:
  struct Thread {
    int32_t process;
    int64_t at;  // of its next event
    bool open;
    int node;
    Outcome outcome;
    RawEvent event;
  };
  struct Planned {
    int64_t time;
    EventType type;
    std::string f;
    Json value;
  };

  void PlanFaults() {
    const char* faults[] = {"partition", "kill", "pause"};
    const int64_t each = span_ / 10;
    for (int turn = 0; turn < 9; ++turn) {
      const std::string fault = faults[turn % 3];
      const int64_t from = each / 2 + turn * each, to = from + each * 6 / 10;
      const Json start = StartValue(fault, turn);
      const bool effective = options_.verdict != "vacuous";
      plan_.push_back(
          {from, EventType::kInvoke, "start-" + fault, {{"shape", start.value("shape", "")}}});
      plan_.push_back({from + 8 * kMs, EventType::kInfo, "start-" + fault, start});
      plan_.push_back({to, EventType::kInvoke, "stop-" + fault, nullptr});
      plan_.push_back(
          {to + 11 * kMs, EventType::kInfo, "stop-" + fault, StopValue(fault, effective)});
    }
  }

  void DoFault() {
    const Planned& next = plan_.front();
    active_ = next.type == EventType::kInfo && next.f.starts_with("start") ? next.f.substr(6)
              : next.type == EventType::kInfo                              ? ""
                                                                           : active_;
    Json value = next.value;
    if (!options_.hostile.empty() && value.is_object()) value["nodes"] = {options_.hostile};
    RawEvent event{.type = next.type,
                   .process = kNemesis,
                   .function = builder_.Function(next.f),
                   .value = builder_.values().FromJson(value),
                   .time = next.time};
    Add(event);
    plan_.erase(plan_.begin());
  }

  void Invoke(Thread* thread) {
    const uint64_t kind = chance_.Below(10);
    ValueTable& values = builder_.values();
    const int64_t key = static_cast<int64_t>(chance_.Below(20));
    const ValueId key_id = options_.hostile.empty() ? values.String("k" + std::to_string(key))
                                                    : values.String(options_.hostile);
    thread->node = static_cast<int>(chance_.Below(kNodes));
    thread->event = {
        .type = EventType::kInvoke,
        .process = thread->process,
        .function = kind < 5   ? kRead
                    : kind < 8 ? kWrite
                               : kCas,
        .key = key_id,
        .node = values.String(options_.hostile.empty() ? NodeName(thread->node) : options_.hostile),
        .time = thread->at};
    if (kind >= 8) {
      thread->event.value = values.FromJson({written_, written_ + 1});
    } else if (kind >= 5) {
      thread->event.value =
          options_.hostile.empty() ? values.Int(++written_) : values.String(options_.hostile);
    }
    Add(thread->event);
    Decide(thread);
    thread->open = true;
  }

  /// What will come of it, and when: touched nodes answer slowly or not at all while a fault is
  /// active.
  void Decide(Thread* thread) {
    const bool touched = !active_.empty() && thread->node < 2;
    const double sigma = 0.5;
    double ms = std::exp(sigma * std::sqrt(-2 * std::log(1 - chance_.Unit())) *
                         std::cos(6.283185307 * chance_.Unit())) *
                2.4;
    thread->outcome =
        thread->event.function == kCas && chance_.Unit() < 0.25 ? Outcome::kFail : Outcome::kOk;
    if (touched && active_ == "kill") {
      thread->outcome = Outcome::kFail;
      ms = 0.4;
    } else if (touched && chance_.Unit() < 0.4) {
      thread->outcome = thread->event.function == kRead ? Outcome::kFail : Outcome::kInfo;
      ms = 1000;
    } else if (!active_.empty()) {
      ms *= 2.5;
    }
    thread->at += static_cast<int64_t>(ms * kMs);
  }

  void Complete(Thread* thread) {
    RawEvent event = thread->event;
    ValueTable& values = builder_.values();
    event.time = thread->at;
    event.type = thread->outcome == Outcome::kOk     ? EventType::kOk
                 : thread->outcome == Outcome::kFail ? EventType::kFail
                                                     : EventType::kInfo;
    if (thread->outcome == Outcome::kOk && event.function == kRead)
      event.value = values.Int(written_);
    if (thread->outcome != Outcome::kOk) {
      const std::string symbol = event.function == kCas && thread->outcome == Outcome::kFail
                                     ? "mismatch"
                                 : active_ == "kill" ? "connection-refused"
                                                     : "timeout";
      event.error =
          options_.hostile.empty() ? values.String(symbol) : values.String(options_.hostile);
    }
    Add(event);
    thread->open = false;
    thread->at += static_cast<int64_t>(chance_.Unit() * 0.6 * kMs);
    if (thread->outcome == Outcome::kInfo) thread->process += options_.concurrency;
  }

  void Add(const RawEvent& event) {
    const auto problem = builder_.Add(event);
    CHECK(!problem) << *problem;
  }

  const SampleOptions& options_;
  HistoryBuilder builder_;
  Chance chance_;
  std::vector<Thread> threads_;
  std::vector<Planned> plan_;
  std::string active_;
  int64_t span_ = 0, written_ = 0;
};

Json MakeTest(const SampleOptions& options) {
  const std::string& bad = options.hostile;
  Json test = {{"cleave", "0.1.0"},
               {"options",
                {{"target", bad.empty() ? "raft" : bad},
                 {"workload", bad.empty() ? "register" : bad},
                 {"nemesis", {"partition", "kill", "pause"}},
                 {"bug", options.verdict == "invalid" ? "stale-read" : ""},
                 {"seed", 1},
                 {"nodes", 5},
                 {"concurrency", options.concurrency}}},
               {"command",
                {"cleave", "test", "raft", "--workload", "register", "--seed", "1", "--nemesis",
                 "partition,kill,pause"}},
               {"started", "2026-01-31T09:30:00Z"},
               {"machine", {{"kernel", "6.1.0"}, {"cores", 8}, {"memory", 34359738368}}},
               {"target", {{"name", bad.empty() ? "raft" : bad}, {"version", "0.1.0"}}},
               {"nodes", {"n1", "n2", "n3", "n4", "n5"}}};
  if (options.verdict == "invalid")
    test["command"].insert(test["command"].end(), {"--bug", "stale-read"});
  if (!bad.empty()) {
    test["options"][bad] = bad;
    test["command"].push_back(bad);
    test["machine"]["kernel"] = bad;
    test["started"] = bad;
  }
  return test;
}

/// A few operations of one key close together, as a stale read would be cited.
Json CiteOperations(const History& history, size_t from) {
  Json cited = Json::array();
  const KeyId key = history.operations()[from].key;
  for (size_t i = from; i < history.operations().size() && cited.size() < 4; ++i) {
    const Operation& op = history.operations()[i];
    if (op.key != key) continue;
    cited.push_back({{"index", op.call},
                     {"process", op.process},
                     {"text", history.Describe(i)},
                     {"outcome", OutcomeName(op.outcome)}});
  }
  return cited;
}

/// All that is cited but the last, in order, and the last cannot follow.
Json MakePartialOrder(const SampleOptions& options, const Json& cited) {
  const auto text = [&](const std::string& own) {
    return options.hostile.empty() ? own : options.hostile;
  };
  Json order = Json::array();
  for (size_t i = 0; i + 1 < cited.size(); ++i) {
    order.push_back({{"event", cited[i]["index"]}, {"state", text(std::to_string(i))}});
  }
  const Json stuck = {{"event", cited.back()["index"]},
                      {"why", text("read = 1 cannot follow: the register holds 2")}};
  return Json::array({{{"order", order}, {"stuck", Json::array({stuck})}}});
}

/// A picture of dependencies, for the sample's first anomaly: a circle of its operations.
void AddDependencies(const SampleOptions& options, Json* anomaly) {
  const auto text = [&](const std::string& usual) {
    return options.hostile.empty() ? usual : options.hostile;
  };
  const size_t count = anomaly->at("operations").size();
  Json transactions = Json::array(), edges = Json::array();
  for (size_t i = 0; i < count; ++i) {
    const std::string name = text("T" + std::to_string(i + 1));
    transactions.push_back({{"name", name},
                            {"event", anomaly->at("operations")[i]["index"]},
                            {"process", i},
                            {"operations", {text("r x [1]"), text("append y 2")}}});
    edges.push_back({{"from", name},
                     {"to", text("T" + std::to_string((i + 1) % count + 1))},
                     {"type", text("rw")},
                     {"key", text("x")},
                     {"from-op", 0},
                     {"to-op", 1},
                     {"text", text("the first did not see what the second appended")}});
  }
  (*anomaly)["detail"]["transactions"] = transactions;
  (*anomaly)["detail"]["edges"] = edges;
}

Json MakeAnomalies(const SampleOptions& options, const History& history) {
  Json anomalies = Json::array();
  const size_t count = history.operations().size();
  for (const size_t place : {count / 3, count / 2, count * 4 / 5}) {
    const Json operations = CiteOperations(history, place);
    Json anomaly = {{"name", "stale-read"},
                    {"explanation",
                     "A read returned a value that had been overwritten before the read began: "
                     "another client's write had been acknowledged, and nothing wrote the old "
                     "value again."},
                    {"operations", operations},
                    {"key", "k4"},
                    {"detail", {{"partial", MakePartialOrder(options, operations)}}}};
    if (!options.hostile.empty()) {
      for (const char* part : {"name", "explanation", "key"}) anomaly[part] = options.hostile;
    }
    anomalies.push_back(anomaly);
  }
  AddDependencies(options, &anomalies[0]);
  return anomalies;
}

Json Faults(const SampleOptions& options, const Json& nodes) {
  Json by_node = Json::object();
  for (const auto& [name, counts] : nodes.items()) {
    by_node[name] = {{"first-error-ms", 4.5}, {"recovery-ms", 212.0}};
  }
  Json faults = Json::array();
  for (const char* fault : {"partition", "kill"}) {
    faults.push_back({{"fault", options.hostile.empty() ? fault : options.hostile},
                      {"event", 2100},
                      {"at-ms", 708.0},
                      {"first-error-ms", 4.5},
                      {"recovery-ms", nullptr},
                      {"nodes", by_node}});
  }
  return faults;
}

Json MakeResults(const SampleOptions& options, const History& history) {
  const bool invalid = options.verdict == "invalid", vacuous = options.verdict == "vacuous";
  Json linear = {{"checker", "linearizable"},
                 {"verdict", invalid ? "invalid" : "valid"},
                 {"reason", invalid ? "3 of 20 keys have no linearization: a read went back in time"
                                    : "each of 20 keys has a linearization"},
                 {"anomaly-count", invalid ? 5 : 0},
                 {"anomalies", invalid ? MakeAnomalies(options, history) : Json::array()},
                 {"data", nullptr}};
  if (!options.hostile.empty()) linear["reason"] = options.hostile;
  Json nodes = Json::object();
  for (int node = 0; node < kNodes; ++node) {
    nodes[NodeName(node)] = {{"ok", 3000 + node}, {"fail", 120}, {"longest-gap-ms", 1200 + node}};
  }
  if (!options.hostile.empty()) nodes[options.hostile] = {{options.hostile, options.hostile}};
  const Json availability = {{"checker", "availability"},
                             {"verdict", "valid"},
                             {"reason", "every node answered again"},
                             {"anomaly-count", 0},
                             {"anomalies", Json::array()},
                             {"data", {{"by-node", nodes}, {"faults", Faults(options, nodes)}}}};
  const Json guard = {
      {"checker", "effective"},
      {"verdict", vacuous ? "vacuous" : "valid"},
      {"reason", vacuous ? "--nemesis asked for partition, but no packet was ever cut"
                         : "every requested fault took effect"},
      {"anomaly-count", 0},
      {"anomalies", Json::array()},
      {"data", nullptr}};
  return {{"verdict", options.verdict}, {"checkers", {linear, availability, guard}}};
}

}  // namespace

SampleRun MakeSampleRun(const SampleOptions& options) {
  History history = Maker(options).Make();
  Json results = MakeResults(options, history);
  const Json schedule = {
      {"nodes", 5},
      {"seed", 1},
      {"faults",
       {{{"at", 1.25},
         {"f", "start-partition"},
         {"value", {{"shape", options.hostile.empty() ? "halves" : options.hostile}}}},
        {{"at", 6.5}, {"f", "stop-partition"}}}}};
  return {std::move(history), MakeTest(options), schedule, std::move(results)};
}

void WriteSampleLogs(const SampleOptions& options, const std::filesystem::path& directory) {
  for (int node = 0; node < kNodes; ++node) {
    const std::filesystem::path folder = directory / "nodes" / NodeName(node);
    std::filesystem::create_directories(folder);
    std::ofstream log(folder / "raft.log", std::ios::binary);
    for (int line = 0; line < 500; ++line) {
      log << line << " INFO term " << line / 40 << " became "
          << (line % 40 == 0 ? "leader" : "follower") << "\n";
    }
    log << options.hostile << "\n";
  }
}

}  // namespace cleave
