// Applying commands to the values.
#include "targets/raft/server/state_machine.h"

#include <algorithm>
#include <vector>

namespace cleave::raft {
namespace {

constexpr size_t kMaxSessions = 10'000;

const Value kAbsent;

Answer NotAList(const std::string& key) {
  return ErrorAnswer(409, "not-a-list", "the value of " + key + " is not a list", true);
}

Answer Conflict() {
  return ErrorAnswer(409, "conflict", "another transaction changed what this one had read", true);
}

bool Appendable(const Value& value) { return value.is_null() || value.is_array(); }

}  // namespace

Answer ErrorAnswer(int status, const std::string& symbol, const std::string& text, bool definite) {
  const Value body = {{"error", symbol}, {"text", text}, {"definite", definite}};
  return {status, body.dump(-1, ' ', false, Value::error_handler_t::replace)};
}

Answer StateMachine::Apply(uint64_t index, const std::string& command) {
  if (command.empty()) return {};
  const Value parsed = Value::parse(command, nullptr, false);
  if (parsed.is_discarded()) return ErrorAnswer(400, "bad-request", "not a command", true);
  const auto client = parsed.find("client");
  // Bug double-apply: no session is looked up.
  if (client == parsed.end() || bug_ == Bug::kDoubleApply) return Do(parsed);

  const int64_t sequence = parsed.value("seq", int64_t{0});
  const auto [found, fresh] = sessions_.try_emplace(client->get<std::string>());
  Session& session = found->second;
  if (!fresh && sequence == session.sequence) return session.answer;
  if (!fresh && sequence < session.sequence) {
    return ErrorAnswer(409, "old-request", "the client has sent a later request since", false);
  }
  session.sequence = sequence;
  session.index = index;
  session.answer = Do(parsed);
  const Answer answer = session.answer;
  if (sessions_.size() > kMaxSessions) ForgetOldSessions();
  return answer;
}

Answer StateMachine::Do(const Value& command) {
  const std::string& f = command.at("f").get_ref<const std::string&>();
  if (f == "txn") return Transact(command);
  const std::string& key = command.at("key").get_ref<const std::string&>();
  if (f == "put") {
    values_[key] = command.at("value");
  } else if (f == "append") {
    Value& list = values_[key];
    if (!Appendable(list)) return NotAList(key);
    list.push_back(command.at("value"));
  } else if (f == "cas") {
    const Value& value = At(key);
    if (value != command.at("old")) {
      return {200, Value({{"ok", false}, {"observed", value}}).dump()};
    }
    values_[key] = command.at("new");
  }
  return {200, R"({"ok":true})"};
}

Answer StateMachine::Transact(const Value& transaction) {
  Effects effects = Try(transaction);
  // Some seeded bugs ran it when it was proposed (optimistic.h): its answer is made already.
  const auto prepared = transaction.find("answer");
  const bool ran = prepared != transaction.end();
  if (effects.refusal) return ran ? Conflict() : *effects.refusal;
  for (auto& [key, value] : effects.written) values_[key] = std::move(value);
  return {200, Value({{"ok", true}, {"ops", ran ? *prepared : effects.operations}}).dump()};
}

Effects StateMachine::Try(const Value& transaction) const {
  Effects effects;
  const auto conditions = transaction.find("if");
  if (conditions != transaction.end() && !Hold(*conditions)) {
    Value observed = Value::array();
    for (const Value& condition : *conditions) {
      const std::string& key = condition.at(0).get_ref<const std::string&>();
      observed.push_back({key, At(key)});
    }
    effects.refusal = {200, Value({{"ok", false}, {"observed", std::move(observed)}}).dump()};
    return effects;
  }
  // All or nothing: what could fail is tried first. A list stays a list, so only the state before
  // the transaction and its own writes matter.
  auto& written = effects.written;
  Value& done = effects.operations = Value::array();
  for (const Value& op : transaction.at("ops")) {
    const std::string& f = op.at(0).get_ref<const std::string&>();
    const std::string& key = op.at(1).get_ref<const std::string&>();
    if (f == "r") {
      const auto own = written.find(key);
      done.push_back({f, key, own == written.end() ? At(key) : own->second});
      continue;
    }
    Value& value = written.try_emplace(key, At(key)).first->second;
    if (f == "append") {
      if (!Appendable(value)) {
        effects.refusal = NotAList(key);
        return effects;
      }
      value.push_back(op.at(2));
    } else {
      value = op.at(2);
    }
    done.push_back(op);
  }
  return effects;
}

bool StateMachine::Hold(const Value& conditions) const {
  return std::all_of(conditions.begin(), conditions.end(), [this](const Value& condition) {
    return At(condition.at(0).get_ref<const std::string&>()) == condition.at(1);
  });
}

const Value& StateMachine::At(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? kAbsent : found->second;
}

Answer StateMachine::Get(const std::string& key) const {
  return {200, Value({{"value", At(key)}}).dump()};
}

void StateMachine::ForgetOldSessions() {
  std::vector<uint64_t> ages;
  for (const auto& [client, session] : sessions_) ages.push_back(session.index);
  std::nth_element(ages.begin(), ages.begin() + ages.size() / 2, ages.end());
  const uint64_t median = ages[ages.size() / 2];
  std::erase_if(sessions_, [&](const auto& item) { return item.second.index < median; });
}

std::string StateMachine::Serialize() const {
  Value values = Value::object();
  for (const auto& [key, value] : values_) values[key] = value;
  Value sessions = Value::object();
  for (const auto& [client, session] : sessions_) {
    sessions[client] = {session.sequence, session.index, session.answer.status,
                        session.answer.body};
  }
  return Value({{"values", std::move(values)}, {"sessions", std::move(sessions)}}).dump();
}

void StateMachine::Restore(const std::string& state) {
  const Value parsed = Value::parse(state);
  values_.clear();
  sessions_.clear();
  for (const auto& [key, value] : parsed.at("values").items()) values_[key] = value;
  for (const auto& [client, session] : parsed.at("sessions").items()) {
    Session& restored = sessions_[client];
    session.at(0).get_to(restored.sequence);
    session.at(1).get_to(restored.index);
    session.at(2).get_to(restored.answer.status);
    session.at(3).get_to(restored.answer.body);
  }
}

}  // namespace cleave::raft
