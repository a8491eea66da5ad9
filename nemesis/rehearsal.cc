// See rehearsal.h.
#include "nemesis/rehearsal.h"

#include <stdexcept>

#include "harness/run/asio.h"

namespace cleave {
namespace {

[[noreturn]] void NothingRuns() { throw std::logic_error("nothing runs in a rehearsal"); }

class NamedNode : public Node {
 public:
  explicit NamedNode(std::string name) : name_(std::move(name)) {}
  const std::string& name() const override { return name_; }
  const std::string& address() const override { return name_; }
  const std::filesystem::path& data_directory() const override { return nowhere_; }
  const std::filesystem::path& log_directory() const override { return nowhere_; }
  asio::awaitable<void> Start(const Program&) override { NothingRuns(); }
  asio::awaitable<void> Kill() override { NothingRuns(); }
  asio::awaitable<void> Stop(std::chrono::milliseconds) override { NothingRuns(); }
  void Pause() override { NothingRuns(); }
  void Resume() override { NothingRuns(); }
  bool Running() const override { return false; }
  std::string ExitDescription() const override { return ""; }
  std::vector<ProcessState> Processes() const override { return {}; }

 private:
  std::string name_;
  std::filesystem::path nowhere_;
};

class NoNetwork : public Network {
 public:
  void Cut(std::span<const Link>) override { NothingRuns(); }
  void Uncut() override { NothingRuns(); }
  std::vector<Link> CutLinks() const override { return {}; }
  uint64_t DroppedPackets() const override { return 0; }
};

class NamedCluster : public Cluster {
 public:
  explicit NamedCluster(int n) {
    for (int i = 1; i <= n; ++i) {
      nodes_.push_back(std::make_unique<NamedNode>("n" + std::to_string(i)));
    }
  }
  std::span<const std::unique_ptr<Node>> nodes() const override { return nodes_; }
  Network& network() override { return network_; }

 private:
  std::vector<std::unique_ptr<Node>> nodes_;
  NoNetwork network_;
};

class NoTarget : public Target {
 public:
  asio::awaitable<void> Prepare(Cluster&) override { NothingRuns(); }
  asio::awaitable<void> Start(Node&) override { NothingRuns(); }
  asio::awaitable<bool> Ready(Node&) override { NothingRuns(); }
  asio::awaitable<std::optional<std::string>> Leader() override { co_return std::nullopt; }
  std::unique_ptr<Client> Open(Node&, int32_t) override { NothingRuns(); }
};

}  // namespace

std::optional<std::string> Rehearse(const FaultInfo& fault, const Json& parameters, int nodes) {
  NamedCluster cluster(nodes);
  NoTarget target;
  Random random(0);
  FaultContext context{cluster, target, random};
  const std::unique_ptr<Fault> made = fault.make();
  std::optional<std::string> problem;
  asio::io_context io;
  asio::co_spawn(io, made->Choose(context, parameters), [&](std::exception_ptr error, const Json&) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& e) {
      problem = e.what();
    }
  });
  io.run();
  return problem;
}

}  // namespace cleave
