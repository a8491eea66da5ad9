// The consensus core: Raft as a deterministic state machine without I/O and without a clock.
//
// Inputs are messages, the time, proposals, reads and "that batch is durable now"; outputs are
// messages, batches to make durable, committed entries and confirmed reads. Invariant: a message
// that promises something (a vote, a matching log) leaves only after what it promises is durable.
// Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014); pre-vote, the
// leader's step-down and read index as in Ongaro's thesis (2014), sections 9.6, 6.2 and 6.4.
#pragma once

#include <string>
#include <vector>

#include "harness/run/random.h"
#include "targets/raft/server/bugs.h"
#include "targets/raft/server/log.h"

namespace cleave::raft {

/// Times are milliseconds.
struct CoreOptions {
  NodeId self = 0;
  uint32_t nodes = 1;
  int64_t election_min = 200;
  int64_t election_max = 400;
  int64_t heartbeat = 40;
  /// A leader that has not heard from a majority for this long steps down.
  int64_t quorum_timeout = 1000;
  uint64_t seed = 1;
  Bug bug = Bug::kNone;
};

/// What must become durable, as one unit, before `messages` may leave.
struct Batch {
  uint64_t sequence = 0;
  std::optional<HardState> hard_state;
  /// Replace the durable log from entries[0].index on.
  std::vector<Entry> entries;
  /// When set, the durable log is written anew: it begins after (base_index, base_term), and
  /// `entries` are all that it holds. hard_state is set then.
  std::shared_ptr<const Snapshot> snapshot;
  uint64_t base_index = 0;
  uint64_t base_term = 0;
  std::vector<Message> messages;
  /// Nothing to write: the messages may leave at once.
  bool Clean() const { return !hard_state && entries.empty() && !snapshot; }
};

/// What a restarted node found on its disk.
struct Recovered {
  HardState hard_state;
  std::shared_ptr<const Snapshot> snapshot;  // nullptr: none
  Log log;
};

enum class Role : uint8_t { kFollower, kPreCandidate, kCandidate, kLeader };
const char* RoleName(Role role);

struct ConfirmedRead {
  uint64_t read;
  uint64_t index;  // answer from a state that has applied at least this
};

class RaftCore {
 public:
  /// `now` is the time of every call that has none of its own.
  RaftCore(const CoreOptions& options, Recovered recovered, int64_t now);

  void Tick(int64_t now);
  /// Tick has something to do then, not before.
  int64_t Deadline() const;
  void Step(Message message, int64_t now);
  /// The entry's place, or nothing on a node that does not lead.
  std::optional<Entry> Propose(std::string command);
  /// Asks for the index that a linearizable read must have applied. False on a node that does not
  /// lead.
  bool Read(uint64_t read);
  /// A snapshot of the applied state; entries up to `keep_after` are dropped.
  void Compact(std::shared_ptr<const Snapshot> snapshot, uint64_t keep_after);

  std::vector<Message> TakeMessages();
  /// Nothing while there is neither something to write nor a message that waits. Batches are to be
  /// made durable in order; then Persisted(sequence), and only then their messages leave.
  std::optional<Batch> TakePersist();
  void Persisted(uint64_t sequence);
  /// Committed entries, in order, each once.
  std::vector<Entry> TakeCommitted();
  /// A snapshot from the leader that replaces the state machine's state: take it before the
  /// entries.
  std::shared_ptr<const Snapshot> TakeInstalled() { return std::exchange(installed_, nullptr); }
  std::vector<ConfirmedRead> TakeReads() { return std::exchange(confirmed_, {}); }
  /// Reads that were asked for and cannot be confirmed: this node no longer leads.
  std::vector<uint64_t> TakeFailedReads() { return std::exchange(failed_reads_, {}); }
  /// What happened, for the log, in words.
  std::vector<std::string> TakeNotes() { return std::exchange(notes_, {}); }

  Role role() const { return role_; }
  uint64_t term() const { return hard_.term; }
  NodeId leader() const { return leader_; }
  uint64_t commit() const { return commit_; }
  uint64_t stable() const { return stable_; }
  const Log& log() const { return log_; }
  uint64_t snapshot_index() const { return snapshot_ ? snapshot_->index : 0; }
  uint64_t snapshot_bytes() const { return snapshot_ ? snapshot_->state.size() : 0; }

 private:
  struct Progress {
    uint64_t match = 0;
    uint64_t next = 1;
    uint64_t round = 0;   // the newest read round it answered
    bool probing = true;  // where the logs agree is not known yet: one message at a time
    bool probe_sent = false;
    int64_t heard = 0;
    int64_t snapshot_until = 0;
  };
  struct PendingRead {
    uint64_t read;
    uint64_t index;
    uint64_t round;
  };

  // Elections: core_election.cc.
  void ResetElectionTimer();
  void BecomeFollower(uint64_t term, NodeId leader);
  void Campaign(bool pre_vote);
  void BecomeLeader();
  void CheckQuorum();
  bool HeardFromLeader() const;
  bool UpToDate(const Message& request) const;
  void HandleVoteRequest(const Message& message);
  void HandleVoteReply(const Message& message);

  // Replication: core_replication.cc.
  void Heartbeat();
  void Replicate(NodeId peer);
  void SendAppend(NodeId peer, std::vector<Entry> entries);
  void HandleAppend(Message message);
  void AcceptEntries(std::vector<Entry> entries);
  void RefuseAppend(const Message& message);
  void HandleAppendReply(const Message& message);
  void HandleSnapshot(Message message);
  void MaybeCommit();
  uint64_t ConfirmedRound() const;
  void AckReads();
  bool OwnTermRule() const;
  void AppendEntry(Entry entry);
  void TruncateLog(uint64_t index);

  Message Make(MessageType type, NodeId to) const;
  void Promise(Message message);  // leaves when everything until now is durable
  bool HardStateDurable() const { return !hard_dirty_ && !hard_in_flight_; }
  void Note(std::string text) { notes_.push_back(std::move(text)); }
  uint32_t Majority() const { return options_.nodes / 2 + 1; }

  CoreOptions options_;
  Random random_;
  int64_t now_ = 0;
  HardState hard_;
  Log log_;
  std::shared_ptr<const Snapshot> snapshot_;

  Role role_ = Role::kFollower;
  NodeId leader_ = kNobody;
  int64_t heard_leader_ = 0;
  int64_t election_due_ = 0;
  int64_t heartbeat_due_ = 0;
  std::vector<bool> votes_;
  std::vector<Progress> progress_;
  uint64_t first_own_index_ = 0;  // a leader's: its no-op

  uint64_t commit_ = 0;
  uint64_t applied_ = 0;  // handed out by TakeCommitted

  uint64_t round_ = 0;
  bool reads_waiting_ = false;  // some pending read needs a round that has not begun
  std::vector<PendingRead> pending_reads_;
  std::vector<ConfirmedRead> confirmed_;
  std::vector<uint64_t> failed_reads_;

  // Durability. Entries in (stable_, LastIndex()] are not known to be durable; those from
  // persist_from_ on were not yet handed out in a batch.
  uint64_t stable_ = 0;
  uint64_t persist_from_ = 1;
  bool hard_dirty_ = false;
  bool hard_in_flight_ = false;
  bool rewrite_ = false;
  uint64_t sequence_ = 0;
  uint64_t ignore_until_ = 0;  // batches up to this were overtaken by a truncation
  struct InFlight {
    uint64_t sequence;
    uint64_t last_index;  // 0: no entries
    bool hard_state;
  };
  std::vector<InFlight> in_flight_;

  std::vector<Message> messages_;
  std::vector<Message> promises_;
  std::shared_ptr<const Snapshot> installed_;
  std::vector<std::string> notes_;
};

}  // namespace cleave::raft
