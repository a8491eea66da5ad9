// A node's handling of clients around the consensus core.
#include "targets/raft/server/replica.h"

#include "harness/history/check.h"

namespace cleave::raft {
namespace {

/// A snapshot stops the node for a time in proportion to the state: with an entry for every so many
/// bytes of the last one, what an entry costs stays the same however large the state grows.
constexpr uint64_t kSnapshotBytesPerEntry = 32;

std::string EncodeOperation(const Operation& operation) {
  Encoder out;
  out.U8(operation.read ? 1 : 0);
  out.Text(operation.key);
  out.Text(operation.command);
  return out.Take();
}

std::optional<Operation> DecodeOperation(std::string_view bytes) {
  Decoder in(bytes);
  Operation operation;
  operation.read = in.U8() != 0;
  operation.key = in.Text();
  operation.command = in.Text();
  if (!in.ok() || !in.AtEnd()) return std::nullopt;
  return operation;
}

Answer Timeout(bool read) {
  return ErrorAnswer(504, "timeout", "no majority answered in time", read);
}

}  // namespace

Replica::Replica(const ReplicaOptions& options, Recovered recovered, int64_t now)
    : options_(options),
      core_(options.core, recovered, now),
      state_(options.core.bug),
      now_(now),
      // Numbers of an earlier life must not meet answers meant for it.
      next_forward_(Random::For(options.core.seed + static_cast<uint64_t>(now), "forward").Next()) {
  if (!recovered.snapshot) return;
  state_.Restore(recovered.snapshot->state);
  applied_ = recovered.snapshot->index;
  applied_term_ = recovered.snapshot->term;
}

void Replica::Submit(uint64_t request, const Operation& operation, int64_t now) {
  now_ = now;
  if (core_.role() == Role::kLeader) {
    Run({options_.core.self, request, now + options_.request_timeout}, operation);
  } else if (core_.leader() != kNobody) {
    Forward(request, operation);
  } else {
    responses_.push_back({request, NoLeader()});
  }
}

void Replica::Receive(Message message, int64_t now) {
  now_ = now;
  if (message.type == MessageType::kForward) {
    const auto operation = DecodeOperation(message.payload);
    if (!operation || message.from >= options_.core.nodes) return;
    const Origin origin{message.from, message.request, now + options_.request_timeout};
    if (core_.role() == Role::kLeader)
      Run(origin, *operation);
    else
      Reply(origin, NoLeader());
  } else if (message.type == MessageType::kForwardReply) {
    const auto found = forwarded_.find(message.request);
    if (found == forwarded_.end()) return;
    responses_.push_back({found->second.request, {message.status, std::move(message.payload)}});
    forwarded_.erase(found);
  } else {
    core_.Step(std::move(message), now);
  }
  Progress();
}

void Replica::Tick(int64_t now) {
  now_ = now;
  core_.Tick(now);
  Expire();
  Progress();
}

int64_t Replica::Deadline() const {
  // Clients' deadlines are looked at with the core's: an answer "timeout" may come a heartbeat
  // late.
  return core_.Deadline();
}

void Replica::Persisted(uint64_t sequence) {
  core_.Persisted(sequence);
  Progress();
}

std::vector<Message> Replica::TakeMessages() {
  std::vector<Message> out = core_.TakeMessages();
  AnswerReads();
  out.insert(out.end(), std::make_move_iterator(messages_.begin()),
             std::make_move_iterator(messages_.end()));
  messages_.clear();
  return out;
}

std::optional<Batch> Replica::TakePersist() {
  auto batch = core_.TakePersist();
  Progress();
  return batch;
}

std::vector<Response> Replica::TakeResponses() { return std::exchange(responses_, {}); }

void Replica::Run(const Origin& origin, const Operation& operation) {
  if (!operation.read) {
    Propose(origin, operation);
    return;
  }
  WaitingRead read{origin, operation.key, nullptr, 0, std::nullopt};
  if (!operation.command.empty()) read.operations = Value::parse(operation.command).at("ops");
  Read(std::move(read));
}

void Replica::Read(WaitingRead read) {
  const uint64_t number = next_read_++;
  read.index.reset();
  reads_[number] = std::move(read);
  core_.Read(number);
}

void Replica::Propose(const Origin& origin, const Operation& operation) {
  std::string command = operation.command;
  // Bug lost-update-cas: the comparison is made against what this leader has applied now, and what
  // is replicated is a plain put.
  if (options_.core.bug == Bug::kLostUpdateCas) {
    Value cas = Value::parse(command);
    if (cas.at("f") == "cas") {
      const Value& value = state_.At(cas.at("key").get<std::string>());
      if (value != cas.at("old")) {
        Reply(origin, {200, Value({{"ok", false}, {"observed", value}}).dump()});
        return;
      }
      cas["f"] = "put";
      cas["value"] = cas.at("new");
      command = cas.dump();
    }
  }
  command = RunOptimistically(options_.core.bug, std::move(command), state_);
  const auto entry = core_.Propose(command);
  CHECK(entry) << "proposed on a node that does not lead";
  if (options_.core.bug == Bug::kDirtyRead) uncommitted_.Add(entry->index, command);
  // Bug ack-before-commit: a write whose answer is known beforehand is answered before it is
  // committed.
  if (options_.core.bug == Bug::kAckBeforeCommit) {
    const std::string f = Value::parse(operation.command).at("f");
    if (f == "put" || f == "append") {
      Reply(origin, {200, R"({"ok":true})"});
      return;
    }
  }
  waiting_.emplace(entry->index, Waiting{origin, entry->term});
}

void Replica::Forward(uint64_t request, const Operation& operation) {
  Message m;
  m.type = MessageType::kForward;
  m.from = options_.core.self;
  m.to = core_.leader();
  m.term = core_.term();
  m.request = next_forward_++;
  m.payload = EncodeOperation(operation);
  forwarded_[m.request] = {request, m.to, m.term, operation.read, now_ + options_.request_timeout};
  messages_.push_back(std::move(m));
}

void Replica::Reply(const Origin& origin, Answer answer) {
  if (origin.node == options_.core.self) {
    responses_.push_back({origin.request, std::move(answer)});
    return;
  }
  Message m;
  m.type = MessageType::kForwardReply;
  m.from = options_.core.self;
  m.to = origin.node;
  m.term = core_.term();
  m.request = origin.request;
  m.status = answer.status;
  m.payload = std::move(answer.body);
  messages_.push_back(std::move(m));
}

Answer Replica::NoLeader() const {
  return ErrorAnswer(503, "no-leader", "this node knows no leader", true);
}

void Replica::Progress() {
  ApplyCommitted();
  for (const uint64_t read : core_.TakeFailedReads()) {
    const auto found = reads_.find(read);
    if (found == reads_.end()) continue;
    Reply(found->second.origin,
          ErrorAnswer(503, "leadership-lost", "this node no longer leads", true));
    reads_.erase(found);
  }
  AnswerReads();
  FailForwarded();
}

void Replica::ApplyCommitted() {
  if (const auto snapshot = core_.TakeInstalled()) {
    state_.Restore(snapshot->state);
    applied_ = snapshot->index;
    applied_term_ = snapshot->term;
  }
  for (const Entry& entry : core_.TakeCommitted()) {
    const Answer answer = state_.Apply(entry.index, entry.command);
    applied_ = entry.index;
    applied_term_ = entry.term;
    const auto [first, last] = waiting_.equal_range(entry.index);
    for (auto it = first; it != last; ++it) {
      const bool own = it->second.term == entry.term;
      Reply(it->second.origin,
            own ? answer
                : ErrorAnswer(503, "overwritten", "another leader's entry took its place", true));
    }
    waiting_.erase(first, last);
  }
  uncommitted_.Forget(applied_);
  MaybeSnapshot();
}

void Replica::AnswerReads() {
  for (const ConfirmedRead& read : core_.TakeReads()) {
    const auto found = reads_.find(read.read);
    if (found != reads_.end()) found->second.index = read.index;
  }
  for (auto it = reads_.begin(); it != reads_.end();) {
    if (!it->second.index || *it->second.index > applied_) {
      ++it;
      continue;
    }
    WaitingRead read = std::move(it->second);
    it = reads_.erase(it);
    if (read.operations.is_null()) {
      Reply(read.origin, state_.Get(read.key));
    } else if (ReadOn(read)) {
      Reply(read.origin, {200, Value({{"ok", true}, {"ops", read.operations}}).dump()});
    } else {
      Read(std::move(read));  // as the last one
    }
  }
}

/// Fills in what a transaction reads; whether that was all.
bool Replica::ReadOn(WaitingRead& read) const {
  while (read.done < read.operations.size()) {
    Value& op = read.operations[read.done++];
    op.at(2) = Look(op.at(1).get_ref<const std::string&>());
    // Bug fractured-read: each operation asks for an index of its own.
    if (options_.core.bug == Bug::kFracturedRead) break;
  }
  return read.done == read.operations.size();
}

const Value& Replica::Look(const std::string& key) const {
  // Bug dirty-read: the newest value, whether or not it is committed.
  const Value* uncommitted = uncommitted_.Find(key);
  return uncommitted != nullptr ? *uncommitted : state_.At(key);
}

void Replica::FailForwarded() {
  std::erase_if(forwarded_, [&](const auto& item) {
    const Forwarded& forwarded = item.second;
    if (forwarded.leader == core_.leader() && forwarded.term == core_.term()) return false;
    responses_.push_back(
        {forwarded.request, ErrorAnswer(503, "leader-changed",
                                        "the leader changed before it answered", forwarded.read)});
    return true;
  });
}

void Replica::Expire() {
  std::erase_if(waiting_, [&](const auto& item) {
    if (now_ < item.second.origin.deadline) return false;
    Reply(item.second.origin, Timeout(false));
    return true;
  });
  std::erase_if(reads_, [&](const auto& item) {
    if (now_ < item.second.origin.deadline) return false;
    Reply(item.second.origin, Timeout(true));
    return true;
  });
  std::erase_if(forwarded_, [&](const auto& item) {
    if (now_ < item.second.deadline) return false;
    responses_.push_back({item.second.request, Timeout(item.second.read)});
    return true;
  });
}

void Replica::MaybeSnapshot() {
  const uint64_t entries =
      std::max(options_.snapshot_entries, core_.snapshot_bytes() / kSnapshotBytesPerEntry);
  if (applied_ < core_.snapshot_index() + entries) return;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->index = applied_;
  snapshot->term = applied_term_;
  snapshot->state = state_.Serialize();
  const uint64_t keep = std::min(applied_, options_.keep_entries);
  core_.Compact(std::move(snapshot), applied_ - keep);
}

Value Replica::Status() const {
  const NodeId leader = core_.leader();
  return {{"node", options_.names[options_.core.self]},
          {"role", RoleName(core_.role())},
          {"term", core_.term()},
          {"leader", leader == kNobody ? Value() : Value(options_.names[leader])},
          {"commit", core_.commit()},
          {"applied", applied_},
          {"last_index", core_.log().LastIndex()},
          {"log_entries", core_.log().LastIndex() - core_.log().base_index()},
          {"snapshot_index", core_.snapshot_index()},
          {"keys", state_.keys()},
          {"sessions", state_.sessions()},
          {"bug", options_.core.bug == Bug::kNone ? Value() : Value(BugName(options_.core.bug))}};
}

}  // namespace cleave::raft
