// kill: everything on chosen nodes dies by SIGKILL; healing starts the server again on the same
// data. Evidence: the processes that ran before, and that none of them is left. Invariant: a node
// stays in down_ until its server runs again, so that a heal that failed can be repeated; what
// Inject stopped and could not kill, Heal continues.
#include "nemesis/kill.h"

#include <algorithm>
#include <exception>

#include "nemesis/choice.h"

namespace cleave {
namespace {

std::vector<int> Pids(const Node& node) {
  std::vector<int> pids;
  for (const ProcessState& process : LiveProcesses(node)) pids.push_back(process.pid);
  return pids;
}

class Kill : public Fault {
 public:
  asio::awaitable<Json> Choose(FaultContext& context, Json parameters) override {
    co_return co_await ChooseNodes(context, std::move(parameters));
  }

  asio::awaitable<void> Inject(FaultContext& context, const Json& parameters) override {
    const Cluster& cluster = context.cluster;
    std::vector<Node*> chosen;
    for (int index : NodesFromJson(cluster, parameters["nodes"], "nodes")) {
      chosen.push_back(cluster.nodes()[index].get());
    }
    killed_.clear();
    stopped_.clear();
    injected_ = true;
    for (const Node* node : chosen) {
      killed_[node->name()] = Pids(*node);
      down_.insert(node->name());
    }
    if (chosen.size() > 1) StopAll(chosen);
    std::exception_ptr first_error;
    for (Node* node : chosen) {
      try {
        co_await node->Kill();
      } catch (...) {
        if (!first_error) first_error = std::current_exception();
      }
    }
    if (first_error) std::rethrow_exception(first_error);
  }

  asio::awaitable<void> Heal(FaultContext& context) override {
    injected_ = false;
    std::exception_ptr first_error;
    for (const std::string& name : std::vector<std::string>(down_.begin(), down_.end())) {
      Node& node = FindNode(context.cluster, name);
      try {
        if (stopped_.contains(name)) node.Resume();
        if (!node.Running()) co_await context.target.Start(node);
        if (node.Running()) down_.erase(name);
      } catch (...) {
        if (!first_error) first_error = std::current_exception();
      }
    }
    if (first_error) std::rethrow_exception(first_error);
  }

  asio::awaitable<Evidence> Observe(FaultContext& context) override {
    co_return injected_ ? Killed(context.cluster) : Restarted(context.cluster);
  }

 private:
  /// So that no survivor of the first millisecond sees the others die one by one. A node that does
  /// not stop in time is killed all the same.
  void StopAll(const std::vector<Node*>& nodes) {
    for (Node* node : nodes) {
      stopped_.insert(node->name());
      try {
        node->Pause();
      } catch (const std::exception&) {  // it dies a moment apart from the others
      }
    }
  }

  Evidence Killed(const Cluster& cluster) const {
    Json pids = Json::object(), already_down = Json::array(), alive = Json::object();
    for (const auto& [name, before] : killed_) {
      if (before.empty()) {
        already_down.push_back(name);
      } else {
        pids[name] = before;
      }
      const std::vector<int> now = Pids(FindNode(cluster, name));
      if (!now.empty()) alive[name] = now;
    }
    Evidence evidence;
    evidence["pids"] = pids;
    evidence["gone"] = alive.empty();
    if (!alive.empty()) evidence["alive"] = alive;
    if (!already_down.empty()) evidence["already-down"] = already_down;
    evidence["effective"] = !pids.empty() && alive.empty();
    return evidence;
  }

  Evidence Restarted(const Cluster& cluster) const {
    Json running = Json::object(), down = Json::object(), stopped = Json::array();
    for (const auto& [name, before] : killed_) {
      const Node& node = FindNode(cluster, name);
      if (node.Running()) {
        running[name] = Pids(node);
        const auto processes = LiveProcesses(node);
        if (std::any_of(processes.begin(), processes.end(), IsStopped)) stopped.push_back(name);
      } else {
        down[name] = node.ExitDescription();
      }
    }
    Evidence evidence;
    evidence["running"] = running;
    if (!down.empty()) evidence["down"] = down;
    if (!stopped.empty()) evidence["stopped"] = stopped;
    evidence["healed"] = down.empty() && down_.empty() && stopped.empty();
    return evidence;
  }

  std::map<std::string, std::vector<int>>
      killed_;                     // the nodes of the last Inject and their pids then
  std::set<std::string> down_;     // to be started again
  std::set<std::string> stopped_;  // by the last Inject, before it killed
  bool injected_ = false;
};

}  // namespace

std::unique_ptr<Fault> MakeKill() { return std::make_unique<Kill>(); }

}  // namespace cleave
