// The adapter between hiredis, which asks to be told when its socket can be read or written, and
// Asio. Invariant: hiredis reads only while answers are awaited; whatever comes otherwise, or comes
// in excess, closes the connection and is nobody's answer.
#include "targets/redis/connection.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace cleave {
namespace {

using boost::system::error_code;

RedisReply CopyReply(const redisReply& from) {
  RedisReply reply;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      reply.kind = RedisReply::Kind::kInteger;
      reply.integer = from.integer;
      break;
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_ERROR:
      reply.kind =
          from.type == REDIS_REPLY_ERROR ? RedisReply::Kind::kError : RedisReply::Kind::kText;
      reply.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = RedisReply::Kind::kArray;
      reply.elements.reserve(from.elements);
      for (size_t i = 0; i < from.elements; ++i) {
        reply.elements.push_back(CopyReply(*from.element[i]));
      }
      break;
    default: break;
  }
  return reply;
}

const char* SymbolOfLoss(int hiredis_error) {
  if (hiredis_error == REDIS_ERR_EOF) return "connection-closed";
  if (hiredis_error == REDIS_ERR_PROTOCOL) return "nonsense";
  return "connection-reset";
}

}  // namespace

struct RedisConnection::State : std::enable_shared_from_this<State> {
  explicit State(const asio::any_io_executor& executor) : socket(executor), wake(executor) {}

  /// hiredis calls Forget before it frees the context and closes the socket.
  void Adopt(redisAsyncContext* adopted) {
    context = adopted;
    socket.assign(context->c.fd);
    context->data = context->ev.data = this;
    context->ev.addWrite = [](void* self) { static_cast<State*>(self)->WantToWrite(true); };
    context->ev.delWrite = [](void* self) { static_cast<State*>(self)->WantToWrite(false); };
    context->ev.cleanup = [](void* self) { static_cast<State*>(self)->Forget(); };
  }
  void Forget() {
    context = nullptr;
    socket.release();
    wake.cancel();
  }
  void Close() {
    if (context != nullptr) redisAsyncFree(context);
  }

  void WantToWrite(bool want) {
    wants_to_write = want;
    if (!want || write_waits) return;
    write_waits = true;
    socket.async_wait(socket.wait_write, [self = shared_from_this()](const error_code& error) {
      self->write_waits = false;
      if (error || self->context == nullptr || !self->wants_to_write) return;
      redisAsyncHandleWrite(self->context);
      if (self->context != nullptr) self->WantToWrite(self->wants_to_write);
    });
  }
  void ReadAnswers() {
    if (read_waits || awaited == 0) return;
    read_waits = true;
    socket.async_wait(socket.wait_read, [self = shared_from_this()](const error_code& error) {
      self->read_waits = false;
      if (error || self->context == nullptr) return;
      redisAsyncHandleRead(self->context);
      if (self->context != nullptr) self->ReadAnswers();
    });
  }

  static void OnConnect(const redisAsyncContext* context, int status) {
    State& self = *static_cast<State*>(context->data);
    self.connected = status == REDIS_OK;
    self.connect_error = self.connected ? 0 : errno;
    self.wake.cancel();
  }
  /// `reply` is null when the connection ends.
  static void OnReply(redisAsyncContext* context, void* reply, void*) {
    State& self = *static_cast<State*>(context->data);
    if (reply == nullptr) {
      self.loss.emplace(SymbolOfLoss(context->err),
                        context->errstr != nullptr ? context->errstr : "", false);
      return;
    }
    self.replies.push_back(CopyReply(*static_cast<redisReply*>(reply)));
    if (--self.awaited > 0) return;
    self.wake.cancel();
    // More than was asked for: the next call would take it for its answer, and hiredis would abort.
    const redisReader& reader = *context->c.reader;
    if (reader.len > reader.pos) redisAsyncFree(context);
  }

  /// Until `done`, or the context is gone. Whether it was in time; cancellation goes through.
  template <class Done>
  asio::awaitable<bool> Wait(std::chrono::steady_clock::time_point deadline, Done done) {
    while (!done() && context != nullptr) {
      wake.expires_at(deadline);
      const auto [error] = co_await wake.async_wait(kAwaitTuple);
      if (!error) co_return done() || context == nullptr;
      const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(error);
      }
    }
    co_return true;
  }

  redisAsyncContext* context = nullptr;   // hiredis's own: it frees it after an error
  asio::posix::stream_descriptor socket;  // borrowed from it
  asio::steady_timer wake;                // cancelled when something has changed
  bool wants_to_write = false, write_waits = false, read_waits = false;
  bool connected = false;
  int connect_error = 0;
  size_t awaited = 0;  // answers
  std::vector<RedisReply> replies;
  std::optional<RedisError> loss;
};

RedisConnection::RedisConnection(std::string address, uint16_t port)
    : address_(std::move(address)), port_(port) {
  // hiredis writes with write(2): a server that has gone must be an error, not the end of us.
  static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  (void)ignored;
}

RedisConnection::~RedisConnection() {
  if (state_) state_->Close();
}

asio::awaitable<void> RedisConnection::Open(std::chrono::milliseconds timeout) {
  if (state_) state_->Close();
  state_ = std::make_shared<State>(co_await asio::this_coro::executor);
  try {
    co_await Connect(timeout);
  } catch (...) {
    state_->Close();
    throw;
  }
}

asio::awaitable<void> RedisConnection::Connect(std::chrono::milliseconds timeout) {
  const std::string doing = "connecting to " + address_ + ":" + std::to_string(port_) + ": ";
  redisAsyncContext* context = redisAsyncConnect(address_.c_str(), port_);
  if (context == nullptr) throw std::bad_alloc();
  if (context->err != 0) {
    const RedisError error("unreachable", doing + context->errstr, true);
    redisAsyncFree(context);
    throw error;
  }
  State& state = *state_;
  state.Adopt(context);
  redisAsyncSetConnectCallback(context, State::OnConnect);  // waits until the socket is writable
  const bool in_time = co_await state.Wait(std::chrono::steady_clock::now() + timeout,
                                           [&state] { return state.connected; });
  if (!in_time) throw RedisError("connect-timeout", doing + "no answer", true);
  if (state.connected && state.context != nullptr) co_return;
  const bool refused = state.connect_error == ECONNREFUSED;
  throw RedisError(
      refused ? "connection-refused" : "unreachable",
      doing + error_code(state.connect_error, boost::system::system_category()).message(), true);
}

bool RedisConnection::Idle() const {
  if (!state_ || state_->context == nullptr || !state_->connected || state_->awaited > 0) {
    return false;
  }
  char byte;
  const ssize_t n = recv(state_->context->c.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

asio::awaitable<std::vector<RedisReply>> RedisConnection::Call(
    std::vector<RedisCommand> commands, std::optional<std::chrono::milliseconds> timeout) {
  if (!state_ || state_->context == nullptr) {
    throw RedisError("connection-closed", "the connection is not open", true);
  }
  State& state = *state_;
  state.replies.clear();
  state.loss.reset();
  state.awaited = commands.size();
  for (const RedisCommand& command : commands) {
    std::vector<const char*> words;
    std::vector<size_t> sizes;
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    redisAsyncCommandArgv(state.context, State::OnReply, nullptr, static_cast<int>(words.size()),
                          words.data(), sizes.data());
  }
  redisAsyncHandleWrite(state.context);
  if (state.context == nullptr) {
    // The first write failed, so that no byte has left.
    throw RedisError("connection-closed", state.loss ? state.loss->what() : "", true);
  }
  state.ReadAnswers();
  const auto deadline = timeout ? std::chrono::steady_clock::now() + *timeout
                                : std::chrono::steady_clock::time_point::max();
  bool in_time = false;
  try {
    in_time = co_await state.Wait(deadline, [&state] { return state.awaited == 0; });
  } catch (...) {
    state.Close();  // a late answer to this call must never be taken for another's
    throw;
  }
  if (!in_time) {
    state.Close();
    throw RedisError("timeout", "no answer in time", false);
  }
  if (state.awaited > 0) throw state.loss.value_or(RedisError("connection-closed", "", false));
  co_return std::move(state.replies);
}

}  // namespace cleave
