// See local_node.h.
#include "harness/cluster/local_node.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/stdio.hpp>
#include <stdexcept>

#include "harness/cluster/namespace_processes.h"
#include "harness/cluster/node_init.h"
#include "harness/cluster/node_run.h"
#include "harness/run/environment.h"

namespace cleave {
namespace {

namespace process = boost::process::v2;
using std::chrono::milliseconds;

constexpr milliseconds kStartLimit(10'000);
constexpr milliseconds kKillLimit(10'000);
constexpr milliseconds kPauseLimit(2'000);

std::vector<std::string> Environment(const Program& program, const std::filesystem::path& home) {
  std::map<std::string, std::string> variables = MinimalEnvironment(home);
  for (const auto& [name, value] : program.environment) variables[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : variables) lines.push_back(name + "=" + value);
  return lines;
}

/// The launcher's environment, and two descriptors that it gets under their own numbers. Boost 1.81
/// has process_environment and bind_fd for this; one is declared and never defined, the other one's
/// on_setup returns nothing.
struct LauncherSetup {
  std::vector<const char*> environment;  // ends with nullptr
  int report;
  int net_namespace;

  boost::system::error_code on_setup(process::posix::default_launcher& launcher,
                                     const process::filesystem::path&, const char* const*) {
    launcher.env = environment.data();
    launcher.fd_whitelist.push_back(report);
    launcher.fd_whitelist.push_back(net_namespace);
    return {};
  }
};

/// A path is the controller's; a bare name is looked for in the node's PATH.
std::string ProgramPath(const std::string& path) {
  if (path.find('/') == std::string::npos) return path;
  return std::filesystem::absolute(path);
}

}  // namespace

LocalNode::LocalNode(asio::io_context& io, std::string name, std::string address,
                     const std::filesystem::path& nodes_directory, int net_namespace)
    : io_(io),
      name_(std::move(name)),
      address_(std::move(address)),
      log_directory_(nodes_directory / name_),
      data_directory_(log_directory_ / "data"),
      net_namespace_(net_namespace) {
  std::filesystem::create_directories(data_directory_);
}

LocalNode::~LocalNode() {
  if (run_) run_->KillBlocking();
}

std::shared_ptr<NodeRun> LocalNode::Launch(const Program& program) {
  const std::filesystem::path log_path = log_directory_ / program.log;
  const ScopedFd log(
      Checked(open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), log_path));
  int report[2];
  Checked(pipe2(report, O_CLOEXEC), "pipe");
  ScopedFd report_read(report[0]);
  // These two must not close on exec.
  const ScopedFd report_write(Checked(dup(report[1]), "dup"));
  const ScopedFd net_namespace(Checked(dup(net_namespace_), "dup"));
  close(report[1]);

  std::vector<std::string> arguments = {kNodeInitCommand,
                                        std::to_string(net_namespace.get()),
                                        std::to_string(report_write.get()),
                                        program.not_root ? "user" : "root",
                                        name_,
                                        data_directory_,
                                        ProgramPath(program.argv.at(0))};
  arguments.insert(arguments.end(), program.argv.begin() + 1, program.argv.end());
  const std::vector<std::string> environment = Environment(program, data_directory_);
  LauncherSetup setup{{}, report_write.get(), net_namespace.get()};
  for (const std::string& line : environment) setup.environment.push_back(line.c_str());
  setup.environment.push_back(nullptr);

  NodeRun::Process launcher(asio::any_io_executor(io_.get_executor()), "/proc/self/exe", arguments,
                            process::process_stdio{nullptr, log.get(), log.get()}, setup);
  auto run = std::make_shared<NodeRun>(io_, std::move(launcher), std::move(report_read));
  run->Watch();
  return run;
}

asio::awaitable<void> LocalNode::Start(const Program& program) {
  if (Running()) throw std::logic_error(name_ + " already runs a program");
  const std::shared_ptr<NodeRun> run = run_ = Launch(program);
  stop_signal_ = program.stop_signal;
  std::exception_ptr failure;
  try {
    co_await run->Executed(kStartLimit);
  } catch (const std::system_error& error) {
    failure =
        std::make_exception_ptr(std::system_error(error.code(), name_ + ": " + run->ErrorText()));
  } catch (const std::runtime_error& error) {
    failure = std::make_exception_ptr(std::runtime_error(name_ + ": " + error.what()));
  }
  if (!failure) co_return;
  co_await Kill();
  std::rethrow_exception(failure);
}

asio::awaitable<void> LocalNode::Kill() {
  const std::shared_ptr<NodeRun> run = run_;
  if (!run) co_return;
  if (run->init() == 0 && run->Running()) {  // it was launched a moment ago
    try {
      co_await run->Executed(kStartLimit);
    } catch (const std::runtime_error&) {  // its starter is told; here it only needs to be gone
    }
  }
  run->Signal(SIGKILL);
  const bool gone = co_await run->Ended(kKillLimit);
  if (!gone) throw std::runtime_error(name_ + ": its processes survive SIGKILL");
}

asio::awaitable<void> LocalNode::Stop(std::chrono::milliseconds grace) {
  const std::shared_ptr<NodeRun> run = run_;
  if (!run) co_return;
  Resume();
  run->Signal(stop_signal_);
  const bool gone = co_await run->Ended(grace);
  if (!gone) co_await Kill();
}

void LocalNode::Pause() {
  if (Running()) StopNamespace(run_->init(), kPauseLimit);
}

void LocalNode::Resume() {
  if (Running()) ContinueNamespace(run_->init());
}

bool LocalNode::Running() const { return run_ && run_->Running(); }

std::string LocalNode::ExitDescription() const { return run_ ? run_->ExitDescription() : ""; }

std::vector<ProcessState> LocalNode::Processes() const {
  if (!Running() || run_->init() == 0) return {};
  return NamespaceProcesses(run_->init());
}

}  // namespace cleave
