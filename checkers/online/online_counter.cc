// See online_counter.h.
#include "checkers/online/online_counter.h"

namespace cleave {
namespace {

int64_t CounterAmount(const Json& value) {
  constexpr int64_t kMost = int64_t{1} << 53;
  if (!value.is_number_integer() || value.get<int64_t>() > kMost || value.get<int64_t>() < -kMost) {
    throw NotJudged("a counter holds whole numbers");
  }
  return value.get<int64_t>();
}

}  // namespace

// Of a read the notes are the sums that had returned when it was called; of an add, its amount.
Found OnlineCounter::Call(OnlineCall* call, const Event& event) {
  if (event.f == "read") {
    call->notes[0] = returned_.up;
    call->notes[1] = returned_.down;
    return nullptr;
  }
  if (event.f != "add") throw NotJudged("a counter knows add and read");
  call->notes[0] = CounterAmount(event.value);
  called_.Add(call->notes[0]);
  open_adds_.push_back(call->call);
  return nullptr;
}

Found OnlineCounter::Return(const OnlineCall& call, const Event& event) {
  if (call.f == "read") {
    if (event.type != EventType::kOk || event.value.is_null()) return nullptr;
    const Read read = {event.index, CounterAmount(event.value), call.notes[0] + called_.down,
                       call.notes[1] + called_.up};
    if (!open_adds_.empty()) reads_.push_back(read);
    return Judge(read);
  }
  open_adds_.erase(std::lower_bound(open_adds_.begin(), open_adds_.end(), call.call));
  Found found = nullptr;
  if (event.type == EventType::kOk) returned_.Add(call.notes[0]);
  if (event.type == EventType::kFail) found = Undo(call);
  std::erase_if(reads_, [&](const Read& read) {
    return open_adds_.empty() || read.ret < open_adds_.front();
  });
  return found;
}

Found OnlineCounter::Judge(const Read& read) const {
  return read.value < read.low ? "below-bounds" : read.value > read.high ? "above-bounds" : nullptr;
}

/// It certainly did not happen: reads that may have seen it have not.
Found OnlineCounter::Undo(const OnlineCall& call) {
  const int64_t amount = call.notes[0];
  (amount >= 0 ? called_.up : called_.down) -= amount;
  for (Read& read : reads_) {
    if (read.ret < call.call) continue;
    (amount >= 0 ? read.high : read.low) -= amount;
    if (const Found found = Judge(read)) return found;
  }
  return nullptr;
}

}  // namespace cleave
