// Commands of the file are run as it says: the server on its node, all others on the controller's
// side, where the clients of every target are. Placeholders are filled in once, before the start.
#include "targets/user/user_target.h"

#include <unistd.h>

#include <charconv>
#include <sstream>

#include "harness/run/environment.h"
#include "harness/run/nodes.h"
#include "harness/run/words.h"
#include "targets/http_client.h"
#include "targets/user/client.h"
#include "targets/user/command.h"
#include "targets/user/description.h"
#include "targets/user/placeholders.h"
#include "targets/user/tcp_probe.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kCheckTime = 30s;
/// Together less than the second within which Ready must answer.
constexpr auto kProbeTime = 450ms;
constexpr auto kProbeCommandTime = 900ms;
constexpr auto kStopPoll = 10ms;

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

class User : public Target {
 public:
  User(std::shared_ptr<const UserDescription> description, const TargetOptions& options)
      : description_(std::move(description)) {
    common_ = {{"dir", description_->file.parent_path()}, {"interface", options.interface}};
    for (const auto& [name, port] : description_->ports) common_[name] = std::to_string(port);
    for (const TargetFlag& setting : description_->settings) {
      const auto chosen = options.flags.find(setting.name);
      common_[setting.name] =
          chosen == options.flags.end() ? setting.values.front() : chosen->second;
    }
  }

  std::string Version() const override { return version_; }
  Json Description() const override { return description_->json; }
  std::vector<std::string> Warnings() const override { return clients_.tally().Warnings(); }

  asio::awaitable<void> Prepare(Cluster& cluster) override {
    cluster_ = &cluster;
    for (const auto& node : cluster.nodes()) values_[node->name()] = ValuesOf(*node);
    const Placeholders& any = values_.begin()->second;
    for (const auto& [field, command] :
         std::map<std::string, Command>{{"start", description_->start},
                                        {"client", description_->client},
                                        {"ready", description_->ready},
                                        {"leader", description_->leader},
                                        {"stop", description_->stop}}) {
      if (!command.empty()) Argv(field, command, any);
    }
    for (const auto& [name, values] : values_) UrlOf(values);
    co_await CheckInstallation(any);
    if (description_->version.empty()) co_return;
    const CommandResult said =
        co_await RunCommand(OnController("version", description_->version, any), kCheckTime);
    version_ = FirstLine(said.output);
  }

  asio::awaitable<void> Start(Node& node) override {
    const Placeholders& values = values_.at(node.name());
    Program program;
    program.argv = Argv("start", description_->start, values);
    program.environment = Fill(description_->environment, values);
    program.log = description_->log;
    program.not_root = description_->not_root;
    program.stop_signal = description_->stop_signal;
    co_await node.Start(program);
  }

  asio::awaitable<void> Stop(Node& node, std::chrono::milliseconds grace) override {
    if (description_->stop.empty() || !node.Running()) co_return co_await node.Stop(grace);
    const auto end = steady_clock::now() + grace;
    co_await Succeeds("stop", description_->stop, node, grace);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (node.Running() && steady_clock::now() < end) {
      pause.expires_after(kStopPoll);
      co_await pause.async_wait(asio::use_awaitable);
    }
    co_await node.Kill();
  }

  asio::awaitable<bool> Ready(Node& node) override {
    if (!description_->ready.empty()) {
      const auto said = co_await Succeeds("ready", description_->ready, node, kProbeCommandTime);
      co_return said.has_value();
    }
    const Url url = UrlOf(values_.at(node.name()));
    try {
      if (url.path.empty())
        co_return co_await AcceptsConnections(node.address(), url.port, kProbeTime);
      static const std::string kGet = "GET", kNoBody;
      HttpClient http(node.address(), url.port, kProbeTime);
      const HttpReply reply = co_await http.Request(kGet, url.path, kNoBody);
      co_return reply.status / 100 == 2;
    } catch (const std::exception&) {
      co_return false;
    }
  }

  /// Of the nodes whose command exits with 0 the one that prints the highest number.
  asio::awaitable<std::optional<std::string>> Leader() override {
    std::map<std::string, int64_t> terms;  // by node
    if (description_->leader.empty()) co_return std::nullopt;
    std::function<asio::awaitable<void>(Node&)> ask = [&](Node& node) -> asio::awaitable<void> {
      const auto said = co_await Succeeds("leader", description_->leader, node, kProbeCommandTime);
      if (!said) co_return;
      int64_t& term = terms[node.name()];
      std::from_chars(said->data(), said->data() + said->size(), term);
    };
    co_await ForEachNode(*cluster_, ask);
    std::optional<std::string> leader;
    for (const auto& [name, term] : terms) {
      if (!leader || term > terms[*leader]) leader = name;
    }
    co_return leader;
  }

  std::unique_ptr<Client> Open(Node& node, int32_t) override {
    const Placeholders& values = values_.at(node.name());
    const ChildOptions child = OnController("client", description_->client, values);
    return clients_.Open({node.name(), child.argv, child.environment, child.directory,
                          node.log_directory() / "client.log", values.at("interface")});
  }

 private:
  struct Url {
    uint16_t port = 0;
    std::string path;  // "" of tcp://
  };

  [[noreturn]] void Fail(const std::string& words) const {
    throw std::runtime_error(description_->file.string() + ": " + words);
  }

  Placeholders ValuesOf(const Node& of) const {
    Placeholders values = common_;
    std::vector<std::string> peers, others;
    int id = 0;
    for (const auto& node : cluster_->nodes()) {
      Placeholders peer = common_;
      peer["node"] = node->name();
      peer["id"] = std::to_string(++id);
      peer["ip"] = node->address();
      peers.push_back(Fill(description_->peer, peer));
      if (node.get() != &of) {
        others.push_back(peers.back());
        continue;
      }
      values.insert(peer.begin(), peer.end());
      values["data"] = node->data_directory();
      values["logs"] = node->log_directory();
    }
    values["peers"] = Join(peers, description_->separator);
    values["others"] = Join(others, description_->separator);
    return values;
  }

  /// The command with its program as a path. Throws where there is no such program.
  std::vector<std::string> Argv(const std::string& field, const Command& command,
                                const Placeholders& values) const {
    std::vector<std::string> argv = Fill(command, values);
    std::vector<std::filesystem::path> tried;
    if (argv[0].find('/') != std::string::npos) {
      tried.push_back(description_->file.parent_path() / argv[0]);
    } else {
      std::istringstream folders(EnvironmentOf(values).at("PATH"));
      for (std::string folder; std::getline(folders, folder, ':');) {
        tried.push_back(std::filesystem::path(folder) / argv[0]);
      }
    }
    for (const std::filesystem::path& program : tried) {
      if (access(program.c_str(), X_OK) != 0) continue;
      argv[0] = program;
      return argv;
    }
    Fail("\"" + field + "\": there is no program " +
         (tried.size() == 1 ? tried[0].string()
                            : argv[0] + " in " + EnvironmentOf(values).at("PATH")) +
         (description_->hint.empty() ? "" : "\n  " + description_->hint));
  }

  std::map<std::string, std::string> EnvironmentOf(const Placeholders& values) const {
    auto environment = MinimalEnvironment(values.at("data"));
    for (const auto& [name, value] : Fill(description_->environment, values)) {
      environment[name] = value;
    }
    return environment;
  }

  /// A command for RunCommand, or a client: in the folder of the file.
  ChildOptions OnController(const std::string& field, const Command& command,
                            const Placeholders& values) const {
    return {Argv(field, command, values),
            EnvironmentOf(values),
            description_->file.parent_path(),
            -1,
            -1,
            -1};
  }

  asio::awaitable<void> CheckInstallation(const Placeholders& values) const {
    if (description_->check.empty()) co_return;
    const CommandResult check =
        co_await RunCommand(OnController("check", description_->check, values), kCheckTime);
    if (check.succeeded) co_return;
    Fail("\"check\" " + check.ending + (check.output.empty() ? "" : ": " + check.output) +
         (description_->hint.empty() ? "" : "\n  " + description_->hint));
  }

  /// What the command printed, where it exited with 0 in time. Throws only when it is cancelled.
  asio::awaitable<std::optional<std::string>> Succeeds(const char* field, const Command& command,
                                                       Node& node,
                                                       std::chrono::milliseconds limit) const {
    const ChildOptions options = OnController(field, command, values_.at(node.name()));
    const CommandResult result = co_await RunCommand(options, limit);
    if (!result.succeeded) co_return std::nullopt;
    co_return result.output;
  }

  Url UrlOf(const Placeholders& values) const {
    Url url;
    if (description_->ready_url.empty()) return url;
    const std::string text = Fill(description_->ready_url, values);
    const size_t port = text.find("://") + 3 + values.at("ip").size() + 1;
    const size_t path = std::min(text.find('/', port), text.size());
    const auto [end, error] = std::from_chars(text.data() + port, text.data() + path, url.port);
    if (error != std::errc() || end != text.data() + path || url.port == 0) {
      Fail("\"ready\": there is no port in " + text);
    }
    url.path = text.substr(path);
    return url;
  }

  const std::shared_ptr<const UserDescription> description_;
  UserClients clients_;
  Placeholders common_;                         // without a node
  std::map<std::string, Placeholders> values_;  // by node
  Cluster* cluster_ = nullptr;
  std::string version_;
};

}  // namespace

bool IsTargetFile(std::string_view target) { return target.ends_with(".json"); }

TargetInfo UserTarget(const std::filesystem::path& file) {
  const auto description = std::make_shared<const UserDescription>(ReadUserDescription(file));
  TargetInfo info;
  info.name = description->name;
  info.summary = description->summary;
  info.offers = description->offers;
  info.flags = description->settings;
  info.nodes = description->nodes;
  info.make = [description](const TargetOptions& options) {
    return std::make_unique<User>(description, options);
  };
  return info;
}

}  // namespace cleave
