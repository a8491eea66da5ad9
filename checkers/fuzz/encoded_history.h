// Bytes to small histories, so that a fuzzer reaches every one of a model: any interleaving, any
// answer, any outcome. Two bytes are an event. The first says which of four clients, and what it
// does: a client that is idle invokes, one that is not completes. The second chooses the argument,
// or a wrong answer. Most answers are those of a real object, or hardly any history would be valid.
#pragma once

#include <array>
#include <span>

#include "checkers/object/vocabulary.h"
#include "harness/history/check.h"

namespace cleave {

class EncodedHistory {
 public:
  /// `most` operations; what is open then, or at the end of the bytes, has crashed. `keys`: how
  /// many independent objects there are.
  EncodedHistory(const ModelInfo& info, const Model& model, uint32_t most, uint32_t keys)
      : info_(info), model_(model), most_(most), keys_(keys) {
    states_.fill(model.Initial());
  }

  History Decode(std::span<const uint8_t> bytes) {
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
      Client& client = clients_[bytes[i] % clients_.size()];
      const uint8_t what = bytes[i] / clients_.size();
      if (client.open) {
        Complete(&client, what, bytes[i + 1]);
      } else if (operations_ < most_) {
        Invoke(&client, what, bytes[i + 1]);
      }
    }
    return builder_.Finish();
  }

 private:
  struct Client {
    int32_t process = -1;  // a new one after a crash
    bool open = false, happened = false;
    ModelOp op;
    uint32_t key = 0;
  };

  ValueId Choose(const std::vector<ValueId>& from, uint8_t byte) const {
    return byte == 255 ? kNull : from[byte % from.size()];
  }
  void Add(const Client& client, EventType type, ValueId value, ValueId error = kNoValue,
           ValueId observed = kNoValue) {
    RawEvent event;
    event.type = type;
    event.process = client.process;
    event.function = client.op.function;
    event.key = keys_ > 1 ? builder_.values().Int(client.key) : kNoValue;
    event.value = value;
    event.error = error;
    event.observed = observed;
    const auto refused = builder_.Add(event);
    CHECK(!refused) << *refused;
  }

  /// what: 3 bits of function, 1 that it happens at once, 2 of key.
  void Invoke(Client* client, uint8_t what, uint8_t argument) {
    if (client->process < 0) client->process = next_process_++;
    const std::string& name = info_.functions[what % 8 % info_.functions.size()];
    client->op = {};
    client->op.function = words_.Function(name);
    client->op.process = client->process;
    client->op.input = model_.Observes(client->op) && name != "txn"
                           ? kNull
                           : Choose(words_.Inputs(info_, name), argument);
    if (name == "cas" && client->op.input == kNull)
      client->op.input = words_.Inputs(info_, name)[0];
    client->key = what / 16 % keys_;
    client->open = true;
    client->happened = false;
    ++operations_;
    Add(*client, EventType::kInvoke, client->op.input);
    if (what & 8) Happen(client, argument);
  }

  /// The object answers, if it can; which of its answers, `choice` says.
  void Happen(Client* client, uint8_t choice) {
    if (client->happened) return;
    const std::vector<ValueId>& answers = words_.Answers(info_);
    ModelState& state = states_[client->key];
    for (size_t attempt = 0; attempt <= answers.size(); ++attempt) {
      client->op.output = attempt == 0 ? kNull : answers[(choice + attempt) % answers.size()];
      std::vector<ModelState> next;
      model_.Step(state, client->op, &next);
      if (next.empty()) continue;
      state = next[choice % next.size()];
      client->happened = true;
      return;
    }
  }

  void Complete(Client* client, uint8_t what, uint8_t argument) {
    client->open = false;
    const ValueId spoilt = Choose(words_.Answers(info_), argument);
    switch (what % 8) {
      case 5: Add(*client, EventType::kOk, spoilt); return;
      case 6:
        if (argument & 1) Happen(client, argument);
        Add(*client, EventType::kInfo, client->op.input);
        client->process = -1;
        return;
      case 7:
        if (argument & 128) {
          Add(*client, EventType::kFail, client->op.input, kNoValue, spoilt);
        } else {
          Mismatch(client, argument & 1);
        }
        return;
      default: break;
    }
    Happen(client, argument);
    if (client->happened) return Add(*client, EventType::kOk, client->op.output);
    Mismatch(client, true);
  }
  void Mismatch(Client* client, bool says_so) {
    Add(*client, EventType::kFail, client->op.input,
        says_so ? builder_.values().String("mismatch") : kNoValue);
  }

  const Vocabulary& words_ = Vocabulary::Get();
  const ModelInfo& info_;
  const Model& model_;
  const uint32_t most_, keys_;
  HistoryBuilder builder_ = words_.Builder();
  std::array<Client, 4> clients_;
  std::array<ModelState, 4> states_;  // by key
  uint32_t operations_ = 0;
  int32_t next_process_ = 0;
};

/// For the messages of what went wrong.
inline std::string WordsOf(const History& history) {
  std::string text;
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    text += "[" + std::to_string(op.call) + "," +
            (op.ret == kNever ? "∞" : std::to_string(op.ret)) + "] p" + std::to_string(op.process) +
            " " + OutcomeName(op.outcome) + " " + history.Describe(i) + "\n";
  }
  return text;
}

}  // namespace cleave
