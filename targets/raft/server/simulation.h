// A whole cluster in one thread and in virtual time, for tests: replicas, disks that lose what was
// not synced, a network that loses, delays, duplicates and reorders, clients that retry, and
// faults.
//
// The same seed gives the same run. What is checked: one leader a term; the same entry at the same
// place of every log once it is committed; reads of one list that clients append unique values to
// (strict serializability of a list: each read is a prefix of the longest one and holds everything
// that was acknowledged or read before it began, nothing twice); cas from one value succeeds at
// most once; a transaction that reads all accounts finds that transfers have left their sum alone;
// of two inserts that exclude each other one succeeds at most; and that everything is served again,
// and alike on all nodes, after healing.
#pragma once

#include <deque>
#include <set>

#include "targets/raft/server/replica.h"

namespace cleave::raft {

struct SimulationOptions {
  uint64_t seed = 1;
  Bug bug = Bug::kNone;
  int64_t duration = 5000;  // milliseconds with faults
};

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);
  /// Runs to the end; what was violated, in words, "" when all was well.
  std::string Run();
  /// Successful client operations, elections won and faults: so that a test can see it was not
  /// idle.
  int ok() const { return ok_; }
  size_t terms() const { return leaders_.size(); }
  int faults() const { return faults_; }
  int snapshots() const { return snapshots_; }

 private:
  struct Node {
    Recovered disk;
    std::optional<Replica> replica;
    std::optional<Batch> writing;
    int64_t write_done = 0;
    int64_t up_at = 0;  // when a crashed node starts again
    int64_t paused_until = 0;
    bool busy = false;     // something happened that may have outputs
    uint64_t checked = 0;  // commit index up to which entries were compared
  };
  struct Flight {
    int64_t at;
    Message message;
  };
  struct Client {
    std::string id;
    int64_t sequence = 0;
    NodeId node = 0;
    bool busy = false;
    bool unknown = false;
    Value op;
    int64_t began = 0;
    int64_t next_try = 0;
    uint64_t request = 0;  // 0: none outstanding
    int64_t try_until = 0;
    size_t must_see = 0;   // reads: the length that the list had for certain before
    size_t must_hold = 0;  // reads: how many of acknowledged_ it must hold
  };

  void Advance(bool faults);
  void Pump(NodeId id);
  void Send(const Message& message);
  void DeliverDue();
  void StartDue();
  void Inject();
  void Crash(NodeId id);
  static void WriteTo(Recovered& disk, const Batch& batch);
  void Observe(NodeId id);
  void RunClients();
  void Begin(Client& client);
  void Try(Client& client);
  void OnResponse(Client& client, const Answer& answer);
  void OnOk(Client& client, const Value& body);
  void CheckList(Client& client, const Value& list);
  Value Transfer();
  Value Insert();
  void OnTransaction(const Value& op, const Value& body);
  void LearnBalance(const Value& account, const Value& balance);
  void GiveUp(Client& client);
  void CheckEnd();
  void Violate(const std::string& what);

  SimulationOptions options_;
  Random random_;
  uint32_t size_;
  int64_t now_ = 1000;
  double loss_;
  int64_t max_delay_;
  int64_t think_;
  bool writing_allowed_ = true;
  std::vector<Node> nodes_;
  std::vector<Flight> flights_;
  std::set<std::pair<NodeId, NodeId>> cut_;
  int64_t next_fault_ = 1500;
  std::vector<Client> clients_;
  std::map<uint64_t, size_t> requests_;  // outstanding: request → client
  uint64_t next_request_ = 1;
  int64_t next_value_ = 1;
  int next_client_ = 1;

  std::map<uint64_t, NodeId> leaders_;   // by term
  std::map<uint64_t, Entry> committed_;  // by index
  std::vector<int64_t> longest_;         // of all reads
  std::vector<int64_t> acknowledged_;    // appended for certain, in order
  size_t seen_ = 0;                      // length of the longest completed read
  std::set<int64_t> swapped_;            // values that a cas replaced
  int64_t register_ = 0;                 // the clients' guess of the register
  /// The clients' guess of the accounts; what comes to 0 is absent.
  std::map<std::string, int64_t> balances_ = {{"account1", 0}, {"account2", 0}, {"account3", 0}};
  int64_t pair_ = 0;            // of the next insert
  std::set<int64_t> inserted_;  // pairs of which one was inserted
  std::string violation_;
  int ok_ = 0;
  int faults_ = 0;
  int snapshots_ = 0;
};

}  // namespace cleave::raft
