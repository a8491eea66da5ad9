// One process for each client. Invariants: an answer counts for the operation whose number it
// bears, while that is open, and only once; nothing that was written before an operation was asked
// answers it; after anything that is out of order the process is replaced.
#include "targets/user/client.h"

#include <fcntl.h>
#include <signal.h>

#include <csignal>
#include <map>
#include <optional>
#include <vector>

#include "harness/run/scoped_fd.h"
#include "targets/user/answer.h"
#include "targets/user/child_process.h"
#include "targets/user/errors.h"

namespace cleave {
namespace {

using asio::posix::stream_descriptor;
using boost::system::error_code;

/// Before an error is reported, so that the client of a dead node does not spin.
constexpr std::chrono::milliseconds kPauseAfterError{50};
/// Lines that may wait to be read when an operation begins.
constexpr int kMostUnread = 1000;
/// A process that has said nothing for so long is not starting any more.
constexpr std::chrono::seconds kStartTime{30};
constexpr size_t kReadSize = 64 << 10;

struct Pipe {
  ScopedFd read, write;
  Pipe() {
    int ends[2];
    Checked(pipe2(ends, O_CLOEXEC), "pipe");
    read = ScopedFd(ends[0]);
    write = ScopedFd(ends[1]);
  }
};

/// A process of the program, and what is said to and by it.
class Conversation {
 public:
  Conversation(const asio::any_io_executor& executor, const UserClientOptions& options)
      : to_(executor), from_(executor) {
    Pipe to, from;
    const ScopedFd log(Checked(
        open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), options.log));
    process_.emplace(ChildOptions{options.argv, options.environment, options.directory,
                                  to.read.get(), from.write.get(), log.get()});
    to_.assign(to.write.Release());
    from_.assign(from.read.Release());
    from_.non_blocking(true);
  }

  /// How many bytes of `text` were written, and what ended that.
  asio::awaitable<std::pair<error_code, size_t>> Write(const std::string& text) {
    auto [error, size] = co_await asio::async_write(to_, asio::buffer(text), kAwaitTuple);
    co_return std::pair(error, size);
  }
  /// The next line, without its end. not_found: it is too long; eof: the process wrote no more.
  asio::awaitable<std::pair<error_code, std::string>> ReadLine() {
    auto [error, size] = co_await asio::async_read_until(
        from_, asio::dynamic_buffer(unread_, kMaxAnswerBytes), '\n', kAwaitTuple);
    std::pair<error_code, std::string> line(error, "");
    if (!error) line.second = TakeLine(size);
    co_return line;
  }
  /// The next line of what has been written already; nothing where there is no whole line. `ended`:
  /// the process wrote its last.
  std::optional<std::string> WrittenLine(bool* ended) {
    char buffer[kReadSize];
    error_code error;
    while (!error && unread_.find('\n') == std::string::npos && unread_.size() < kMaxAnswerBytes) {
      unread_.append(buffer, from_.read_some(asio::buffer(buffer), error));
    }
    *ended = error && error != asio::error::would_block;
    const size_t end = unread_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    return TakeLine(end + 1);
  }
  /// Kills the process: "exited with 1".
  const std::string& End() { return process_->End(); }

  int64_t id = 0;         // of the last operation
  bool answered = false;  // it has been heard: it is not starting any more
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();

 private:
  std::string TakeLine(size_t size) {
    std::string line = unread_.substr(0, size - 1);
    unread_.erase(0, size);
    return line;
  }

  std::optional<ChildProcess> process_;
  stream_descriptor to_, from_;
  std::string unread_;
};

}  // namespace

struct UserClients::State {
  ClientTally tally;
  std::map<std::string, std::vector<std::unique_ptr<Conversation>>> starting;  // by node
};

namespace {

class UserClient : public Client {
 public:
  UserClient(UserClientOptions options, std::shared_ptr<UserClients::State> state)
      : options_(std::move(options)), state_(std::move(state)), tally_(&state_->tally) {}

  asio::awaitable<Completion> Invoke(const Invocation& invocation) override {
    const auto executor = co_await asio::this_coro::executor;
    if (!conversation_) Start(executor);
    RequireSilence(invocation);
    if (!conversation_) Start(executor);
    Completion done = co_await Ask(invocation);
    tally_->ThrowIfHopeless();
    const UserError* error = FindUserError(done.error);
    if (done.outcome != Outcome::kOk && (error == nullptr || !error->answered)) {
      asio::steady_timer pause(co_await asio::this_coro::executor, kPauseAfterError);
      co_await pause.async_wait(asio::use_awaitable);
    }
    co_return done;
  }

 private:
  void Start(const asio::any_io_executor& executor) {
    auto& starting = state_->starting[options_.node];
    if (!starting.empty()) {
      conversation_ = std::move(starting.back());
      starting.pop_back();
      return;
    }
    try {
      conversation_ = std::make_unique<Conversation>(executor, options_);
    } catch (const std::exception& error) {
      throw EnvironmentError("the client of " + options_.node + ": " + error.what());
    }
  }

  /// Whatever was written since the last operation answers nothing that will be asked.
  void RequireSilence(const Invocation& invocation) {
    bool ended = false;
    int unread = 0;
    while (const std::optional<std::string> line = conversation_->WrittenLine(&ended)) {
      if (++unread > kMostUnread) return NoteNonsense("answers without end");
      const UserAnswer answer =
          ReadAnswer(*line, conversation_->id + 1, options_.interface, invocation);
      if (answer.kind == UserAnswer::Kind::kRepeated) {
        ++tally_->repeated;
        continue;
      }
      NoteNonsense(answer.why.empty() ? "an answer before its request: " + *line : answer.why);
      break;
    }
    if (ended) conversation_.reset();  // it ended between operations, which harms none
  }

  asio::awaitable<Completion> Ask(const Invocation& invocation) {
    const int64_t id = ++conversation_->id;
    const std::string request = RequestLine(id, invocation) + "\n";
    const auto [error, sent] = co_await conversation_->Write(request);
    if (error == asio::error::operation_aborted) GiveUp(false);
    if (error) co_return Ended(invocation, sent > 0);
    for (;;) {
      const auto [read_error, line] = co_await conversation_->ReadLine();
      if (read_error == asio::error::operation_aborted) GiveUp(true);
      if (read_error == asio::error::not_found) {
        co_return Nonsense(invocation,
                           "a line of more than " + std::to_string(kMaxAnswerBytes) + " bytes");
      }
      if (read_error) co_return Ended(invocation, true);
      UserAnswer answer = ReadAnswer(line, id, options_.interface, invocation);
      if (answer.kind == UserAnswer::Kind::kNonsense) co_return Nonsense(invocation, answer.why);
      if (answer.kind == UserAnswer::Kind::kRepeated) {
        ++tally_->repeated;
        continue;
      }
      conversation_->answered = true;
      ++tally_->answered;
      tally_->overruled += answer.overruled ? 1 : 0;
      co_return std::move(answer.completion);
    }
  }

  /// The runner gave up: the process is in the midst of something, or only starting.
  [[noreturn]] void GiveUp(bool asked) {
    const auto age = std::chrono::steady_clock::now() - conversation_->began;
    if (asked && !conversation_->answered && age < kStartTime) {
      state_->starting[options_.node].push_back(std::move(conversation_));
    }
    conversation_.reset();
    throw boost::system::system_error(asio::error::operation_aborted);
  }

  void NoteNonsense(const std::string& why) {
    ++tally_->nonsense;
    tally_->last_nonsense = options_.node + ": " + why;
    conversation_.reset();
  }

  Completion Nonsense(const Invocation& invocation, const std::string& why) {
    NoteNonsense(why);
    return WithoutAnswer(invocation, "nonsense", why);
  }

  /// The process reads or writes no more. Of what it has not read a byte it has done nothing.
  Completion Ended(const Invocation& invocation, bool asked) {
    const std::string text =
        "the client " + conversation_->End() + "; its errors are in " + options_.log.string();
    ++tally_->ended;
    tally_->last_end = options_.node + ": " + text;
    conversation_.reset();
    Completion done = WithoutAnswer(invocation, "client-ended", text);
    if (!asked) done.outcome = Outcome::kFail;
    return done;
  }

  const UserClientOptions options_;
  const std::shared_ptr<UserClients::State> state_;
  ClientTally* const tally_;
  std::unique_ptr<Conversation> conversation_;
};

}  // namespace

UserClients::UserClients() : state_(std::make_shared<State>()) {
  static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  (void)ignored;
}

UserClients::~UserClients() { state_->starting.clear(); }

std::unique_ptr<Client> UserClients::Open(UserClientOptions options) {
  return std::make_unique<UserClient>(std::move(options), state_);
}

const ClientTally& UserClients::tally() const { return state_->tally; }

}  // namespace cleave
