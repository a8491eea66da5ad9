// See operator.h. Invariant: a decision is made before it is carried out, and carried out until it
// is done, however often a server dies in between.
#include "targets/postgres/operator.h"

#include <ctime>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <string_view>
#include <utility>

#include "targets/postgres/connection.h"
#include "targets/postgres/server.h"

namespace cleave {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookInterval = 500ms;
/// A primary that is silent for longer has failed.
constexpr auto kPatience = 2s;
/// For a question; longer than a server takes to find that another one does not answer.
constexpr auto kAskTime = 4s;

asio::awaitable<std::unique_ptr<PostgresConnection>> AskAt(const Node& node) {
  PostgresServer server;
  server.address = node.address();
  server.isolation = kIsolationOfStandbys;
  return PostgresConnection::Open(server, kAskTime);
}

/// Whether the server on `to` answers the one on `from`, if only that it is starting or has no
/// room. Throws where that one itself does not.
asio::awaitable<bool> Answers(const Node& from, const Node& to) {
  constexpr std::string_view kCannotConnect = "08001";
  const auto connection = co_await AskAt(from);
  const std::string question = "SELECT dblink_connect('" + ConnectionString(to) + "')";
  try {
    co_await connection->Run(question);
  } catch (const PostgresError& error) {
    if (error.sqlstate != kCannotConnect) throw;
    co_return std::string_view(error.what()).find("FATAL: ") != std::string_view::npos;
  }
  co_return true;
}

/// As PostgreSQL's log has it, to be laid beside it: "2026-01-31 12:00:00.000 UTC".
std::string TimeNow() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::ostringstream text;
  text << std::put_time(&utc, "%F %T.") << std::setw(3) << std::setfill('0') << part.count() % 1000
       << " UTC";
  return text.str();
}

}  // namespace

asio::awaitable<void> PostgresOperator::Watch() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    try {
      co_await Look();
    } catch (const PostgresError&) {
      silent_since_.reset();  // who does not answer the operator says nothing of the other
    } catch (const std::exception& error) {
      Note(error.what());
    }
    timer.expires_after(kLookInterval);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> PostgresOperator::Look() {
  if (promoting_) return Promote();
  return taking_in_ ? TakeIn() : WatchPrimary();
}

asio::awaitable<void> PostgresOperator::WatchPrimary() {
  const Clock::time_point asked = Clock::now();
  const bool answers = co_await Answers(*standby_, *primary_);
  if (answers) {
    silent_since_.reset();
    co_return;
  }
  if (!silent_since_) {
    silent_since_ = asked;
    Note(primary_->name() + " does not answer " + standby_->name());
  }
  if (Clock::now() - *silent_since_ < kPatience) co_return;
  silent_since_.reset();
  std::swap(primary_, standby_);
  promoting_ = taking_in_ = true;
  Note(primary_->name() + " is promoted: " + standby_->name() + " has been silent for too long");
  co_await Promote();
}

asio::awaitable<void> PostgresOperator::Promote() {
  const auto connection = co_await AskAt(*primary_);
  const PostgresResult result = co_await connection->Run("SELECT pg_is_in_recovery()");
  if (result.rows.at(0).at(0) == "f") {
    promoting_ = false;
    Note(primary_->name() + " is the primary");
    co_return;
  }
  co_await connection->Run("SELECT pg_promote(wait => false)");
}

asio::awaitable<void> PostgresOperator::TakeIn() {
  const bool answers = co_await Answers(*primary_, *standby_);
  if (!answers) co_return;
  if (HasStandbyData(*standby_)) {
    taking_in_ = false;
    Note(standby_->name() + " follows " + primary_->name());
    co_return;
  }
  Note(standby_->name() + " answers " + primary_->name() +
       ", and knows nothing of it: it is stopped, and made anew as a standby");
  co_await standby_->Kill();
  co_await start_(*standby_);
}

void PostgresOperator::Note(const std::string& what) const {
  std::ofstream(log_node_->log_directory() / "operator.log", std::ios::app)
      << TimeNow() << " " << what << "\n";
}

}  // namespace cleave
