// PostgreSQL's clients. Invariant: committing_ is true from before the first byte of what may
// commit the operation. Until then nothing can have happened, whatever goes wrong: a transaction
// whose connection ends without a COMMIT is rolled back.
#include "targets/postgres/clients.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "harness/run/answers.h"
#include "targets/client_parts.h"
#include "targets/postgres/primary.h"
#include "targets/transactions.h"

namespace cleave {
namespace {

// Values are JSON. jsonb keeps no text: equal values are equal, and arrays can be appended to.
constexpr const char* kTables[] = {
    "CREATE TABLE IF NOT EXISTS kv (key text PRIMARY KEY, value jsonb NOT NULL)",
    "CREATE TABLE IF NOT EXISTS elements (key text, element jsonb, PRIMARY KEY (key, element))"};

// What reads ends with a list of columns, so that another can follow: see ReadAlone.
constexpr const char* kRead = "SELECT (SELECT value FROM kv WHERE key = $1)";
constexpr const char* kWrite =
    "INSERT INTO kv VALUES ($1, $2::jsonb) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value";
constexpr const char* kIncrease =
    "INSERT INTO kv AS old VALUES ($1, $2::jsonb) ON CONFLICT (key) DO UPDATE "
    "SET value = to_jsonb(old.value::bigint + excluded.value::bigint)";
constexpr const char* kAppend =
    "INSERT INTO kv AS old VALUES ($1, jsonb_build_array($2::jsonb)) "
    "ON CONFLICT (key) DO UPDATE SET value = old.value || excluded.value";
// What was there when the statement began, and whether it was set: others may write in between.
constexpr const char* kSwap =
    "WITH seen AS (SELECT value FROM kv WHERE key = $1), swapped AS "
    "(UPDATE kv SET value = $3::jsonb WHERE key = $1 AND value = $2::jsonb RETURNING 1) "
    "SELECT (SELECT value FROM seen), EXISTS (SELECT FROM swapped)";
constexpr const char* kCreate =
    "WITH seen AS (SELECT value FROM kv WHERE key = $1), swapped AS "
    "(INSERT INTO kv VALUES ($1, $2::jsonb) ON CONFLICT DO NOTHING RETURNING 1) "
    "SELECT (SELECT value FROM seen), EXISTS (SELECT FROM swapped)";
constexpr const char* kAdd = "INSERT INTO elements VALUES ($1, $2::jsonb) ON CONFLICT DO NOTHING";
constexpr const char* kElements =
    "SELECT (SELECT coalesce(jsonb_agg(element ORDER BY element), '[]') FROM elements "
    "WHERE key = $1)";
// A record of the log, of the transaction's own: its commit is then one that waits for the standby,
// which has received by then all that the transaction can have seen.
constexpr const char* kConfirmation = "pg_logical_emit_message(true, 'cleave', 'read')";

/// Before a lost connection is reported, so that the client of a dead server does not spin, nor
/// keeps one that recovers busy with refusing it: each attempt costs the server a process.
constexpr std::chrono::milliseconds kPauseOfLost{200};

/// A value as a column of type jsonb has it; null where there is none.
Json Value(const std::optional<std::string>& column) {
  return column ? ParseJson(*column) : Json(nullptr);
}

Json FirstValue(const PostgresResult& result) {
  return result.rows.empty() ? Json(nullptr) : Value(result.rows[0].at(0));
}

/// Made by a call, and not in place: g++ 12 cannot compile lists within co_await.
template <class... Texts>
std::vector<std::string> Parameters(Texts... texts) {
  std::vector<std::string> parameters;
  (parameters.push_back(std::move(texts)), ...);
  return parameters;
}

class PostgresClient : public Client {
 public:
  explicit PostgresClient(const PostgresClientOptions& options)
      : primary_(options.server, options.other), confirm_reads_(options.confirm_reads) {}

  asio::awaitable<Completion> Invoke(const Invocation& invocation) final {
    const bool read_only = IsRead(invocation.f, invocation.value);
    Completion failed;
    committing_ = false;
    try {
      co_await primary_.Connect(connection_);
      co_return co_await Do(invocation);
    } catch (const PostgresError& error) {
      failed = Refused(error.symbol, error.what());
      if (committing_ && !read_only && !RolledBack(error.sqlstate)) failed.outcome = Outcome::kInfo;
    } catch (const boost::system::system_error&) {
      // The deadline. Nothing more can be awaited, and nothing needs to be.
      connection_.reset();
      if (committing_) throw;
      co_return Refused("timeout", "given up before anything was to be committed");
    }
    co_await Recover();
    co_return failed;
  }

 protected:
  virtual asio::awaitable<Completion> Do(const Invocation& invocation) = 0;

  asio::awaitable<PostgresResult> Run(std::string sql, std::vector<std::string> parameters = {}) {
    return connection_->Run(std::move(sql), std::move(parameters));
  }
  /// A statement that is a transaction of its own.
  asio::awaitable<PostgresResult> RunAlone(std::string sql, std::vector<std::string> parameters) {
    committing_ = true;
    return connection_->Run(std::move(sql), std::move(parameters));
  }
  asio::awaitable<Json> Read(std::string key) {
    const PostgresResult result = co_await Run(kRead, Parameters(std::move(key)));
    co_return FirstValue(result);
  }
  /// The same of one that reads: it may find a commit that no standby has, and does not wait for
  /// it.
  asio::awaitable<PostgresResult> ReadAlone(std::string sql, std::vector<std::string> parameters) {
    if (confirm_reads_) sql += std::string(", ") + kConfirmation;
    return RunAlone(std::move(sql), std::move(parameters));
  }
  /// At the isolation that the connection was made with.
  asio::awaitable<void> Begin() { co_await Run("BEGIN"); }
  asio::awaitable<void> Commit() {
    if (confirm_reads_) co_await Run(std::string("SELECT ") + kConfirmation);
    committing_ = true;
    const PostgresResult result = co_await Run("COMMIT");
    if (result.tag != "COMMIT") throw PostgresError("rolled-back", "40000", "COMMIT rolled back");
  }

 private:
  /// Ends a transaction that failed, or the connection, after a pause. The deadline ends both.
  asio::awaitable<void> Recover() {
    try {
      if (!connection_ || !connection_->Alive()) {
        connection_.reset();
        asio::steady_timer pause(co_await asio::this_coro::executor, kPauseOfLost);
        co_await pause.async_wait(asio::use_awaitable);
      } else if (connection_->InTransaction()) {
        co_await Run("ROLLBACK");
      }
    } catch (const PostgresError&) {
      connection_.reset();
    } catch (const boost::system::system_error&) {
      connection_.reset();
    }
  }

  PostgresPrimary primary_;
  const bool confirm_reads_;
  std::unique_ptr<PostgresConnection> connection_;
  bool committing_ = false;
};

[[noreturn]] void ThrowUnknownFunction(const std::string& f) {
  throw std::invalid_argument("the postgres client does not know the function \"" + f + "\"");
}

/// One row for each independent key.
class PostgresRegister : public PostgresClient {
 public:
  using PostgresClient::PostgresClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = StoreKey("register", invocation.key);
    if (invocation.f == "read") {
      const PostgresResult result = co_await ReadAlone(kRead, Parameters(key));
      co_return Succeeded(FirstValue(result));
    }
    if (invocation.f == "write") {
      co_await RunAlone(kWrite, Parameters(key, DumpJson(invocation.value)));
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "cas") ThrowUnknownFunction(invocation.f);
    co_return co_await Cas(key, invocation.value.at(0), invocation.value.at(1));
  }

 private:
  asio::awaitable<Completion> Cas(std::string key, Json from, Json to) {
    std::vector<std::string> parameters = {key};
    if (!from.is_null()) parameters.push_back(DumpJson(from));
    parameters.push_back(DumpJson(to));
    const PostgresResult result = co_await ReadAlone(from.is_null() ? kCreate : kSwap, parameters);
    if (result.rows.at(0).at(1) == "t") co_return Succeeded(nullptr);
    Completion completion = Refused("mismatch");
    Json seen = FirstValue(result);
    // Otherwise another wrote after the statement began, and only its row was looked at again.
    if (seen != from) completion.observed = std::move(seen);
    co_return completion;
  }
};

/// One row for each element, so that adds do not meet.
class PostgresSet : public PostgresClient {
 public:
  using PostgresClient::PostgresClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = KeyText(invocation.key);
    if (invocation.f == "add") {
      co_await RunAlone(kAdd, Parameters(key, DumpJson(invocation.value)));
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowUnknownFunction(invocation.f);
    const PostgresResult result = co_await ReadAlone(kElements, Parameters(key));
    co_return Succeeded(FirstValue(result));
  }
};

/// One row for each counter.
class PostgresCounter : public PostgresClient {
 public:
  using PostgresClient::PostgresClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = StoreKey("counter", invocation.key);
    if (invocation.f == "add") {
      co_await RunAlone(kIncrease, Parameters(key, DumpJson(invocation.value)));
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowUnknownFunction(invocation.f);
    const PostgresResult result = co_await ReadAlone(kRead, Parameters(key));
    Json count = FirstValue(result);
    co_return Succeeded(count.is_null() ? Json(0) : std::move(count));
  }
};

/// "append" and "wr": a statement for each micro-operation, in its place.
class PostgresMicroOperations : public PostgresClient {
 public:
  explicit PostgresMicroOperations(const PostgresClientOptions& options)
      : PostgresClient(options), interface_(options.interface) {}

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    if (invocation.f != "txn") ThrowUnknownFunction(invocation.f);
    Json operations = invocation.value;
    co_await Begin();
    for (Json& op : operations) {
      const std::string f = op.at(0), key = StoreKey(interface_, op.at(1));
      if (f == "r") {
        op.at(2) = co_await Read(key);
      } else if (f == "w" || f == "append") {
        co_await Run(f == "w" ? kWrite : kAppend, Parameters(key, DumpJson(op.at(2))));
      } else {
        ThrowUnknownFunction(f);
      }
    }
    co_await Commit();
    co_return Succeeded(std::move(operations));
  }

 private:
  const std::string interface_;
};

/// "bank" and "g2": reads each key, computes here, and writes what changed.
class PostgresReadModifyWrite : public PostgresClient, private TransactionalStore {
 public:
  explicit PostgresReadModifyWrite(const PostgresClientOptions& options)
      : PostgresClient(options), interface_(options.interface) {}

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const StoreTransaction transaction = MakeTransaction(interface_, invocation);
    co_return co_await RunInTransaction(transaction, *this);
  }

 private:
  asio::awaitable<void> Begin() override { return PostgresClient::Begin(); }
  asio::awaitable<Json> Read(std::string key) override {
    return PostgresClient::Read(std::move(key));
  }
  asio::awaitable<void> Write(std::string key, Json value) override {
    co_await Run(kWrite, Parameters(std::move(key), DumpJson(value)));
  }
  asio::awaitable<void> Commit() override { return PostgresClient::Commit(); }
  asio::awaitable<void> Rollback() override { co_await Run("ROLLBACK"); }

  const std::string interface_;
};

}  // namespace

asio::awaitable<void> MakePostgresTables(PostgresConnection& connection) {
  for (const char* table : kTables) co_await connection.Run(table);
}

std::unique_ptr<Client> MakePostgresClient(const PostgresClientOptions& options) {
  const std::string& interface = options.interface;
  if (interface == "register") return std::make_unique<PostgresRegister>(options);
  if (interface == "set") return std::make_unique<PostgresSet>(options);
  if (interface == "counter") return std::make_unique<PostgresCounter>(options);
  if (interface == "append" || interface == "wr") {
    return std::make_unique<PostgresMicroOperations>(options);
  }
  if (interface == "bank" || interface == "g2") {
    return std::make_unique<PostgresReadModifyWrite>(options);
  }
  throw std::invalid_argument("postgres has no clients for the data type \"" + interface + "\"");
}

}  // namespace cleave
