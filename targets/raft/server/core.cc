// The core's inputs and outputs; elections and replication are in files of their own.
#include "targets/raft/server/core.h"

#include "harness/history/check.h"

namespace cleave::raft {
namespace {

/// log-not-persisted: how many acknowledged entries wait in memory before they are written.
constexpr uint64_t kWriteBehind = 1024;

}  // namespace

const char* RoleName(Role role) {
  switch (role) {
    case Role::kFollower: return "follower";
    case Role::kPreCandidate: return "pre-candidate";
    case Role::kCandidate: return "candidate";
    case Role::kLeader: return "leader";
  }
  return "";
}

RaftCore::RaftCore(const CoreOptions& options, Recovered recovered, int64_t now)
    : options_(options),
      random_(Random::For(options.seed, "node " + std::to_string(options.self))),
      now_(now),
      hard_(recovered.hard_state),
      log_(std::move(recovered.log)),
      snapshot_(std::move(recovered.snapshot)),
      votes_(options.nodes),
      progress_(options.nodes) {
  commit_ = applied_ = snapshot_index();
  stable_ = log_.LastIndex();
  persist_from_ = stable_ + 1;
  heard_leader_ = now - options_.election_max;
  ResetElectionTimer();
}

void RaftCore::Tick(int64_t now) {
  now_ = now;
  if (role_ == Role::kLeader) {
    CheckQuorum();
    if (role_ == Role::kLeader && now_ >= heartbeat_due_) Heartbeat();
  } else if (now_ >= election_due_) {
    Campaign(true);
  }
}

int64_t RaftCore::Deadline() const {
  return role_ == Role::kLeader ? heartbeat_due_ : election_due_;
}

void RaftCore::Step(Message m, int64_t now) {
  now_ = now;
  if (m.from >= options_.nodes || m.from == options_.self || m.to != options_.self) return;
  if (m.type == MessageType::kPreVote || m.type == MessageType::kVote) {
    HandleVoteRequest(m);
    return;
  }
  const bool from_leader = m.type == MessageType::kAppend || m.type == MessageType::kSnapshot;
  const bool granted_pre_vote = m.type == MessageType::kPreVoteReply && m.granted;
  if (m.term > hard_.term && !granted_pre_vote) {
    BecomeFollower(m.term, from_leader ? m.from : kNobody);
  }
  if (m.term < hard_.term && from_leader) {
    RefuseAppend(m);
    return;
  }
  switch (m.type) {
    case MessageType::kPreVoteReply:
    case MessageType::kVoteReply: HandleVoteReply(m); break;
    case MessageType::kAppend: HandleAppend(std::move(m)); break;
    case MessageType::kSnapshot: HandleSnapshot(std::move(m)); break;
    case MessageType::kAppendReply: HandleAppendReply(m); break;
    default: break;
  }
}

std::optional<Entry> RaftCore::Propose(std::string command) {
  if (role_ != Role::kLeader) return std::nullopt;
  Entry entry{log_.LastIndex() + 1, hard_.term, std::move(command)};
  AppendEntry(entry);
  return entry;
}

bool RaftCore::Read(uint64_t read) {
  if (role_ != Role::kLeader) return false;
  // Bug stale-read: nobody is asked whether this node still leads.
  if (options_.bug == Bug::kStaleRead) {
    confirmed_.push_back({read, commit_});
    return true;
  }
  pending_reads_.push_back({read, commit_, round_ + 1});
  reads_waiting_ = true;
  return true;
}

void RaftCore::Compact(std::shared_ptr<const Snapshot> snapshot, uint64_t keep_after) {
  CHECK(snapshot->index <= applied_) << "a snapshot of what was not applied";
  if (snapshot->index <= snapshot_index()) return;
  snapshot_ = std::move(snapshot);
  log_.Compact(std::min(keep_after, std::min(snapshot_->index, log_.LastIndex())));
  rewrite_ = true;
}

std::vector<Message> RaftCore::TakeMessages() {
  if (role_ == Role::kLeader) {
    for (NodeId peer = 0; peer < options_.nodes; ++peer) {
      if (peer != options_.self) Replicate(peer);
    }
    AckReads();
  }
  return std::exchange(messages_, {});
}

std::optional<Batch> RaftCore::TakePersist() {
  // Bug log-not-persisted: entries count as durable once they are in memory.
  if (options_.bug == Bug::kLogNotPersisted && !rewrite_ &&
      log_.LastIndex() < persist_from_ + kWriteBehind && log_.LastIndex() > stable_) {
    stable_ = log_.LastIndex();
    MaybeCommit();
  }
  const bool write_behind = options_.bug == Bug::kLogNotPersisted && !rewrite_ &&
                            log_.LastIndex() < persist_from_ + kWriteBehind;
  // Bug vote-not-persisted: term and vote never reach the disk.
  if (options_.bug == Bug::kVoteNotPersisted) hard_dirty_ = false;

  Batch batch;
  batch.sequence = ++sequence_;
  if (hard_dirty_) batch.hard_state = hard_;
  if (rewrite_) {
    batch.snapshot = snapshot_;
    batch.hard_state = options_.bug == Bug::kVoteNotPersisted ? HardState{} : hard_;
    batch.base_index = log_.base_index();
    batch.base_term = log_.base_term();
    batch.entries = log_.Slice(log_.base_index() + 1, SIZE_MAX, SIZE_MAX);
  } else if (!write_behind && persist_from_ <= log_.LastIndex()) {
    batch.entries = log_.Slice(persist_from_, SIZE_MAX, SIZE_MAX);
  }
  batch.messages = std::exchange(promises_, {});
  if (batch.Clean() && batch.messages.empty()) return std::nullopt;
  const bool has_log = rewrite_ || !batch.entries.empty();
  if (has_log) persist_from_ = log_.LastIndex() + 1;
  hard_in_flight_ = hard_in_flight_ || batch.hard_state.has_value();
  hard_dirty_ = rewrite_ = false;
  in_flight_.push_back(
      {batch.sequence, has_log ? log_.LastIndex() : 0, batch.hard_state.has_value()});
  return batch;
}

void RaftCore::Persisted(uint64_t sequence) {
  while (!in_flight_.empty() && in_flight_.front().sequence <= sequence) {
    const InFlight done = in_flight_.front();
    in_flight_.erase(in_flight_.begin());
    if (done.hard_state) hard_in_flight_ = false;
    if (done.last_index > stable_ && done.sequence > ignore_until_) stable_ = done.last_index;
  }
  for (const InFlight& left : in_flight_) hard_in_flight_ = hard_in_flight_ || left.hard_state;
  if (role_ == Role::kLeader) MaybeCommit();
}

std::vector<Entry> RaftCore::TakeCommitted() {
  std::vector<Entry> out;
  while (applied_ < commit_) out.push_back(log_.At(++applied_));
  return out;
}

Message RaftCore::Make(MessageType type, NodeId to) const {
  Message m;
  m.type = type;
  m.from = options_.self;
  m.to = to;
  m.term = hard_.term;
  return m;
}

void RaftCore::Promise(Message message) { promises_.push_back(std::move(message)); }

}  // namespace cleave::raft
