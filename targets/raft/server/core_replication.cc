// Replication: appending, log repair with conflict hints, commitment, snapshots, and read rounds.
#include "harness/history/check.h"
#include "targets/raft/server/core.h"

namespace cleave::raft {
namespace {

constexpr size_t kMaxEntries = 256;
constexpr size_t kMaxBytes = 256 << 10;
/// How far the leader runs ahead of a follower's answers.
constexpr uint64_t kWindow = 4096;
/// A snapshot is sent again after this many milliseconds without an answer.
constexpr int64_t kSnapshotRetry = 1000;

}  // namespace

bool RaftCore::OwnTermRule() const {
  // Bug commit-old-term: an entry of an earlier term counts as committed once a majority has it, so
  // a new leader needs no entry of its own before it commits and answers reads.
  return options_.bug != Bug::kCommitOldTerm;
}

void RaftCore::AppendEntry(Entry entry) {
  persist_from_ = std::min(persist_from_, entry.index);
  log_.Append(std::move(entry));
}

void RaftCore::TruncateLog(uint64_t index) {
  CHECK(index > commit_ || options_.bug != Bug::kNone) << "a committed entry was replaced";
  Note("drops its entries from index " + std::to_string(index) + " to " +
       std::to_string(log_.LastIndex()));
  log_.Truncate(index);
  commit_ = std::min(commit_, log_.LastIndex());
  stable_ = std::min(stable_, index - 1);
  persist_from_ = std::min(persist_from_, index);
  ignore_until_ = sequence_;
}

void RaftCore::Heartbeat() {
  heartbeat_due_ = now_ + options_.heartbeat;
  for (NodeId peer = 0; peer < options_.nodes; ++peer) {
    if (peer == options_.self) continue;
    progress_[peer].probe_sent = false;
    SendAppend(peer, {});
  }
}

void RaftCore::SendAppend(NodeId peer, std::vector<Entry> entries) {
  Message m = Make(MessageType::kAppend, peer);
  const uint64_t previous = progress_[peer].next - 1;
  // A follower that needs a snapshot gets heartbeats at index 0, where all logs agree.
  m.index = previous >= log_.base_index() ? previous : 0;
  m.log_term = m.index == 0 ? 0 : log_.Term(m.index);
  m.commit = commit_;
  m.round = round_;
  m.entries = std::move(entries);
  messages_.push_back(std::move(m));
}

void RaftCore::Replicate(NodeId id) {
  Progress& peer = progress_[id];
  if (peer.next <= log_.base_index()) {
    if (now_ < peer.snapshot_until) return;
    peer.snapshot_until = now_ + kSnapshotRetry;
    Message m = Make(MessageType::kSnapshot, id);
    m.index = snapshot_->index;
    m.log_term = snapshot_->term;
    m.payload = snapshot_->state;
    Note("sends node " + std::to_string(id + 1) + " a snapshot of index " +
         std::to_string(m.index));
    messages_.push_back(std::move(m));
    return;
  }
  while (peer.next <= log_.LastIndex() && peer.next <= peer.match + kWindow) {
    if (peer.probing && peer.probe_sent) return;
    std::vector<Entry> entries = log_.Slice(peer.next, kMaxEntries, kMaxBytes);
    const uint64_t last = entries.back().index;
    SendAppend(id, std::move(entries));
    peer.probe_sent = true;
    if (peer.probing) return;
    peer.next = last + 1;
  }
}

void RaftCore::RefuseAppend(const Message& m) {
  Message reply = Make(MessageType::kAppendReply, m.from);
  reply.index = m.index;
  if (m.term == hard_.term) {
    reply.round = m.round;
    reply.hint = log_.LastIndex() + 1;
    if (m.index <= log_.LastIndex() && m.index > log_.base_index()) {
      reply.log_term = log_.Term(m.index);
      reply.hint = log_.FirstOfTerm(m.index);
    }
  }
  Promise(std::move(reply));
}

void RaftCore::HandleAppend(Message m) {
  if (role_ != Role::kFollower || leader_ != m.from) BecomeFollower(m.term, m.from);
  heard_leader_ = now_;
  ResetElectionTimer();
  const uint64_t base = log_.base_index();
  if (m.index > log_.LastIndex() || (m.index > base && log_.Term(m.index) != m.log_term)) {
    RefuseAppend(m);
    return;
  }
  const uint64_t matched = m.index + m.entries.size();
  AcceptEntries(std::move(m.entries));
  commit_ = std::max(commit_, std::min({m.commit, matched, log_.LastIndex()}));
  Message reply = Make(MessageType::kAppendReply, m.from);
  reply.granted = true;
  reply.round = m.round;
  // What is durable already is answered at once, so that heartbeats and reads do not wait for the
  // disk.
  if (HardStateDurable()) {
    reply.index = std::min(matched, stable_);
    if (m.entries.empty() || matched <= stable_) messages_.push_back(reply);
    if (matched <= stable_) return;
  }
  reply.index = matched;
  Promise(std::move(reply));
}

void RaftCore::AcceptEntries(std::vector<Entry> entries) {
  for (Entry& entry : entries) {
    if (entry.index <= log_.base_index()) continue;
    if (entry.index <= log_.LastIndex()) {
      if (log_.Term(entry.index) == entry.term) continue;
      TruncateLog(entry.index);
    }
    AppendEntry(std::move(entry));
  }
}

void RaftCore::HandleAppendReply(const Message& m) {
  if (role_ != Role::kLeader || m.term != hard_.term) return;
  Progress& peer = progress_[m.from];
  peer.heard = now_;
  peer.round = std::max(peer.round, m.round);
  if (m.granted) {
    peer.probing = false;
    peer.match = std::max(peer.match, std::min(m.index, log_.LastIndex()));
    peer.next = std::max(peer.next, peer.match + 1);
    MaybeCommit();
    return;
  }
  if (m.index <= peer.match || (peer.probing && m.index != peer.next - 1))
    return;  // an old refusal
  uint64_t next = m.hint;
  if (m.log_term != 0) {
    const uint64_t last = log_.LastOfTerm(m.log_term);
    if (last != 0) next = last + 1;
  }
  peer.next = std::clamp(next, peer.match + 1, std::max(peer.match + 1, m.index));
  peer.probing = true;
  peer.probe_sent = false;
}

void RaftCore::HandleSnapshot(Message m) {
  BecomeFollower(m.term, m.from);
  heard_leader_ = now_;
  ResetElectionTimer();
  Message reply = Make(MessageType::kAppendReply, m.from);
  reply.granted = true;
  reply.index = m.index;
  if (m.index > commit_) {
    Note("installs a snapshot of index " + std::to_string(m.index));
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->index = m.index;
    snapshot->term = m.log_term;
    snapshot->state = std::move(m.payload);
    const bool keep = m.index <= log_.LastIndex() && m.index >= log_.base_index() &&
                      log_.Term(m.index) == m.log_term;
    if (keep)
      log_.Compact(m.index);
    else
      log_.Reset(m.index, m.log_term);
    ignore_until_ = sequence_;
    stable_ = 0;  // until the batch that holds the snapshot is durable
    persist_from_ = log_.base_index() + 1;
    commit_ = applied_ = m.index;
    snapshot_ = snapshot;
    installed_ = std::move(snapshot);
    rewrite_ = true;
  }
  Promise(std::move(reply));
}

void RaftCore::MaybeCommit() {
  if (role_ != Role::kLeader) return;
  std::vector<uint64_t> match;
  for (NodeId peer = 0; peer < options_.nodes; ++peer) {
    match.push_back(peer == options_.self ? stable_ : progress_[peer].match);
  }
  std::sort(match.begin(), match.end(), std::greater<>());
  const uint64_t index = match[Majority() - 1];
  if (index <= commit_) return;
  if (OwnTermRule() && log_.Term(index) != hard_.term) return;
  commit_ = index;
}

uint64_t RaftCore::ConfirmedRound() const {
  std::vector<uint64_t> rounds;
  for (NodeId peer = 0; peer < options_.nodes; ++peer) {
    rounds.push_back(peer == options_.self ? round_ : progress_[peer].round);
  }
  std::sort(rounds.begin(), rounds.end(), std::greater<>());
  return rounds[Majority() - 1];
}

void RaftCore::AckReads() {
  if (pending_reads_.empty()) return;
  // One round at a time: reads that arrive meanwhile share the next one.
  if (reads_waiting_ && ConfirmedRound() == round_) {
    ++round_;
    reads_waiting_ = false;
    Heartbeat();
  }
  // An index of a new leader is only known to be the newest once it committed an entry of its term.
  if (OwnTermRule() && commit_ < first_own_index_) return;
  const uint64_t confirmed = ConfirmedRound();
  std::erase_if(pending_reads_, [&](const PendingRead& read) {
    if (read.round > confirmed) return false;
    confirmed_.push_back({read.read, std::max(read.index, OwnTermRule() ? first_own_index_ : 0)});
    return true;
  });
}

}  // namespace cleave::raft
