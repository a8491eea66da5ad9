// The table of seeded bugs.
#include "targets/raft/server/bugs.h"

namespace cleave::raft {
namespace {

constexpr BugInfo kBugs[] = {
    {Bug::kStaleRead, "stale-read",
     "the leader answers reads without confirming that it still leads"},
    {Bug::kAckBeforeCommit, "ack-before-commit",
     "the leader acknowledges a write before a majority has it"},
    {Bug::kVoteNotPersisted, "vote-not-persisted",
     "term and vote are kept in memory only: a restarted node forgets its promises"},
    {Bug::kLogNotPersisted, "log-not-persisted",
     "entries are acknowledged while still in process memory and written out late"},
    {Bug::kCommitOldTerm, "commit-old-term",
     "entries of earlier terms are committed by counting replicas (Raft, section 5.4.2)"},
    {Bug::kDoubleApply, "double-apply", "a request that the client retried is applied twice"},
    {Bug::kLostUpdateCas, "lost-update-cas",
     "cas compares when it is proposed, not when it is applied"},
    {Bug::kLostUpdate, "lost-update",
     "transactions write what they made of values that may have been replaced since"},
    {Bug::kWriteSkew, "write-skew",
     "of two transactions that read what the other wrote both commit: only writes conflict"},
    {Bug::kFracturedRead, "fractured-read",
     "a transaction that only reads is answered key by key, others come between"},
    {Bug::kDirtyRead, "dirty-read",
     "a transaction that only reads sees writes of others that may yet be aborted"},
};

}  // namespace

std::span<const BugInfo> Bugs() { return kBugs; }

std::optional<Bug> FindBug(std::string_view name) {
  if (name.empty()) return Bug::kNone;
  for (const BugInfo& info : kBugs) {
    if (name == info.name) return info.bug;
  }
  return std::nullopt;
}

std::string BugName(Bug bug) {
  for (const BugInfo& info : kBugs) {
    if (bug == info.bug) return info.name;
  }
  return "";
}

}  // namespace cleave::raft
