// See nemesis.h. Nothing may escape from Invoke: what a fault throws becomes part of the history.
#include "nemesis/nemesis.h"

#include <exception>

namespace cleave {
namespace {

std::string TextOf(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something that is not an exception was thrown";
  }
}

std::string Words(const Json& names) {
  std::string text;
  for (const Json& name : names) {
    text +=
        (text.empty() ? "" : " ") + (name.is_string() ? name.get<std::string>() : DumpJson(name));
  }
  return text;
}

bool IsTrue(const Json& evidence, const char* member) {
  const auto found = evidence.find(member);
  return found != evidence.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace

std::string DescribeFault(const std::string& fault, const Json& parameters) {
  if (!parameters.is_object()) return fault;
  const auto groups = parameters.find("groups");
  if (groups != parameters.end() && groups->is_array()) {
    std::string text;
    for (const Json& group : *groups) {
      if (!text.empty()) text += IsTrue(parameters, "one-way") ? ">" : "|";
      text += Words(group);
    }
    return fault + " " + text;
  }
  if (fault == "partition" && parameters.contains("shape"))
    return fault + " " + DumpJson(parameters["shape"]);
  return parameters.contains("nodes") ? fault + " " + Words(parameters["nodes"]) : fault;
}

Nemesis::Nemesis(Cluster& cluster, Target& target, uint64_t seed,
                 const std::filesystem::path& schedule_file, std::span<const FaultInfo> faults)
    : cluster_(cluster),
      target_(target),
      random_(Random::For(seed, "nemesis choices")),
      context_{cluster_, target_, random_} {
  for (const FaultInfo& info : faults)
    states_.push_back({info.name, info.make(), nullptr, false, false});
  schedule_.nodes = static_cast<int>(cluster.nodes().size());
  schedule_.seed = seed;
  if (!schedule_file.empty()) file_.emplace(schedule_file, schedule_);
}

asio::awaitable<Completion> Nemesis::Invoke(const Invocation& invocation) {
  for (State& state : states_) {
    if (invocation.f == "start-" + state.name) co_return co_await Start(state, invocation);
    if (invocation.f == "stop-" + state.name) co_return co_await Stop(state, invocation);
  }
  co_return Complete(Json::object(), Failure{"unknown-fault", "there is no " + invocation.f});
}

asio::awaitable<Completion> Nemesis::Start(State& state, const Invocation& invocation) {
  if (state.active) {
    co_return Complete(Json::object(),
                       Failure{"already-active", state.name + " is active already"});
  }
  std::optional<Failure> failure;
  Json parameters;
  try {
    parameters = co_await state.fault->Choose(context_, invocation.value);
  } catch (...) {
    failure = Failure{"choose", TextOf(std::current_exception())};
  }
  if (failure) co_return Complete(Json::object(), failure);
  // Before the harm is done: a crash in the middle of it must leave it in the schedule.
  Record(invocation, parameters);
  state.parameters = parameters;
  state.active = true;
  state.effective = false;
  Json value = std::move(parameters);
  value["evidence"] = co_await InjectAndObserve(state, &failure);
  co_return Complete(std::move(value), failure);
}

asio::awaitable<Completion> Nemesis::Stop(State& state, const Invocation& invocation) {
  if (!state.active) {
    co_return Complete(Json::object(), Failure{"not-active", state.name + " is not active"});
  }
  Record(invocation, nullptr);
  std::optional<Failure> failure;
  Evidence evidence = co_await TryObserve(state);
  state.effective = state.effective || IsTrue(evidence, "effective");
  evidence.update(co_await HealAndObserve(state, &failure));
  evidence["effective"] = state.effective;
  if (IsTrue(evidence, "healed")) state.active = false;
  Json value;
  if (state.parameters.contains("nodes")) value["nodes"] = state.parameters["nodes"];
  value["evidence"] = std::move(evidence);
  co_return Complete(std::move(value), failure);
}

asio::awaitable<Evidence> Nemesis::InjectAndObserve(State& state, std::optional<Failure>* failure) {
  try {
    co_await state.fault->Inject(context_, state.parameters);
  } catch (...) {
    *failure = Failure{"inject", TextOf(std::current_exception())};
  }
  Evidence evidence = co_await TryObserve(state);
  state.effective = IsTrue(evidence, "effective");
  co_return evidence;
}

asio::awaitable<Evidence> Nemesis::HealAndObserve(State& state, std::optional<Failure>* failure) {
  try {
    co_await state.fault->Heal(context_);
  } catch (...) {
    *failure = Failure{"heal", TextOf(std::current_exception())};
  }
  Evidence evidence = co_await TryObserve(state);
  if (!evidence.contains("healed")) evidence["healed"] = false;
  co_return evidence;
}

/// What cannot be observed is no evidence, and says why.
asio::awaitable<Evidence> Nemesis::TryObserve(State& state) {
  Evidence evidence;
  try {
    evidence = co_await state.fault->Observe(context_);
  } catch (...) {
    evidence = Evidence::object();
    evidence["unobserved"] = TextOf(std::current_exception());
  }
  co_return evidence;
}

void Nemesis::Record(const Invocation& invocation, const Json& value) {
  schedule_.faults.push_back({std::max<int64_t>(0, invocation.time - epoch_), invocation.f, value});
  if (!file_) return;
  try {
    file_->Append(schedule_.faults.back());
    schedule_error_.clear();
  } catch (const std::exception& error) {
    schedule_error_ = error.what();
  }
}

Completion Nemesis::Complete(Json value, const std::optional<Failure>& failure) {
  Completion completion;
  completion.outcome = Outcome::kInfo;
  if (failure) {
    completion.error = failure->symbol;
    completion.text = failure->text;
    value["error"] = failure->text;
  }
  if (!schedule_error_.empty()) value["schedule-error"] = schedule_error_;
  completion.value = std::move(value);
  return completion;
}

std::vector<Op> Nemesis::HealOps() const {
  std::vector<Op> ops;
  for (const State& state : states_) {
    if (!state.active) continue;
    Op op;
    op.f = "stop-" + state.name;
    ops.push_back(std::move(op));
  }
  return ops;
}

std::vector<std::string> Nemesis::Active() const {
  std::vector<std::string> words;
  for (const State& state : states_) {
    if (state.active) words.push_back(DescribeFault(state.name, state.parameters));
  }
  return words;
}

}  // namespace cleave
