// See online_set.h.
#include "checkers/online/online_set.h"

namespace cleave {

Found OnlineSet::Call(OnlineCall* call, const Event& event) {
  if (event.f == "read") {
    open_.push_back(call->call);
    return nullptr;
  }
  if (event.f != "add") throw NotJudged("a set knows add and read");
  call->input = TokenOf(event.value);
  const auto [place, is_new] = elements_.try_emplace(call->input);
  if (!is_new) throw NotJudged("an element is added twice");
  place->second.call = call->call;
  return nullptr;
}

Found OnlineSet::Return(const OnlineCall& call, const Event& event) {
  if (call.f == "read") {
    open_.erase(std::lower_bound(open_.begin(), open_.end(), call.call));
    const Found found = event.type == EventType::kOk ? ReturnRead(call, event) : nullptr;
    std::erase_if(reads_,
                  [&](const Read& read) { return open_.empty() || read.ret < open_.front(); });
    return found;
  }
  const auto place = elements_.find(call.input);
  if (event.type == EventType::kOk) {
    place->second.known = std::min(place->second.known, event.index);
  } else if (event.type == EventType::kFail) {
    if (place->second.read > 0) return "unexpected";
    elements_.erase(place);
  }
  return nullptr;
}

Found OnlineSet::ReturnRead(const OnlineCall& call, const Event& event) {
  if (!event.value.is_array()) throw NotJudged("a read of a set shows a list");
  ++read_;
  int64_t latest_add = -1;
  std::vector<Token> shown;
  Found found = Show(event.value, &latest_add, &shown);
  if (!found) found = Miss(call.call, latest_add);
  if (found) return found;
  for (const Read& before : reads_) {
    if (before.ret > call.call && !Comparable(before, shown.size())) return "incomparable-reads";
  }
  for (const Token token : shown) {
    int64_t& known = elements_.find(token)->second.known;
    known = std::min(known, event.index);
  }
  if (!open_.empty()) reads_.push_back({event.index, std::move(shown)});
  return nullptr;
}

Found OnlineSet::Show(const Json& answer, int64_t* latest_add, std::vector<Token>* shown) {
  shown->reserve(answer.size());
  for (const Json& element : answer) {
    const Token token = TokenOf(element);
    const auto place = elements_.find(token);
    if (place == elements_.end()) return "unexpected";
    if (place->second.read == read_) return "duplicated";
    place->second.read = read_;
    *latest_add = std::max(*latest_add, place->second.call);
    shown->push_back(token);
  }
  return nullptr;
}

Found OnlineSet::Miss(int64_t call, int64_t latest_add) const {
  for (const auto& [token, element] : elements_) {
    if (element.read == read_) continue;
    if (element.known < call) return "lost";
    if (element.known < latest_add) return "reordered";
  }
  return nullptr;
}

/// Whether the read now, which shows so many elements, shows all or nothing else of an earlier one.
bool OnlineSet::Comparable(const Read& before, size_t shown) const {
  size_t common = 0;
  for (const Token token : before.shown) common += elements_.find(token)->second.read == read_;
  return common == std::min(shown, before.shown.size());
}

size_t OnlineSet::live() const {
  size_t all = elements_.size() + open_.size();
  for (const Read& read : reads_) all += read.shown.size();
  return all;
}

}  // namespace cleave
