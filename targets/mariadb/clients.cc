// MariaDB's clients. Invariant: committing_ is true from before the first byte of what may commit
// the operation. Until then nothing can have happened, whatever goes wrong: a transaction whose
// connection ends without a COMMIT is rolled back.
#include "targets/mariadb/clients.h"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "harness/run/answers.h"
#include "targets/client_parts.h"
#include "targets/transactions.h"

namespace cleave {
namespace {

// Values are the text of JSON, which is written in one way; a list without its brackets, so that
// the server can append to it. Galera replicates only tables with a primary key.
constexpr const char* kMariadbTables[] = {
    "CREATE TABLE IF NOT EXISTS kv (k VARCHAR(100) COLLATE utf8mb4_bin PRIMARY KEY, "
    "value LONGTEXT NOT NULL) ENGINE = InnoDB CHARSET utf8mb4",
    "CREATE TABLE IF NOT EXISTS elements (k VARCHAR(100) COLLATE utf8mb4_bin, "
    "element VARCHAR(100) COLLATE utf8mb4_bin, PRIMARY KEY (k, element)) "
    "ENGINE = InnoDB CHARSET utf8mb4"};

/// Before a lost connection is reported, so that the client of a dead server does not spin, nor
/// keeps one that recovers busy with refusing it. Also for a node without its cluster.
constexpr std::chrono::milliseconds kPauseOfLostMariadb{200};

[[noreturn]] void ThrowUnknownMariadbFunction(const std::string& f) {
  throw std::invalid_argument("the mariadb client does not know the function \"" + f + "\"");
}

class MariadbClient : public Client {
 public:
  explicit MariadbClient(MariadbServer server) : server_(std::move(server)) {}

  asio::awaitable<Completion> Invoke(const Invocation& invocation) final {
    const bool read_only = IsRead(invocation.f, invocation.value);
    Completion failed;
    bool pause = false;
    committing_ = false;
    try {
      co_await Connect();
      co_return co_await Do(invocation);
    } catch (const MariadbError& error) {
      failed = Refused(error.symbol, error.what());
      if (committing_ && !read_only && !MariadbRolledBack(error.number)) {
        failed.outcome = Outcome::kInfo;
      }
      pause = error.symbol == "not-prepared";
    } catch (const boost::system::system_error&) {
      // The deadline. Nothing more can be awaited, and nothing needs to be.
      connection_.reset();
      if (committing_) throw;
      co_return Refused("timeout", "given up before anything was to be committed");
    }
    co_await Recover(pause);
    co_return failed;
  }

 protected:
  virtual asio::awaitable<Completion> Do(const Invocation& invocation) = 0;

  asio::awaitable<MariadbResult> Run(std::string sql) { return connection_->Run(std::move(sql)); }
  /// A statement that is a transaction of its own.
  asio::awaitable<MariadbResult> RunAlone(std::string sql) {
    committing_ = true;
    return connection_->Run(std::move(sql));
  }
  asio::awaitable<void> Begin() { co_await Run("START TRANSACTION"); }
  asio::awaitable<void> Commit() {
    committing_ = true;
    co_await Run("COMMIT");
  }
  asio::awaitable<void> Rollback() { co_await Run("ROLLBACK"); }

  /// The text of a key's value.
  asio::awaitable<std::optional<std::string>> ReadText(std::string key) {
    const MariadbResult result = co_await Run(SelectOf(key));
    if (result.rows.empty()) co_return std::nullopt;
    co_return result.rows[0].at(0);
  }
  /// Null where there is none.
  asio::awaitable<Json> Read(std::string key) {
    const std::optional<std::string> text = co_await ReadText(std::move(key));
    co_return text ? ParseJson(*text) : Json(nullptr);
  }

  std::string SelectOf(const std::string& key) const {
    return "SELECT value FROM kv WHERE k = " + Quoted(key);
  }
  std::string WriteOf(const std::string& key, const Json& value) const {
    return InsertOf(key, value) + " ON DUPLICATE KEY UPDATE value = VALUES(value)";
  }
  std::string AppendOf(const std::string& key, const Json& element) const {
    return InsertOf(key, element) +
           " ON DUPLICATE KEY UPDATE value = CONCAT(value, ',', VALUES(value))";
  }
  std::string Quoted(const std::string& text) const { return connection_->Quoted(text); }

 private:
  std::string InsertOf(const std::string& key, const Json& value) const {
    return "INSERT INTO kv VALUES (" + Quoted(key) + ", " + Quoted(DumpJson(value)) + ")";
  }

  /// A connection that was lost since the operation before is no attempt of this one.
  asio::awaitable<void> Connect() {
    if (connection_ && !connection_->Idle()) connection_.reset();
    if (!connection_) connection_ = co_await MariadbConnection::Open(server_);
  }

  /// Ends a transaction that failed, or the connection, after a pause. The deadline ends both.
  asio::awaitable<void> Recover(bool pause) {
    try {
      if (!connection_ || !connection_->Alive()) {
        connection_.reset();
        pause = true;
      } else if (connection_->InTransaction()) {
        co_await Rollback();
      }
      if (!pause) co_return;
      asio::steady_timer timer(co_await asio::this_coro::executor, kPauseOfLostMariadb);
      co_await timer.async_wait(asio::use_awaitable);
    } catch (const MariadbError&) {
      connection_.reset();
    } catch (const boost::system::system_error&) {
      connection_.reset();
    }
  }

  const MariadbServer server_;
  std::unique_ptr<MariadbConnection> connection_;
  bool committing_ = false;
};

/// One row for each independent key.
class MariadbRegister : public MariadbClient {
 public:
  using MariadbClient::MariadbClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = StoreKey("register", invocation.key);
    if (invocation.f == "read") {
      Json value = co_await Read(key);
      co_return Succeeded(std::move(value));
    }
    if (invocation.f == "write") {
      co_await RunAlone(WriteOf(key, invocation.value));
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "cas") ThrowUnknownMariadbFunction(invocation.f);
    co_return co_await Cas(key, invocation.value.at(0), invocation.value.at(1));
  }

 private:
  /// As applications do it: read, decide, write.
  asio::awaitable<Completion> Cas(std::string key, Json from, Json to) {
    co_await Begin();
    Json seen = co_await Read(key);
    if (seen != from) {
      Completion completion = Refused("mismatch");
      completion.observed = std::move(seen);
      co_await Rollback();
      co_return completion;
    }
    co_await Run(WriteOf(key, to));
    co_await Commit();
    co_return Succeeded(nullptr);
  }
};

/// One row for each element, so that adds do not meet.
class MariadbSet : public MariadbClient {
 public:
  using MariadbClient::MariadbClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = Quoted(StoreKey("set", invocation.key));
    if (invocation.f == "add") {
      const std::string element = Quoted(DumpJson(invocation.value));
      co_await RunAlone("INSERT INTO elements VALUES (" + key + ", " + element +
                        ") ON DUPLICATE KEY UPDATE element = VALUES(element)");
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowUnknownMariadbFunction(invocation.f);
    const MariadbResult result = co_await Run("SELECT element FROM elements WHERE k = " + key);
    std::string list;
    for (const auto& row : result.rows) list += (list.empty() ? "" : ",") + row.at(0).value();
    co_return Succeeded(ParseJson("[" + list + "]"));
  }
};

/// A number that the server adds to.
class MariadbCounter : public MariadbClient {
 public:
  using MariadbClient::MariadbClient;

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const std::string key = StoreKey("counter", invocation.key);
    if (invocation.f == "add") {
      co_await RunAlone("INSERT INTO kv VALUES (" + Quoted(key) + ", " +
                        Quoted(DumpJson(invocation.value)) +
                        ") ON DUPLICATE KEY UPDATE value = CAST(value AS SIGNED) + "
                        "CAST(VALUES(value) AS SIGNED)");
      co_return Succeeded(nullptr);
    }
    if (invocation.f != "read") ThrowUnknownMariadbFunction(invocation.f);
    Json count = co_await Read(key);
    co_return Succeeded(count.is_null() ? Json(0) : std::move(count));
  }
};

/// "append" and "wr": a statement for each micro-operation, in its place.
class MariadbMicroOperations : public MariadbClient {
 public:
  MariadbMicroOperations(std::string interface, const MariadbServer& server)
      : MariadbClient(server), interface_(std::move(interface)) {}

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    if (invocation.f != "txn") ThrowUnknownMariadbFunction(invocation.f);
    Json operations = invocation.value;
    co_await Begin();
    for (Json& op : operations) {
      const std::string f = op.at(0), key = StoreKey(interface_, op.at(1));
      if (f == "r") {
        op.at(2) = co_await ReadValue(key);
      } else if (f == "w") {
        co_await Run(WriteOf(key, op.at(2)));
      } else if (f == "append") {
        co_await Run(AppendOf(key, op.at(2)));
      } else {
        ThrowUnknownMariadbFunction(f);
      }
    }
    co_await Commit();
    co_return Succeeded(std::move(operations));
  }

 private:
  asio::awaitable<Json> ReadValue(std::string key) {
    if (interface_ != "append") co_return co_await Read(std::move(key));
    const std::optional<std::string> elements = co_await ReadText(std::move(key));
    co_return elements ? ParseJson("[" + *elements + "]") : Json(nullptr);
  }

  const std::string interface_;
};

/// "bank" and "g2": reads each key, computes here, and writes what changed.
class MariadbReadModifyWrite : public MariadbClient, private TransactionalStore {
 public:
  MariadbReadModifyWrite(std::string interface, const MariadbServer& server)
      : MariadbClient(server), interface_(std::move(interface)) {}

 protected:
  asio::awaitable<Completion> Do(const Invocation& invocation) override {
    const StoreTransaction transaction = MakeTransaction(interface_, invocation);
    co_return co_await RunInTransaction(transaction, *this);
  }

 private:
  asio::awaitable<void> Begin() override { return MariadbClient::Begin(); }
  asio::awaitable<Json> Read(std::string key) override {
    return MariadbClient::Read(std::move(key));
  }
  asio::awaitable<void> Write(std::string key, Json value) override {
    co_await Run(WriteOf(key, value));
  }
  asio::awaitable<void> Commit() override { return MariadbClient::Commit(); }
  asio::awaitable<void> Rollback() override { return MariadbClient::Rollback(); }

  const std::string interface_;
};

}  // namespace

asio::awaitable<void> MakeMariadbTables(MariadbConnection& connection) {
  for (const char* table : kMariadbTables) co_await connection.Run(table);
}

std::vector<Offer> MariadbOffers() {
  return {{"register", {"read", "write", "cas"}},
          {"set", {"add", "read"}},
          {"append", {"txn"}},
          {"wr", {"txn"}},
          {"bank", {"transfer", "read"}},
          {"g2", {"insert"}},
          {"counter", {"add", "read"}}};
}

std::unique_ptr<Client> MakeMariadbClient(const std::string& interface,
                                          const MariadbServer& server) {
  if (interface == "register") return std::make_unique<MariadbRegister>(server);
  if (interface == "set") return std::make_unique<MariadbSet>(server);
  if (interface == "counter") return std::make_unique<MariadbCounter>(server);
  if (interface == "append" || interface == "wr") {
    return std::make_unique<MariadbMicroOperations>(interface, server);
  }
  if (interface == "bank" || interface == "g2") {
    return std::make_unique<MariadbReadModifyWrite>(interface, server);
  }
  throw std::invalid_argument("mariadb has no clients for the data type \"" + interface + "\"");
}

}  // namespace cleave
