// What every online checker shares: which operation of which process is open, and one object per
// independent key.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

#include "checkers/online/online.h"
#include "checkers/online/token.h"

namespace cleave {

/// An operation as its object keeps it while it is open.
struct OnlineCall {
  std::string f;
  Token input;       // what is written, added, enqueued; of a cas the new value
  Token expected;    // of a cas
  int64_t call = 0;  // the position of the invocation
  int32_t process = 0;
  int64_t notes[2] = {};  // the object's own
};

/// The name of what was found, or nullptr.
using Found = const char*;

/// The stream is not of the kind that an object can judge: its key is left to the end.
struct NotJudged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// `Object` is copied from `fresh` for every key and has
///   Found Call(OnlineCall*, const Event&), Found Return(const OnlineCall&, const Event&) and
///   size_t live(); both may throw NotJudged.
template <class Object>
class OnlineKeys : public OnlineChecker {
 public:
  explicit OnlineKeys(Object fresh) : fresh_(std::move(fresh)) {}

  void Take(const Event& event) override {
    if (violation_ || event.process < 0) return;
    Found found = nullptr;
    const auto open = open_.find(event.process);
    if (event.type == EventType::kInvoke) {
      if (open == open_.end()) found = Invoke(event);
    } else if (open != open_.end()) {
      found = Complete(open->second, event);
      open_.erase(open);
    }
    if (found == nullptr) return;
    violation_ = {found, event.index, event.key.is_null() ? "" : DumpJson(event.key)};
  }

  size_t live() const override {
    size_t all = open_.size();
    for (const auto& [token, state] : keys_) all += 1 + state->object.live();
    return all;
  }

 private:
  struct State {
    explicit State(const Object& fresh) : object(fresh) {}
    Object object;
    bool given_up = false;
    uint32_t open = 0;
    int64_t number = 0;  // of the key: see Number
  };
  struct Open {
    State* state = nullptr;
    OnlineCall call;
  };

  Found Invoke(const Event& event) {
    State* const state = StateOf(event.key);
    if (state == nullptr) {
      ++left_out_;
      return nullptr;
    }
    ++state->open;
    Open& open = open_[event.process];
    open.state = state;
    open.call.f = event.f;
    open.call.process = event.process;
    open.call.call = event.index;
    return Guarded(state, [&] { return state->object.Call(&open.call, event); });
  }

  Found Complete(const Open& open, const Event& event) {
    --open.state->open;
    return Guarded(open.state, [&]() -> Found {
      ++judged_;
      return open.state->object.Return(open.call, event);
    });
  }

  template <class Step>
  Found Guarded(State* state, const Step& step) {
    if (!state->given_up) {
      try {
        return step();
      } catch (const NotJudged&) {
        state->given_up = true;
        state->object = fresh_;
      }
    }
    ++left_out_;
    return nullptr;
  }

  /// Workloads number their keys upwards, "k17" after "k16": when many keys are idle, those of the
  /// lowest numbers are over, and need not be remembered one by one. INT64_MAX: has no number.
  static int64_t Number(const Json& key) {
    if (key.is_number_integer()) return key.get<int64_t>();
    if (!key.is_string()) return INT64_MAX;
    const std::string& text = key.get_ref<const std::string&>();
    const size_t digits = text.find_last_not_of("0123456789") + 1;
    int64_t number = INT64_MAX;
    std::from_chars(text.data() + digits, text.data() + text.size(), number);
    return number;
  }

  /// nullptr: the key was over.
  State* StateOf(const Json& key) {
    const Token token = TokenOf(key);
    auto place = keys_.find(token);
    if (place == keys_.end()) {
      const int64_t number = Number(key);
      if (number <= over_) return nullptr;
      if (keys_.size() >= most_keys_) ForgetOldest();
      place = keys_.emplace(token, std::make_unique<State>(fresh_)).first;
      place->second->number = number;
    }
    return place->second.get();
  }

  /// The idle half of lower numbers. Where that is few, the next time is later: O(1) a key in all.
  void ForgetOldest() {
    std::vector<int64_t> numbers;
    for (const auto& [token, state] : keys_) {
      numbers.push_back(state->open > 0 ? INT64_MAX : state->number);
    }
    const auto middle = numbers.begin() + static_cast<ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    if (*middle < INT64_MAX) {
      over_ = std::max(over_, *middle);
      std::erase_if(keys_, [&](const auto& entry) {
        return entry.second->open == 0 && entry.second->number <= over_;
      });
    }
    most_keys_ = std::max(kFewKeys, 2 * keys_.size());
  }

  static constexpr size_t kFewKeys = 8192;

  const Object fresh_;
  boost::unordered_flat_map<int32_t, Open> open_;  // by process
  std::unordered_map<Token, std::unique_ptr<State>, TokenHash> keys_;
  size_t most_keys_ = kFewKeys;
  int64_t over_ = INT64_MIN;  // keys of these numbers and below are over
};

}  // namespace cleave
