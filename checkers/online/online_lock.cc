// See online_lock.h.
#include "checkers/online/online_lock.h"

namespace cleave {

Found OnlineLock::Call(OnlineCall* call, const Event& event) {
  if (!event.value.is_null() && event.value != Json(1)) throw NotJudged("one permit at a time");
  const auto place = std::find(holders_.begin(), holders_.end(), call->process);
  const bool holds = place != holders_.end();
  if (event.f == "release" && holds) {
    holders_.erase(place);
    releases_.push_back({call->process, holders_.size()});
  } else if (event.f != "acquire" || holds) {
    throw NotJudged("a process releases what it holds, and acquires it but once");
  }
  return nullptr;
}

Found OnlineLock::Return(const OnlineCall& call, const Event& event) {
  if (call.f == "acquire") {
    if (event.type != EventType::kOk) return nullptr;
    holders_.push_back(call.process);
    for (Release& release : releases_) release.most = std::max(release.most, holders_.size());
    return holders_.size() > permits_ ? "held-by-too-many" : nullptr;
  }
  const auto place = std::find_if(releases_.begin(), releases_.end(), [&](const Release& release) {
    return release.process == call.process;
  });
  const size_t most = place->most;
  releases_.erase(place);
  if (event.type != EventType::kFail) return nullptr;
  // It held all the while.
  holders_.push_back(call.process);
  for (Release& release : releases_) ++release.most;
  return most + 1 > permits_ ? "held-by-too-many" : nullptr;
}

Found OnlineTwoHolders::Return(const OnlineCall& call, const Event& event) {
  if (two_) {
    if (call.f == "acquire") return nullptr;
    std::erase(still_, call.process);
  } else {
    two_ = lock_.Return(call, event) != nullptr;
    if (two_) still_ = lock_.holders();
  }
  return two_ && still_.empty() ? "two-holders" : nullptr;
}

}  // namespace cleave
