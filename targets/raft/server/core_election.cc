// Elections: randomised timeouts, pre-vote, votes, and a leader's step-down without a majority.
#include "harness/history/check.h"
#include "targets/raft/server/core.h"

namespace cleave::raft {

void RaftCore::ResetElectionTimer() {
  election_due_ = now_ + random_.Between(options_.election_min, options_.election_max);
}

void RaftCore::BecomeFollower(uint64_t term, NodeId leader) {
  if (role_ == Role::kLeader) {
    Note("stepped down as leader of term " + std::to_string(hard_.term));
    for (const PendingRead& read : pending_reads_) failed_reads_.push_back(read.read);
    pending_reads_.clear();
    reads_waiting_ = false;
  }
  if (term > hard_.term) {
    hard_ = {term, kNobody};
    hard_dirty_ = true;
  }
  if (role_ != Role::kFollower || leader_ == options_.self) ResetElectionTimer();
  role_ = Role::kFollower;
  if (leader != kNobody && leader != leader_) {
    Note("follows node " + std::to_string(leader + 1) + " in term " + std::to_string(term));
  }
  leader_ = leader;
}

void RaftCore::Campaign(bool pre_vote) {
  ResetElectionTimer();
  leader_ = kNobody;
  if (!pre_vote) {
    hard_ = {hard_.term + 1, options_.self};
    hard_dirty_ = true;
  }
  role_ = pre_vote ? Role::kPreCandidate : Role::kCandidate;
  Note(std::string("asks for ") + (pre_vote ? "pre-votes" : "votes") + " for term " +
       std::to_string(hard_.term + (pre_vote ? 1 : 0)));
  votes_.assign(options_.nodes, false);
  votes_[options_.self] = true;
  if (options_.nodes == 1) {
    if (pre_vote)
      Campaign(false);
    else
      BecomeLeader();
    return;
  }
  for (NodeId peer = 0; peer < options_.nodes; ++peer) {
    if (peer == options_.self) continue;
    Message m = Make(pre_vote ? MessageType::kPreVote : MessageType::kVote, peer);
    m.term = hard_.term + (pre_vote ? 1 : 0);
    m.index = log_.LastIndex();
    m.log_term = log_.LastTerm();
    if (pre_vote)
      messages_.push_back(std::move(m));
    else
      Promise(std::move(m));
  }
}

bool RaftCore::HeardFromLeader() const {
  if (role_ == Role::kLeader) return true;
  return leader_ != kNobody && now_ - heard_leader_ < options_.election_min;
}

bool RaftCore::UpToDate(const Message& request) const {
  if (request.log_term != log_.LastTerm()) return request.log_term > log_.LastTerm();
  return request.index >= log_.LastIndex();
}

void RaftCore::HandleVoteRequest(const Message& m) {
  const bool pre = m.type == MessageType::kPreVote;
  // Who hears from a leader helps nobody to replace it (thesis, section 4.2.3); otherwise a node
  // that was cut off would depose a leader that serves everybody else.
  if (m.term > hard_.term && HeardFromLeader()) {
    if (pre) messages_.push_back(Make(MessageType::kPreVoteReply, m.from));
    return;
  }
  if (!pre && m.term > hard_.term) BecomeFollower(m.term, kNobody);
  Message reply = Make(pre ? MessageType::kPreVoteReply : MessageType::kVoteReply, m.from);
  if (pre) {
    reply.granted = m.term > hard_.term && UpToDate(m);
    if (reply.granted) reply.term = m.term;
    messages_.push_back(std::move(reply));
    return;
  }
  reply.granted =
      m.term == hard_.term && UpToDate(m) && (hard_.vote == kNobody || hard_.vote == m.from);
  if (reply.granted && hard_.vote == kNobody) {
    hard_.vote = m.from;
    hard_dirty_ = true;
    ResetElectionTimer();
  }
  Promise(std::move(reply));
}

void RaftCore::HandleVoteReply(const Message& m) {
  const bool pre = m.type == MessageType::kPreVoteReply;
  if (!m.granted || role_ != (pre ? Role::kPreCandidate : Role::kCandidate)) return;
  if (m.term != hard_.term + (pre ? 1 : 0)) return;
  votes_[m.from] = true;
  const auto count = std::count(votes_.begin(), votes_.end(), true);
  if (count < static_cast<int64_t>(Majority())) return;
  if (pre)
    Campaign(false);
  else
    BecomeLeader();
}

void RaftCore::BecomeLeader() {
  Note("leads term " + std::to_string(hard_.term) + " from index " +
       std::to_string(log_.LastIndex() + 1));
  role_ = Role::kLeader;
  leader_ = options_.self;
  for (Progress& peer : progress_) {
    peer = Progress{};
    peer.next = log_.LastIndex() + 1;
    peer.heard = now_;
  }
  round_ = 0;
  first_own_index_ = log_.LastIndex() + 1;
  if (OwnTermRule()) AppendEntry({log_.LastIndex() + 1, hard_.term, ""});
  Heartbeat();
}

void RaftCore::CheckQuorum() {
  // Bug stale-read: nor does a leader that was cut off ever notice it by itself.
  if (options_.bug == Bug::kStaleRead) return;
  uint32_t heard = 1;
  for (NodeId peer = 0; peer < options_.nodes; ++peer) {
    if (peer != options_.self && now_ - progress_[peer].heard < options_.quorum_timeout) ++heard;
  }
  if (heard >= Majority()) return;
  Note("has not heard from a majority");
  BecomeFollower(hard_.term, kNobody);
}

}  // namespace cleave::raft
