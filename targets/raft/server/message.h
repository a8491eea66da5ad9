// What nodes say to each other, what a node must remember, and their binary form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleave::raft {

/// A node's place in the cluster's list, from 0.
using NodeId = uint32_t;
inline constexpr NodeId kNobody = UINT32_MAX;

/// What must be durable before a node keeps a promise made in a term.
struct HardState {
  uint64_t term = 0;
  NodeId vote = kNobody;
  bool operator==(const HardState&) const = default;
};

/// One place of the replicated log. An empty command is a leader's no-op.
struct Entry {
  uint64_t index = 0;
  uint64_t term = 0;
  std::string command;
  bool operator==(const Entry&) const = default;
};

/// The state machine after the entry (index, term), serialised.
struct Snapshot {
  uint64_t index = 0;
  uint64_t term = 0;
  std::string state;
};

enum class MessageType : uint8_t {
  kPreVote,
  kPreVoteReply,
  kVote,
  kVoteReply,
  kAppend,       // also the heartbeat
  kAppendReply,  // also the answer to kSnapshot
  kSnapshot,
  kForward,  // a client's operation that a follower passes to the leader
  kForwardReply,
};
inline constexpr uint8_t kMessageTypes = 9;

struct Message {
  MessageType type = MessageType::kAppend;
  NodeId from = kNobody;
  NodeId to = kNobody;
  uint64_t term = 0;
  /// Votes: the candidate's last index. kAppend: the index before the entries. kAppendReply: the
  /// last index known to match, or the refused previous index. kSnapshot: the snapshot's index.
  uint64_t index = 0;
  uint64_t log_term =
      0;              // the term of the entry at `index`; a refusal's conflicting term, 0 for none
  uint64_t hint = 0;  // a refusal's: where the leader should try again
  uint64_t commit = 0;
  uint64_t round = 0;    // kAppend: the read round, echoed in its reply
  bool granted = false;  // votes: yes. kAppendReply: the log matches
  uint64_t request = 0;  // kForward, kForwardReply
  int32_t status = 0;    // kForwardReply: the HTTP status
  std::vector<Entry> entries;
  std::string payload;  // kSnapshot: the state; kForward: the operation; kForwardReply: the answer
};

/// The binary form, without a length in front.
std::string Encode(const Message& message);
/// Nothing when the bytes are not a message.
std::optional<Message> DecodeMessage(std::string_view bytes);

/// Little-endian numbers and length-prefixed strings, used here and by the storage.
class Encoder {
 public:
  void U8(uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void U32(uint32_t v);
  void U64(uint64_t v);
  void Text(std::string_view text);
  void Put(const Entry& entry);
  std::string Take() { return std::move(out_); }
  size_t size() const { return out_.size(); }

 private:
  std::string out_;
};

/// The reverse. After a read beyond the end everything is zero and ok() is false.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}
  uint8_t U8();
  uint32_t U32();
  uint64_t U64();
  std::string Text();
  Entry GetEntry();
  bool ok() const { return ok_; }
  bool AtEnd() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace cleave::raft
