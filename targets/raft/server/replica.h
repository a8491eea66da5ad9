// One node without its I/O: the consensus core, the state machine, and the clients that wait.
//
// Deterministic like the core: the simulation runs the same code as the server. Every submitted
// operation is answered once; an error says whether it is definite (nothing was or will be done).
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "targets/raft/server/core.h"
#include "targets/raft/server/optimistic.h"

namespace cleave::raft {

struct ReplicaOptions {
  CoreOptions core;
  std::vector<std::string> names;    // of the nodes
  uint64_t snapshot_entries = 5000;  // applied between snapshots, more when the state is large
  uint64_t keep_entries = 1000;      // kept behind a snapshot for slow followers
  int64_t request_timeout = 5000;    // milliseconds until a waiting client is told "timeout"
};

/// An operation as the HTTP interface made it: its JSON, and whether it only reads.
struct Operation {
  bool read = false;
  std::string key;      // of a read that is no transaction
  std::string command;  // {"f": "put", "key": …, "value": …, "client": …, "seq": …}
};

struct Response {
  uint64_t request;
  Answer answer;
};

class Replica {
 public:
  /// Throws when the snapshot's state cannot be read.
  Replica(const ReplicaOptions& options, Recovered recovered, int64_t now);

  void Submit(uint64_t request, const Operation& operation, int64_t now);
  void Receive(Message message, int64_t now);
  void Tick(int64_t now);
  int64_t Deadline() const;
  void Persisted(uint64_t sequence);

  std::vector<Message> TakeMessages();
  std::optional<Batch> TakePersist();
  std::vector<Response> TakeResponses();
  std::vector<std::string> TakeNotes() { return core_.TakeNotes(); }

  const RaftCore& core() const { return core_; }
  const StateMachine& state() const { return state_; }
  uint64_t applied() const { return applied_; }
  Value Status() const;

 private:
  /// Who asked: a client of this node, or of a follower that passed it on.
  struct Origin {
    NodeId node;
    uint64_t request;
    int64_t deadline;
  };
  struct Waiting {
    Origin origin;
    uint64_t term;
  };
  struct WaitingRead {
    Origin origin;
    std::string key;
    Value operations;               // of a transaction; null: the key is read
    size_t done = 0;                // how many operations have been answered
    std::optional<uint64_t> index;  // answer once this is applied; nothing: not confirmed yet
  };
  struct Forwarded {
    uint64_t request;
    NodeId leader;
    uint64_t term;
    bool read;
    int64_t deadline;
  };

  void Run(const Origin& origin, const Operation& operation);
  void Propose(const Origin& origin, const Operation& operation);
  void Read(WaitingRead read);
  bool ReadOn(WaitingRead& read) const;
  const Value& Look(const std::string& key) const;
  void Forward(uint64_t request, const Operation& operation);
  void Reply(const Origin& origin, Answer answer);
  Answer NoLeader() const;
  void Progress();
  void ApplyCommitted();
  void AnswerReads();
  void FailForwarded();
  void Expire();
  void MaybeSnapshot();

  ReplicaOptions options_;
  RaftCore core_;
  StateMachine state_;
  int64_t now_;
  uint64_t applied_ = 0;
  uint64_t applied_term_ = 0;
  uint64_t next_read_ = 1;
  uint64_t next_forward_;
  std::multimap<uint64_t, Waiting> waiting_;  // by log index
  std::map<uint64_t, WaitingRead> reads_;
  UncommittedWrites uncommitted_;  // bug dirty-read
  std::map<uint64_t, Forwarded> forwarded_;
  std::vector<Message> messages_;
  std::vector<Response> responses_;
};

}  // namespace cleave::raft
