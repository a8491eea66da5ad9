// Work on all nodes at once, and what to say about a node that does not serve.
#include "harness/run/nodes.h"

#include <deque>
#include <fstream>

#include "harness/run/asio.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

constexpr auto kProbeInterval = std::chrono::milliseconds(20);
constexpr size_t kLogLines = 12;

// Shared with the spawned coroutines, which may outlive a caller that is destroyed.
struct Joint {
  explicit Joint(asio::any_io_executor executor)
      : done(executor, asio::steady_timer::time_point::max()) {}
  size_t running = 0;
  std::exception_ptr error;
  asio::steady_timer done;
};

asio::awaitable<void> Probe(Target& target, Node& node, bool& ready) {
  ready = co_await target.Ready(node);
}

fs::path NewestLog(const fs::path& directory) {
  fs::path newest;
  fs::file_time_type time;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (!entry.is_regular_file(error) || entry.file_size(error) == 0) continue;
    fs::file_time_type written = entry.last_write_time(error);
    if (newest.empty() || written > time) {
      newest = entry.path();
      time = written;
    }
  }
  return newest;
}

std::string Tail(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  auto size = static_cast<int64_t>(in.tellg());
  in.seekg(std::max<int64_t>(0, size - 16'384));
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line.substr(0, 500));
    if (lines.size() > kLogLines) lines.pop_front();
  }
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

}  // namespace

asio::awaitable<void> ForEachNode(Cluster& cluster,
                                  std::function<asio::awaitable<void>(Node&)> work) {
  auto executor = co_await asio::this_coro::executor;
  auto joint = std::make_shared<Joint>(executor);
  for (const auto& node : cluster.nodes()) {
    ++joint->running;
    asio::co_spawn(executor, work(*node), [joint](std::exception_ptr error) {
      if (error && !joint->error) joint->error = error;
      if (--joint->running == 0) joint->done.cancel();
    });
  }
  boost::system::error_code ignored;
  while (joint->running > 0) {
    co_await joint->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (joint->error) std::rethrow_exception(joint->error);
}

asio::awaitable<std::vector<Node*>> WaitUntilReady(Cluster& cluster, Target& target, int64_t time,
                                                   const bool* give_up, bool exits_allowed) {
  auto executor = co_await asio::this_coro::executor;
  auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(time);
  asio::steady_timer timer(executor);
  std::map<const Node*, bool> ready;
  std::function<asio::awaitable<void>(Node&)> probe = [&](Node& node) {
    return Probe(target, node, ready[&node]);
  };
  while (true) {
    ready.clear();
    co_await ForEachNode(cluster, probe);
    std::vector<Node*> waiting;
    for (const auto& node : cluster.nodes()) {
      if (!ready[node.get()]) waiting.push_back(node.get());
    }
    if (waiting.empty()) co_return waiting;
    for (Node* node : waiting) {
      if (!exits_allowed && !node->Running()) {
        throw std::runtime_error("node " + DescribeNode(*node));
      }
    }
    if (*give_up || std::chrono::steady_clock::now() >= deadline) co_return waiting;
    timer.expires_after(kProbeInterval);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

std::string DescribeNode(const Node& node) {
  std::string exit = node.ExitDescription();
  std::string text = node.name();
  if (node.Running()) {
    text += " runs but does not become ready.";
  } else {
    text += exit.empty() ? " does not run." : " " + exit + ".";
  }
  fs::path log = NewestLog(node.log_directory());
  if (log.empty()) return text + " It wrote no log to " + node.log_directory().string();
  return text + " The end of " + log.string() + ":" + Tail(log);
}

}  // namespace cleave
