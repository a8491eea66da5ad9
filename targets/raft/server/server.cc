// Moving inputs and outputs between the replica and the world.
#include "targets/raft/server/server.h"

#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "targets/raft/server/operation.h"

namespace cleave::raft {
namespace {

int64_t NowMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// The longest sleep: clients' deadlines are looked at this often.
constexpr int64_t kMaxSleepMs = 50;

}  // namespace

Server::Server(asio::io_context& io, const ServerOptions& options)
    : io_(io),
      options_(options),
      storage_(options.data),
      recovered_(storage_.Load()),
      replica_(options.replica, recovered_, NowMs()),
      timer_(io),
      peers_(io, options.peers, options.replica.core.self,
             [this](Message message) { Deliver(std::move(message)); }),
      http_(io, options.client,
            [this](const std::string& method, const std::string& target, const std::string& body,
                   HttpServer::Done done) { Handle(method, target, body, std::move(done)); }) {
  const RaftCore& core = replica_.core();
  if (!storage_.mended().empty()) Say(storage_.mended());
  Say("started in term " + std::to_string(core.term()) + " with the log up to index " +
      std::to_string(core.log().LastIndex()) + " and a snapshot of index " +
      std::to_string(core.snapshot_index()) + ", clients at port " + std::to_string(http_.port()));
  if (options.replica.core.bug != Bug::kNone) {
    Say("runs with the seeded bug " + BugName(options.replica.core.bug));
  }
  recovered_ = {};
  Pump();
}

Server::~Server() { disk_.join(); }

void Server::Handle(const std::string& method, const std::string& target, const std::string& body,
                    HttpServer::Done done) {
  auto parsed = ParseRequest(method, target, body);
  if (auto* answer = std::get_if<Answer>(&parsed)) {
    done(std::move(*answer));
  } else if (std::holds_alternative<StatusRequest>(parsed)) {
    Value status = replica_.Status();
    status["log_bytes"] = storage_.log_bytes();
    done({200, status.dump()});
  } else {
    const uint64_t request = next_request_++;
    clients_[request] = std::move(done);
    replica_.Submit(request, std::get<Operation>(parsed), NowMs());
    PumpSoon();
  }
}

void Server::Deliver(Message message) {
  replica_.Receive(std::move(message), NowMs());
  PumpSoon();
}

void Server::PumpSoon() {
  if (pump_posted_) return;
  pump_posted_ = true;
  asio::post(io_, [this] { Pump(); });
}

void Server::Pump() {
  pump_posted_ = false;
  if (NowMs() >= replica_.Deadline()) replica_.Tick(NowMs());
  // Appends leave before the leader's own write begins: both disks then work at the same time.
  for (const Message& message : replica_.TakeMessages()) peers_.Send(message);
  Persist();
  for (const Message& message : replica_.TakeMessages()) peers_.Send(message);
  for (Response& response : replica_.TakeResponses()) {
    const auto client = clients_.find(response.request);
    HttpServer::Done done = std::move(client->second);
    clients_.erase(client);
    done(std::move(response.answer));
  }
  for (const std::string& note : replica_.TakeNotes()) Say(note);
  Arm();
}

void Server::Persist() {
  while (!writing_) {
    auto batch = replica_.TakePersist();
    if (!batch) return;
    if (batch->Clean()) {
      for (const Message& message : batch->messages) peers_.Send(message);
      replica_.Persisted(batch->sequence);
      continue;
    }
    writing_ = true;
    asio::post(disk_, [this, batch = std::make_shared<Batch>(std::move(*batch))] {
      try {
        storage_.Write(*batch);
      } catch (const std::exception& error) {
        // What is on the disk is unknown now; going on could break a promise.
        std::fprintf(stderr, "cleave-raft: %s\n", error.what());
        _exit(255);
      }
      asio::post(io_, [this, batch] {
        writing_ = false;
        for (const Message& message : batch->messages) peers_.Send(message);
        replica_.Persisted(batch->sequence);
        Pump();
      });
    });
  }
}

void Server::Arm() {
  const int64_t now = NowMs();
  const int64_t due = std::clamp(replica_.Deadline(), now + 1, now + kMaxSleepMs);
  if (armed_ != 0 && armed_ <= due) return;
  armed_ = due;
  timer_.expires_at(asio::steady_timer::time_point(std::chrono::milliseconds(due)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_ = 0;
    replica_.Tick(NowMs());
    Pump();
  });
}

void Server::Say(const std::string& text) const {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  std::tm utc;
  gmtime_r(&seconds, &utc);
  char time[32];
  std::strftime(time, sizeof(time), "%H:%M:%S", &utc);
  std::printf("%s.%03d %s %s\n", time, static_cast<int>(ms.count() % 1000),
              options_.replica.names[options_.replica.core.self].c_str(), text.c_str());
  std::fflush(stdout);
}

}  // namespace cleave::raft
