// The faults that can be switched on in the store, each one deviation at one place of the code.
// They exist so that a checker can be shown to find them; without one of them the store is meant to
// be right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cleave::raft {

enum class Bug {
  kNone,
  kStaleRead,         // RaftCore::Read, RaftCore::CheckQuorum
  kAckBeforeCommit,   // Replica::Propose
  kVoteNotPersisted,  // RaftCore::TakePersist
  kLogNotPersisted,   // RaftCore::TakePersist
  kCommitOldTerm,     // RaftCore::OwnTermRule
  kDoubleApply,       // StateMachine::Apply
  kLostUpdateCas,     // Replica::Propose
  kLostUpdate,        // Replica::Propose, optimistic.cc: Validates
  kWriteSkew,         // the same
  kFracturedRead,     // Replica::AnswerReads
  kDirtyRead,         // Replica::Look
};

struct BugInfo {
  Bug bug;
  const char* name;
  const char* summary;
};

/// All of them, in the order of the enumeration, without kNone.
std::span<const BugInfo> Bugs();
/// The bug of that name; nothing for an unknown one. "" is kNone.
std::optional<Bug> FindBug(std::string_view name);
/// "" for kNone.
std::string BugName(Bug bug);

}  // namespace cleave::raft
