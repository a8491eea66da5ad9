// One judgement at a time; each is followed by a rest of twenty times what it took.
#include "harness/run/interim_verdict.h"

#include <algorithm>
#include <chrono>

#include "harness/run/generator.h"

namespace cleave {
namespace {

constexpr int64_t kLeastRest = 2 * kSecond;
constexpr int64_t kRestPerWork = 20;

int64_t SteadyNow() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// "INVALID: stale-read" judged at 12 s is "INVALID up to 12s: stale-read".
std::string WithTime(const std::string& verdict, int64_t elapsed) {
  const size_t colon = std::min(verdict.find(':'), verdict.size());
  return verdict.substr(0, colon) + " up to " + std::to_string(elapsed / kSecond) + "s" +
         verdict.substr(colon);
}

}  // namespace

InterimVerdict::InterimVerdict(Judge judge) : judge_(std::move(judge)) {
  if (judge_) thread_ = std::thread([this] { Work(); });
}

InterimVerdict::~InterimVerdict() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::string InterimVerdict::Words(int64_t elapsed, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const bool due = judge_ && !asked_ && bytes > judged_bytes_ && bytes <= kMostBytes &&
                   SteadyNow() >= not_before_;
  if (due) {
    asked_ = true;
    bytes_ = bytes;
    elapsed_ = elapsed;
    changed_.notify_one();
  }
  return words_;
}

void InterimVerdict::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closed_ || asked_; });
    if (closed_) return;
    const uint64_t bytes = bytes_;
    lock.unlock();
    const int64_t start = SteadyNow();
    std::string verdict;
    try {
      verdict = judge_(bytes);
    } catch (const std::exception&) {
      // Whatever it is, the end of the run meets it again and reports it.
    }
    const int64_t end = SteadyNow();
    lock.lock();
    if (!verdict.empty()) words_ = WithTime(verdict, elapsed_);
    judged_bytes_ = bytes;
    not_before_ = end + std::max(kLeastRest, kRestPerWork * (end - start));
    asked_ = false;
  }
}

}  // namespace cleave
