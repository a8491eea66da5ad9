// The simulated cluster, its clients and their checks.
#include "targets/raft/server/simulation.h"

namespace cleave::raft {
namespace {

constexpr int64_t kPatience = 5000;    // a client gives an operation up after this
constexpr int64_t kTryTimeout = 1500;  // and a try after this

}  // namespace

Simulation::Simulation(const SimulationOptions& options)
    : options_(options), random_(Random::For(options.seed, "simulation")) {
  size_ = random_.Chance(0.5) ? 5 : 3;
  loss_ = random_.Chance(0.5) ? 0 : random_.Unit() * 0.1;
  max_delay_ = random_.Between(1, 30);
  think_ = random_.Chance(0.5) ? 20 : 400;
  nodes_.resize(size_);
  for (int i = 0; i < 5; ++i) {
    Client client;
    client.id = "c" + std::to_string(next_client_++);
    client.node = static_cast<NodeId>(random_.Below(size_));
    clients_.push_back(std::move(client));
  }
}

std::string Simulation::Run() {
  const int64_t end = now_ + options_.duration;
  while (now_ < end && violation_.empty()) Advance(true);
  cut_.clear();
  loss_ = 0;
  for (Node& node : nodes_) node.paused_until = 0;
  const int64_t healed = now_;
  while (now_ < healed + 2000 && violation_.empty()) Advance(false);
  // No more writes; what is outstanding ends; then everyone must agree.
  writing_allowed_ = false;
  while (now_ < healed + 6000 && violation_.empty()) Advance(false);
  if (violation_.empty()) CheckEnd();
  return violation_;
}

void Simulation::Advance(bool faults) {
  ++now_;
  if (faults && now_ >= next_fault_) Inject();
  StartDue();
  DeliverDue();
  for (NodeId id = 0; id < size_; ++id) {
    Node& node = nodes_[id];
    if (!node.replica || now_ < node.paused_until) continue;
    if (node.writing && now_ >= node.write_done) {
      WriteTo(node.disk, *node.writing);
      for (const Message& message : node.writing->messages) Send(message);
      const uint64_t sequence = node.writing->sequence;
      node.writing.reset();
      node.replica->Persisted(sequence);
      node.busy = true;
    }
    if (now_ >= node.replica->Deadline() || now_ % 50 == 0) {
      node.replica->Tick(now_);
      node.busy = true;
    }
    if (std::exchange(node.busy, false)) Pump(id);
  }
  RunClients();
}

void Simulation::Pump(NodeId id) {
  Node& node = nodes_[id];
  for (const Message& message : node.replica->TakeMessages()) Send(message);
  while (!node.writing) {
    auto batch = node.replica->TakePersist();
    if (!batch) break;
    if (batch->Clean()) {
      for (const Message& message : batch->messages) Send(message);
      node.replica->Persisted(batch->sequence);
      continue;
    }
    if (batch->snapshot) ++snapshots_;
    node.writing = std::move(batch);
    node.write_done = now_ + random_.Between(1, 8);
  }
  for (const Message& message : node.replica->TakeMessages()) Send(message);
  for (const Response& response : node.replica->TakeResponses()) {
    const auto found = requests_.find(response.request);
    if (found == requests_.end()) continue;
    Client& client = clients_[found->second];
    requests_.erase(found);
    OnResponse(client, response.answer);
  }
  node.replica->TakeNotes();
  Observe(id);
}

void Simulation::Send(const Message& message) {
  if (cut_.contains({message.from, message.to}) || random_.Chance(loss_)) return;
  int64_t delay = random_.Between(1, max_delay_);
  if (random_.Chance(0.005)) delay += random_.Between(0, 500);
  flights_.push_back({now_ + delay, message});
  if (random_.Chance(0.005)) flights_.push_back({now_ + delay + random_.Between(1, 100), message});
}

void Simulation::DeliverDue() {
  std::vector<Flight> due;
  std::erase_if(flights_, [&](Flight& flight) {
    if (flight.at > now_ || now_ < nodes_[flight.message.to].paused_until) return false;
    due.push_back(std::move(flight));
    return true;
  });
  for (Flight& flight : due) {
    Node& node = nodes_[flight.message.to];
    // The codec is on the way of every message here too.
    auto message = DecodeMessage(Encode(flight.message));
    if (!message) {
      Violate("a message could not be decoded");
    } else if (node.replica) {
      node.replica->Receive(std::move(*message), now_);
      node.busy = true;
    }
  }
}

void Simulation::StartDue() {
  for (NodeId id = 0; id < size_; ++id) {
    Node& node = nodes_[id];
    if (node.replica || now_ < node.up_at) continue;
    ReplicaOptions options;
    options.core.self = id;
    options.core.nodes = size_;
    options.core.seed = options_.seed + static_cast<uint64_t>(now_) * 7919;
    options.core.bug = options_.bug;
    options.snapshot_entries = 30;
    options.keep_entries = 10;
    for (uint32_t i = 1; i <= size_; ++i) options.names.push_back("n" + std::to_string(i));
    node.replica.emplace(options, node.disk, now_);
    node.checked = node.replica->core().commit();
  }
}

void Simulation::Inject() {
  ++faults_;
  next_fault_ = now_ + random_.Between(50, 1200);
  const auto any = [&] { return static_cast<NodeId>(random_.Below(size_)); };
  switch (random_.Below(8)) {
    case 0: cut_.clear(); break;
    case 1:  // two groups
    case 2: {
      std::vector<NodeId> order;
      for (NodeId id = 0; id < size_; ++id) order.push_back(id);
      random_.Shuffle(order);
      const size_t left = 1 + random_.Below(size_ - 1);
      for (size_t i = 0; i < size_; ++i) {
        for (size_t j = 0; j < size_; ++j) {
          if ((i < left) != (j < left)) cut_.insert({order[i], order[j]});
        }
      }
      break;
    }
    case 3: {  // one way
      const NodeId from = any();
      for (NodeId to = 0; to < size_; ++to) cut_.insert({from, to});
      break;
    }
    case 4: Crash(any()); break;
    case 5:
      for (uint32_t i = 0; i < size_ / 2 + 1; ++i) Crash(any());
      break;
    case 6:
      for (NodeId id = 0; id < size_; ++id) Crash(id);
      break;
    default: nodes_[any()].paused_until = now_ + random_.Between(10, 1500);
  }
}

void Simulation::Crash(NodeId id) {
  Node& node = nodes_[id];
  if (!node.replica) return;
  // What was being written may or may not have reached the disk; nobody was told.
  if (node.writing && random_.Chance(0.5)) WriteTo(node.disk, *node.writing);
  node.writing.reset();
  node.replica.reset();
  node.paused_until = 0;
  node.up_at = now_ + random_.Between(1, 600);
  for (auto it = requests_.begin(); it != requests_.end();) {
    Client& client = clients_[it->second];
    if (client.node != id) {
      ++it;
      continue;
    }
    it = requests_.erase(it);
    client.request = 0;
    client.unknown = true;
    client.next_try = now_ + 20;
  }
}

void Simulation::WriteTo(Recovered& disk, const Batch& batch) {
  if (batch.hard_state) disk.hard_state = *batch.hard_state;
  if (batch.snapshot) {
    disk.snapshot = batch.snapshot;
    disk.log.Reset(batch.base_index, batch.base_term);
  }
  for (const Entry& entry : batch.entries) {
    disk.log.Truncate(entry.index);
    disk.log.Append(entry);
  }
}

void Simulation::Observe(NodeId id) {
  Node& node = nodes_[id];
  const RaftCore& core = node.replica->core();
  if (core.role() == Role::kLeader) {
    const auto [found, fresh] = leaders_.try_emplace(core.term(), id);
    if (!fresh && found->second != id) {
      Violate("two leaders of term " + std::to_string(core.term()));
    }
  }
  for (uint64_t i = node.checked + 1; i <= core.commit(); ++i) {
    node.checked = i;
    if (i <= core.log().base_index()) continue;
    const Entry& entry = core.log().At(i);
    const auto [found, fresh] = committed_.try_emplace(i, entry);
    if (!fresh && found->second != entry) {
      Violate("two committed entries at index " + std::to_string(i));
    }
  }
}

void Simulation::RunClients() {
  for (Client& client : clients_) {
    if (client.request != 0 && now_ >= client.try_until) {
      requests_.erase(client.request);
      client.request = 0;
      client.unknown = true;
    }
    if (client.request != 0 || now_ < client.next_try) continue;
    if (!client.busy)
      Begin(client);
    else if (now_ - client.began > kPatience)
      GiveUp(client);
    else
      Try(client);
  }
}

void Simulation::Begin(Client& client) {
  uint64_t kind = writing_allowed_ ? random_.Below(4) : 0;
  if (kind == 3) kind += random_.Below(3);
  client.op = Value::object();
  if (kind == 0) {
    client.op = {{"f", "get"}, {"key", "list"}};
  } else if (kind == 1) {
    client.op = {{"f", "append"}, {"key", "list"}, {"value", next_value_++}};
  } else if (kind == 2) {
    const Value old = register_ == 0 ? Value() : Value(register_);
    client.op = {{"f", "cas"}, {"key", "register"}, {"old", old}, {"new", next_value_++}};
  } else if (kind == 3) {
    client.op = {{"f", "txn"}, {"ops", Value::array()}};
    for (const auto& [account, balance] : balances_) {
      client.op["ops"].push_back({"r", account, nullptr});
    }
  } else {
    client.op = kind == 4 ? Transfer() : Insert();
  }
  if (kind != 0 && kind != 3) {
    client.op["client"] = client.id;
    client.op["seq"] = ++client.sequence;
  }
  client.busy = true;
  client.unknown = false;
  client.began = now_;
  client.must_see = seen_;
  client.must_hold = acknowledged_.size();
  Try(client);
}

void Simulation::Try(Client& client) {
  Node& node = nodes_[client.node];
  client.next_try = now_ + 20;
  if (!node.replica) return;
  const bool get = client.op.at("f") == "get";
  client.request = next_request_++;
  client.try_until = now_ + kTryTimeout;
  requests_[client.request] = static_cast<size_t>(&client - clients_.data());
  node.busy = true;
  const bool read = !client.op.contains("client");
  node.replica->Submit(client.request, {read, "list", get ? "" : client.op.dump()}, now_);
}

/// Moves 1 between two accounts, if they hold what the clients believe.
Value Simulation::Transfer() {
  std::vector<std::string> accounts;
  for (const auto& [account, balance] : balances_) accounts.push_back(account);
  random_.Shuffle(accounts);
  Value op = {{"f", "txn"}, {"if", Value::array()}, {"ops", Value::array()}};
  for (const int i : {0, 1}) {
    const int64_t balance = balances_.at(accounts[i]);
    op["if"].push_back({accounts[i], balance == 0 ? Value() : Value(balance)});
    const int64_t after = balance + (i == 0 ? 1 : -1);
    op["ops"].push_back({"w", accounts[i], after == 0 ? Value() : Value(after)});
  }
  return op;
}

/// One half of a pair, if neither is there.
Value Simulation::Insert() {
  const std::string pair = "pair" + std::to_string(pair_);
  Value conditions = Value::array();
  for (const char* half : {"a", "b"}) conditions.push_back({pair + half, nullptr});
  Value ops = Value::array();
  ops.push_back({"w", pair + (random_.Chance(0.5) ? "a" : "b"), 1});
  return {{"f", "txn"}, {"if", conditions}, {"ops", ops}, {"pair", pair_}};
}

void Simulation::OnResponse(Client& client, const Answer& answer) {
  client.request = 0;
  client.next_try = now_ + 20;
  const Value body = Value::parse(answer.body, nullptr, false);
  if (body.is_discarded()) {
    Violate("an answer is not JSON: " + answer.body);
  } else if (answer.status == 200) {
    OnOk(client, body);
  } else if (!body.at("definite").get<bool>()) {
    client.unknown = true;
  } else if (!client.unknown) {
    client.busy = false;
  }
}

void Simulation::OnOk(Client& client, const Value& body) {
  ++ok_;
  client.busy = false;
  client.next_try = now_ + random_.Between(0, think_);
  if (random_.Chance(0.1)) client.node = static_cast<NodeId>(random_.Below(size_));
  const std::string f = client.op.at("f");
  if (f == "get") {
    CheckList(client, body.at("value"));
  } else if (f == "txn") {
    OnTransaction(client.op, body);
  } else if (f == "append") {
    acknowledged_.push_back(client.op.at("value").get<int64_t>());
  } else if (!body.at("ok").get<bool>()) {
    register_ = body.at("observed").is_null() ? 0 : body.at("observed").get<int64_t>();
  } else {
    const int64_t old = client.op.at("old").is_null() ? 0 : client.op.at("old").get<int64_t>();
    register_ = client.op.at("new").get<int64_t>();
    if (!swapped_.insert(old).second) {
      Violate("two cas from " + std::to_string(old) + " succeeded");
    }
  }
}

void Simulation::OnTransaction(const Value& op, const Value& body) {
  const bool done = body.at("ok").get<bool>();
  if (op.contains("pair")) {
    const auto pair = op.at("pair").get<int64_t>();
    pair_ = std::max(pair_, pair + 1);
    if (done && !inserted_.insert(pair).second) {
      Violate("both of pair " + std::to_string(pair) + " were inserted");
    }
  } else if (!done) {
    for (const Value& seen : body.at("observed")) LearnBalance(seen.at(0), seen.at(1));
  } else {
    int64_t sum = 0;
    for (const Value& seen : body.at("ops")) {
      sum += seen.at(2).is_null() ? 0 : seen.at(2).get<int64_t>();
      LearnBalance(seen.at(1), seen.at(2));
    }
    if (!op.contains("if") && sum != 0) Violate("accounts come to " + std::to_string(sum));
  }
}

void Simulation::LearnBalance(const Value& account, const Value& balance) {
  balances_.at(account.get<std::string>()) = balance.is_null() ? 0 : balance.get<int64_t>();
}

void Simulation::CheckList(Client& client, const Value& value) {
  const auto list = value.is_null() ? std::vector<int64_t>() : value.get<std::vector<int64_t>>();
  const std::set<int64_t> held(list.begin(), list.end());
  if (held.size() != list.size()) Violate("a value is in the list twice");
  for (size_t i = 0; i < client.must_hold; ++i) {
    if (!held.contains(acknowledged_[i])) {
      Violate("a read misses " + std::to_string(acknowledged_[i]) +
              ", which was acknowledged before it");
      return;
    }
  }
  if (list.size() < client.must_see) Violate("a read is older than a read that ended before it");
  const size_t common = std::min(list.size(), longest_.size());
  if (!std::equal(list.begin(), list.begin() + static_cast<int64_t>(common), longest_.begin())) {
    Violate("two reads disagree on the list's order");
  }
  if (list.size() > longest_.size()) longest_ = list;
  seen_ = std::max(seen_, list.size());
}

void Simulation::GiveUp(Client& client) {
  client.busy = false;
  client.id = "c" + std::to_string(next_client_++);
  client.sequence = 0;
}

void Simulation::CheckEnd() {
  for (const Client& client : clients_) {
    if (client.began < now_ - 3000) Violate("a client is not served after healing");
  }
  std::string state;
  for (const Node& node : nodes_) {
    if (!node.replica) {
      Violate("a node is down after healing");
      return;
    }
    const std::string mine = node.replica->state().Serialize();
    if (!state.empty() && state != mine) Violate("two nodes' states differ after healing");
    state = mine;
  }
}

void Simulation::Violate(const std::string& what) {
  if (violation_.empty()) violation_ = "at " + std::to_string(now_) + " ms: " + what;
}

}  // namespace cleave::raft
