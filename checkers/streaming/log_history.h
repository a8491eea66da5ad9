// What sends to and polls of Kafka-style logs say before anything is judged: which messages there
// are, at which offsets, and each operation's messages in order.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <span>
#include <vector>

#include "checkers/streaming/findings.h"

namespace cleave {

/// One message of one log: a value, which is to be sent once.
struct LogMessage {
  uint32_t key;  // the log
  ValueId value;
  uint32_t send = kNone;    // an operation that sent it: one that did not fail, if there is one
  uint32_t sends = 0;       // operations that sent it and did not fail
  uint32_t polled = kNone;  // the first operation that polled it
  uint32_t index = kNone;   // its place among the known offsets of all logs
  uint32_t places = 0;      // how many it has
};

/// A message in an operation.
struct LogMop {
  uint32_t message;
  bool poll;
};

struct LogOperation {
  uint32_t operation;
  uint32_t begin, end;  // into LogHistory::mops
};

/// A log: a name, and the independent key that it is of.
struct LogKey {
  KeyId independent;
  ValueId name;
};

/// Where a message certainly is: an ok send or a poll says so.
struct LogPlace {
  uint32_t key;
  uint32_t message;
  int64_t offset;
  uint32_t operation;
};

class LogHistory {
 public:
  /// Throws std::invalid_argument for what is no send or poll, and OutOfTime. Keeps `findings`.
  explicit LogHistory(Findings* findings);

  std::vector<LogKey> keys;
  std::vector<LogMessage> messages;
  std::vector<LogMop> mops;
  /// Sends, polls and txns that did not fail, and ok or info assigns and subscribes, in call order.
  std::vector<LogOperation> operations;
  /// By key, then offset; each message at an offset at least once.
  std::vector<LogPlace> places;
  uint64_t polls = 0;  // messages of ok polls

  FunctionId assign, subscribe;
  /// The log of that name; kNone where there is none.
  uint32_t FindKey(KeyId independent, ValueId name);

 private:
  void Take(uint32_t operation);
  void Send(uint32_t operation, std::span<const ValueId> asked, std::span<const ValueId> answer);
  void Poll(uint32_t operation, ValueId logs);
  uint32_t Key(KeyId independent, ValueId name);
  uint32_t Message(uint32_t key, ValueId value);
  void Place(uint32_t operation, uint32_t message, ValueId offset);
  [[noreturn]] void Bad(uint32_t operation, ValueId value) const;
  bool Is(ValueId word, std::string_view name) const;

  Findings& findings_;
  const ValueTable& values_;
  SameNumbers same_;
  const FunctionId send_, poll_, crash_, debug_;
  boost::unordered_flat_map<uint64_t, uint32_t> key_of_name_;  // (independent key, name)
  boost::unordered_flat_map<uint64_t, uint32_t> message_of_;   // (key, value)
  std::vector<int64_t> placed_;                                // by message: its last known offset
};

}  // namespace cleave
