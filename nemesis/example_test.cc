// A complete fault, as an example: the server of one node is stopped in good order (SIGTERM), and
// started again.
#include <gtest/gtest.h>

#include "nemesis/choice.h"
#include "nemesis/fault_test_fixture.h"

namespace cleave {
namespace {

class Restart : public Fault {
 public:
  // Everything left open is chosen here, once, so that a replay does the same.
  asio::awaitable<Json> Choose(FaultContext& context, Json parameters) override {
    co_return co_await ChooseNodes(context, std::move(parameters));
  }
  asio::awaitable<void> Inject(FaultContext& context, const Json& parameters) override {
    name_ = parameters["nodes"][0].get<std::string>();
    was_running_ = FindNode(context.cluster, name_).Running();
    injected_ = true;
    co_await FindNode(context.cluster, name_).Stop(std::chrono::seconds(5));
  }
  asio::awaitable<void> Heal(FaultContext& context) override {
    injected_ = false;
    if (name_.empty()) co_return;  // healed without having been injected
    Node& node = FindNode(context.cluster, name_);
    if (!node.Running()) co_await context.target.Start(node);
  }
  asio::awaitable<Evidence> Observe(FaultContext& context) override {
    const bool running = !name_.empty() && FindNode(context.cluster, name_).Running();
    Evidence evidence;
    evidence["running"] = running;
    if (injected_) {
      evidence["effective"] = was_running_ && !running;
    } else {
      evidence["healed"] = running || name_.empty();
    }
    co_return evidence;
  }

 private:
  std::string name_;
  bool was_running_ = false, injected_ = false;
};

std::unique_ptr<Fault> MakeRestart() { return std::make_unique<Restart>(); }

// In registry.cc it would be this row:
const FaultInfo kRestart = {"restart", "stops a server in good order", {"one"}, MakeRestart};

TEST(Restart, StopsTheServerAndStartsItAgain) {
  Harm harm(3, 1, {}, {&kRestart, 1});
  EXPECT_EQ(harm.Evidence("start-restart", R"({"nodes":["n2"]})")["effective"], true);
  EXPECT_FALSE(harm.cluster.node(1).Running());
  EXPECT_EQ(harm.Evidence("stop-restart")["healed"], true);
  EXPECT_TRUE(harm.cluster.node(1).Running());
}

}  // namespace
}  // namespace cleave
