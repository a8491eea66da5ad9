// Witness files; see witness.h.
#include "checkers/witness.h"

#include <algorithm>
#include <istream>
#include <map>
#include <ostream>
#include <stdexcept>

#include "checkers/no_index.h"

namespace cleave {

void WriteWitnesses(std::ostream& out, const History& history,
                    const std::vector<Witness>& witnesses) {
  for (const Witness& witness : witnesses) {
    const Json key =
        witness.key == kNoKey ? Json() : history.values().ToJson(history.keys()[witness.key]);
    out << "{\"model\":" << DumpJson(witness.model);
    if (!witness.level.empty()) out << ",\"level\":" << DumpJson(witness.level);
    out << ",\"key\":" << DumpJson(key) << ",\"order\":[";
    const char* comma = "";
    for (const uint32_t i : witness.order) {
      out << comma << history.operations()[i].call;
      comma = ",";
    }
    out << "]}\n";
  }
}

namespace {

class WitnessReader {
 public:
  explicit WitnessReader(const History& history) : operation_at_(history.event_count(), kNone) {
    const auto ops = history.operations();
    for (uint32_t i = 0; i < ops.size(); ++i) operation_at_[ops[i].call] = i;
    const auto keys = history.keys();
    for (KeyId key = 0; key < keys.size(); ++key) {
      key_of_.emplace(history.values().ToJson(keys[key]), key);
    }
  }

  Witness Parse(const std::string& line) const {
    const Json json = ParseJson(line);
    Witness witness;
    witness.model = json.at("model").get<std::string>();
    if (json.contains("level")) witness.level = json.at("level").get<std::string>();
    if (!json.at("key").is_null()) witness.key = Key(json.at("key"));
    for (const Json& event : json.at("order")) {
      const auto at = event.get<uint64_t>();
      if (at >= operation_at_.size() || operation_at_[at] == kNone) {
        throw std::invalid_argument("event " + std::to_string(at) + " invokes no operation");
      }
      witness.order.push_back(operation_at_[at]);
    }
    return witness;
  }

 private:
  KeyId Key(const Json& json) const {
    if (const auto it = key_of_.find(json); it != key_of_.end()) return it->second;
    throw std::invalid_argument("the history has no key " + DumpJson(json));
  }

  std::map<Json, KeyId> key_of_;
  std::vector<uint32_t> operation_at_;  // by the position of its invocation
};

}  // namespace

std::vector<Witness> ReadWitnesses(std::istream& in, const History& history) {
  const WitnessReader reader(history);
  std::vector<Witness> witnesses;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    try {
      witnesses.push_back(reader.Parse(line));
    } catch (const std::exception& problem) {
      throw std::invalid_argument("line " + std::to_string(number) +
                                  " is no witness: " + problem.what());
    }
  }
  return witnesses;
}

std::optional<std::string> Verify(const History& history, const std::vector<Witness>& witnesses,
                                  const VerifyOptions& options) {
  const auto of_object = [](const Witness& witness) { return witness.level.empty(); };
  if (std::all_of(witnesses.begin(), witnesses.end(), of_object))
    return VerifyObjects(history, witnesses, options);
  for (const Witness& witness : witnesses) {
    if (auto refused = VerifyTransactions(history, witness)) return refused;
  }
  return std::nullopt;
}

}  // namespace cleave
