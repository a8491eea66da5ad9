// The consensus core, one rule at a time, without a network: messages are handed over by the test.
#include "targets/raft/server/core.h"

#include <gtest/gtest.h>

namespace cleave::raft {
namespace {

CoreOptions Three(NodeId self, Bug bug = Bug::kNone) {
  CoreOptions options;
  options.self = self;
  options.nodes = 3;
  options.bug = bug;
  return options;
}

Message From(NodeId from, NodeId to, MessageType type, uint64_t term) {
  Message m;
  m.type = type;
  m.from = from;
  m.to = to;
  m.term = term;
  return m;
}

/// Makes everything durable at once and returns all messages.
std::vector<Message> Drain(RaftCore& core) {
  std::vector<Message> out = core.TakeMessages();
  while (auto batch = core.TakePersist()) {
    out.insert(out.end(), batch->messages.begin(), batch->messages.end());
    core.Persisted(batch->sequence);
  }
  for (Message& m : core.TakeMessages()) out.push_back(std::move(m));
  return out;
}

/// Node 0 as the leader of term 1, with the votes of node 1; its no-op is not replicated yet.
void Elect(RaftCore& core, int64_t now) {
  core.Tick(now);
  Message yes = From(1, 0, MessageType::kPreVoteReply, core.term() + 1);
  yes.granted = true;
  core.Step(yes, now);
  Drain(core);
  yes.type = MessageType::kVoteReply;
  yes.term = core.term();
  core.Step(yes, now);
  Drain(core);
}

Message Ack(NodeId from, uint64_t term, uint64_t index, uint64_t round = 0) {
  Message m = From(from, 0, MessageType::kAppendReply, term);
  m.granted = true;
  m.index = index;
  m.round = round;
  return m;
}

Message VoteRequest(NodeId from, NodeId to, uint64_t term, uint64_t index, uint64_t log_term) {
  Message m = From(from, to, MessageType::kVote, term);
  m.index = index;
  m.log_term = log_term;
  return m;
}

Recovered WithLog(std::vector<uint64_t> terms) {
  Recovered recovered;
  for (const uint64_t term : terms) {
    recovered.log.Append({recovered.log.LastIndex() + 1, term, "x"});
    recovered.hard_state.term = term;
  }
  return recovered;
}

TEST(RaftCore, VoteLeavesOnlyWithTheBatchThatMakesItDurable) {
  RaftCore core(Three(1), {}, 0);
  core.Step(VoteRequest(0, 1, 1, 0, 0), 1000);
  EXPECT_TRUE(core.TakeMessages().empty());
  const auto batch = core.TakePersist();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->hard_state, (HardState{1, 0}));
  ASSERT_EQ(batch->messages.size(), 1u);
  EXPECT_TRUE(batch->messages[0].granted);
}

TEST(RaftCore, VotesOnceATerm) {
  RaftCore core(Three(1), {}, 0);
  core.Step(VoteRequest(0, 1, 1, 0, 0), 1000);
  Drain(core);
  core.Step(VoteRequest(2, 1, 1, 0, 0), 1000);
  const auto messages = Drain(core);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_FALSE(messages[0].granted);
}

TEST(RaftCore, DoesNotVoteForALogThatIsBehind) {
  RaftCore core(Three(1), WithLog({1, 2}), 0);
  core.Step(VoteRequest(0, 1, 3, 5, 1), 1000);
  const auto messages = Drain(core);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_FALSE(messages[0].granted);
}

TEST(RaftCore, DoesNotHelpToReplaceALeaderItHears) {
  RaftCore core(Three(1), {}, 0);
  core.Step(From(0, 1, MessageType::kAppend, 1), 1000);
  Drain(core);
  core.Step(VoteRequest(2, 1, 2, 0, 0), 1001);
  EXPECT_TRUE(Drain(core).empty());
  EXPECT_EQ(core.term(), 1u);
}

TEST(RaftCore, EntryIsCommittedOnceAMajorityHasIt) {
  RaftCore core(Three(0), {}, 0);
  Elect(core, 1000);
  ASSERT_EQ(core.role(), Role::kLeader);
  ASSERT_TRUE(core.Propose("a"));
  Drain(core);
  EXPECT_EQ(core.commit(), 0u);
  core.Step(Ack(1, 1, 2), 1001);
  EXPECT_EQ(core.commit(), 2u);
}

TEST(RaftCore, LeadersOwnDiskCountsOnlyWhenItIsDurable) {
  RaftCore core(Three(0), {}, 0);
  Elect(core, 1000);
  ASSERT_TRUE(core.Propose("a"));
  const auto batch = core.TakePersist();
  core.Step(Ack(1, 1, 2), 1001);
  EXPECT_LT(core.commit(), 2u);
  core.Persisted(batch->sequence);
  EXPECT_EQ(core.commit(), 2u);
}

TEST(RaftCore, EntryOfAnEarlierTermIsNotCommittedByCounting) {
  RaftCore core(Three(0), WithLog({1, 1}), 0);
  Elect(core, 1000);
  core.Step(Ack(1, 2, 2), 1001);
  EXPECT_EQ(core.commit(), 0u);
  core.Step(Ack(1, 2, 3), 1002);
  EXPECT_EQ(core.commit(), 3u);
}

TEST(RaftCore, ReadWaitsForARoundThatBeganAfterIt) {
  RaftCore core(Three(0), {}, 0);
  Elect(core, 1000);
  core.Step(Ack(1, 1, 1), 1001);
  Drain(core);
  ASSERT_TRUE(core.Read(7));
  core.Step(Ack(1, 1, 1, 0), 1002);
  const auto messages = Drain(core);
  EXPECT_TRUE(core.TakeReads().empty());
  ASSERT_FALSE(messages.empty());
  core.Step(Ack(1, 1, 1, messages[0].round), 1003);
  Drain(core);
  ASSERT_EQ(core.TakeReads().size(), 1u);
}

TEST(RaftCore, ReadFailsWhenLeadershipIsLost) {
  RaftCore core(Three(0), {}, 0);
  Elect(core, 1000);
  ASSERT_TRUE(core.Read(7));
  core.Tick(3000);
  EXPECT_EQ(core.role(), Role::kFollower);
  EXPECT_EQ(core.TakeFailedReads(), std::vector<uint64_t>{7});
}

TEST(RaftCore, RefusalSaysWhereTheConflictingTermBegins) {
  RaftCore core(Three(1), WithLog({1, 2, 2, 2}), 0);
  Message append = From(0, 1, MessageType::kAppend, 3);
  append.index = 4;
  append.log_term = 3;
  core.Step(append, 1000);
  const auto messages = Drain(core);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_FALSE(messages[0].granted);
  EXPECT_EQ(messages[0].hint, 2u);
  EXPECT_EQ(messages[0].log_term, 2u);
}

TEST(RaftCore, ConflictingTailIsReplaced) {
  RaftCore core(Three(1), WithLog({1, 2, 2}), 0);
  Message append = From(0, 1, MessageType::kAppend, 3);
  append.index = 1;
  append.log_term = 1;
  append.entries = {{2, 3, "y"}};
  core.Step(append, 1000);
  EXPECT_EQ(core.log().LastIndex(), 2u);
  EXPECT_EQ(core.log().LastTerm(), 3u);
}

TEST(RaftCore, DelayedOldAppendDoesNotShortenTheLog) {
  RaftCore core(Three(1), WithLog({1, 1, 1}), 0);
  Message append = From(0, 1, MessageType::kAppend, 1);
  append.index = 0;
  append.entries = {{1, 1, "x"}};
  core.Step(append, 1000);
  EXPECT_EQ(core.log().LastIndex(), 3u);
}

TEST(RaftCore, SnapshotIsAnsweredOnlyWhenDurable) {
  RaftCore core(Three(1), {}, 0);
  Message snapshot = From(0, 1, MessageType::kSnapshot, 1);
  snapshot.index = 10;
  snapshot.log_term = 1;
  snapshot.payload = "state";
  core.Step(snapshot, 1000);
  EXPECT_TRUE(core.TakeMessages().empty());
  Message append = From(0, 1, MessageType::kAppend, 1);
  append.index = 10;
  append.log_term = 1;
  core.Step(append, 1001);
  EXPECT_TRUE(core.TakeMessages().empty());
  const auto batch = core.TakePersist();
  ASSERT_TRUE(batch && batch->snapshot);
  EXPECT_EQ(batch->base_index, 10u);
  EXPECT_EQ(batch->messages.size(), 2u);
}

TEST(RaftCore, MessagesFromStrangersAreIgnored) {
  RaftCore core(Three(1), {}, 0);
  core.Step(VoteRequest(9, 1, 5, 0, 0), 1000);
  core.Step(VoteRequest(1, 1, 5, 0, 0), 1000);
  core.Step(VoteRequest(0, 2, 5, 0, 0), 1000);
  EXPECT_TRUE(Drain(core).empty());
  EXPECT_EQ(core.term(), 0u);
}

TEST(RaftMessage, ComesBackAsItWas) {
  Message m = From(1, 2, MessageType::kAppend, 3);
  m.entries = {{4, 5, std::string("a\0b", 3)}, {5, 5, ""}};
  m.payload = "p";
  const auto back = DecodeMessage(Encode(m));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->entries, m.entries);
  EXPECT_EQ(Encode(*back), Encode(m));
}

TEST(RaftMessage, TruncatedOrForeignBytesAreNoMessage) {
  Message m = From(1, 2, MessageType::kAppend, 3);
  m.entries = {{4, 5, "abc"}};
  const std::string bytes = Encode(m);
  for (size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(DecodeMessage(bytes.substr(0, n)));
  EXPECT_FALSE(DecodeMessage(bytes + "x"));
  EXPECT_FALSE(DecodeMessage("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
}

}  // namespace
}  // namespace cleave::raft
