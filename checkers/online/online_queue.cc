// See online_queue.h.
#include "checkers/online/online_queue.h"

namespace cleave {

Found OnlineQueue::Call(OnlineCall* call, const Event& event) {
  if (event.f == "enqueue") {
    call->input = TokenOf(event.value);
    Element& element = elements_[call->input];
    if (in_order_ && element.in > 0) throw NotJudged("an element is enqueued while it is inside");
    ++element.in;
    element.open.push_back({call->call, UINT32_MAX});
    element.call = call->call;
    return nullptr;
  }
  if (event.f != "dequeue" && (in_order_ || event.f != "drain")) {
    throw NotJudged("a queue knows enqueue, dequeue and drain");
  }
  call->notes[0] = latest_out_;
  dequeues_.push_back(latest_out_);
  return nullptr;
}

Found OnlineQueue::Return(const OnlineCall& call, const Event& event) {
  const Found found = call.f == "enqueue" ? ReturnEnqueue(call, event) : ReturnDequeue(call, event);
  return found != nullptr || !in_order_ ? found : Overtaken();
}

Found OnlineQueue::ReturnEnqueue(const OnlineCall& call, const Event& event) {
  const auto place = elements_.find(call.input);
  Element& element = place->second;
  const Found found = Close(&element, call.call, event.type == EventType::kFail);
  if (found) return found;
  if (event.type == EventType::kOk && in_order_ && element.out == 0) {
    element.ret = event.index;
    inside_.emplace(element.ret, call.input);
  }
  ForgetIfOut(place);
  return nullptr;
}

Found OnlineQueue::Close(Element* element, int64_t call, bool failed) {
  auto& open = element->open;
  const auto place =
      std::find_if(open.begin(), open.end(), [&](const OpenEnqueue& e) { return e.call == call; });
  if (failed) {
    --element->in;
    for (auto later = place; later != open.end(); ++later) {
      if (later->spare == 0) return element->in == 0 ? "unexpected" : "duplicated";
      if (later->spare < UINT32_MAX) --later->spare;
    }
  }
  if (place != open.begin()) {
    const auto before = place - 1;
    before->spare = std::min(before->spare, place->spare);
  }
  open.erase(place);
  return nullptr;
}

Found OnlineQueue::ReturnDequeue(const OnlineCall& call, const Event& event) {
  dequeues_.erase(std::lower_bound(dequeues_.begin(), dequeues_.end(), call.notes[0]));
  if (event.type == EventType::kInfo) ++crashed_;
  if (event.type != EventType::kOk) return nullptr;
  if (call.f == "dequeue") return TakeOut(event.value, call);
  if (!event.value.is_array()) throw NotJudged("a drain shows a list");
  for (const Json& value : event.value) {
    if (const Found found = TakeOut(value, call)) return found;
  }
  return nullptr;
}

Found OnlineQueue::TakeOut(const Json& value, const OnlineCall& call) {
  if (value.is_null()) return nullptr;
  const auto place = elements_.find(TokenOf(value));
  if (place == elements_.end()) return "unexpected";
  Element& element = place->second;
  if (++element.out > element.in) return "duplicated";
  if (!element.open.empty()) {
    uint32_t& spare = element.open.back().spare;
    spare = std::min(spare, element.in - element.out);
  }
  if (in_order_) {
    if (element.ret < call.notes[0]) return "overtaken";
    inside_.erase(element.ret);
    latest_out_ = std::max(latest_out_, element.call);
  }
  ForgetIfOut(place);
  return nullptr;
}

/// What no dequeue can take any more without having been overtaken: only crashed ones took it.
Found OnlineQueue::Overtaken() const {
  const int64_t all_called_after = dequeues_.empty() ? latest_out_ : dequeues_.front();
  uint32_t overdue = 0;
  for (const auto& [ret, token] : inside_) {
    if (ret >= all_called_after) return nullptr;
    if (++overdue > crashed_) return "overtaken";
  }
  return nullptr;
}

void OnlineQueue::ForgetIfOut(std::unordered_map<Token, Element, TokenHash>::iterator place) {
  const Element& element = place->second;
  if (element.open.empty() && element.out == element.in) elements_.erase(place);
}

}  // namespace cleave
