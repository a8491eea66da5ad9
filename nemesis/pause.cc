// pause: every process on chosen nodes gets SIGSTOP; healing sends SIGCONT. To the others the node
// looks as if its network had died, except that its kernel still acknowledges TCP until buffers are
// full. Evidence: the state of each process, T while stopped.
#include "nemesis/pause.h"

#include "harness/run/asio.h"
#include "nemesis/choice.h"

namespace cleave {
namespace {

// A process in an uninterruptible call stops only when that ends.
constexpr std::chrono::milliseconds kStateDeadline{2000};
constexpr std::chrono::milliseconds kStatePoll{2};

class Pause : public Fault {
 public:
  asio::awaitable<Json> Choose(FaultContext& context, Json parameters) override {
    co_return co_await ChooseNodes(context, std::move(parameters));
  }

  asio::awaitable<void> Inject(FaultContext& context, const Json& parameters) override {
    injected_ = true;
    paused_.clear();
    for (int index : NodesFromJson(context.cluster, parameters["nodes"], "nodes")) {
      Node& node = *context.cluster.nodes()[index];
      paused_.push_back(node.name());
      node.Pause();
    }
    co_await WaitUntil(context.cluster, true);
  }

  asio::awaitable<void> Heal(FaultContext& context) override {
    injected_ = false;
    for (const std::string& name : paused_) FindNode(context.cluster, name).Resume();
    co_await WaitUntil(context.cluster, false);
  }

  asio::awaitable<Evidence> Observe(FaultContext& context) override {
    Json states = Json::object(), already_down = Json::array();
    for (const std::string& name : paused_) {
      const auto processes = LiveProcesses(FindNode(context.cluster, name));
      if (processes.empty()) already_down.push_back(name);
      for (const ProcessState& process : processes) {
        states[name][std::to_string(process.pid)] = std::string(1, process.state);
      }
    }
    Evidence evidence;
    evidence["states"] = states;
    if (!already_down.empty()) evidence[injected_ ? "already-down" : "down"] = already_down;
    if (injected_) {
      evidence["effective"] = !states.empty() && All(context.cluster, true);
    } else {
      evidence["healed"] = All(context.cluster, false);
    }
    co_return evidence;
  }

 private:
  /// Whether every process on the paused nodes is stopped, or none is.
  bool All(const Cluster& cluster, bool stopped) const {
    for (const std::string& name : paused_) {
      for (const ProcessState& process : LiveProcesses(FindNode(cluster, name))) {
        if (IsStopped(process) != stopped) return false;
      }
    }
    return true;
  }

  /// Returns when it is so or when the deadline has passed: Observe tells which.
  asio::awaitable<void> WaitUntil(const Cluster& cluster, bool stopped) const {
    const auto deadline = std::chrono::steady_clock::now() + kStateDeadline;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!All(cluster, stopped) && std::chrono::steady_clock::now() < deadline) {
      timer.expires_after(kStatePoll);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  std::vector<std::string> paused_;  // the nodes of the last Inject
  bool injected_ = false;
};

}  // namespace

std::unique_ptr<Fault> MakePause() { return std::make_unique<Pause>(); }

}  // namespace cleave
