// Queues judged online: what comes out went in, no more often, and, of a fifo queue, in that order.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "checkers/online/online_keys.h"

namespace cleave {

/// Elements are remembered while they may come out: until all that went in came out.
class OnlineQueue {
 public:
  /// `in_order`: first in, first out. Then an element that is enqueued while it is inside is
  /// NotJudged.
  explicit OnlineQueue(bool in_order) : in_order_(in_order) {}

  /// Functions enqueue, dequeue and drain. A null out of an empty queue says nothing here.
  Found Call(OnlineCall* call, const Event& event);
  Found Return(const OnlineCall& call, const Event& event);
  size_t live() const { return elements_.size() + dequeues_.size(); }

 private:
  /// An enqueue that may still fail: then what came out after its call must be of others.
  struct OpenEnqueue {
    int64_t call;
    uint32_t spare;  // the fewest that were inside after something came out, up to the next's call
  };
  struct Element {
    uint32_t in = 0, out = 0;
    std::vector<OpenEnqueue> open;      // by call
    int64_t call = 0, ret = INT64_MAX;  // of its enqueue, where there is but one
  };
  static Found Close(Element* element, int64_t call, bool failed);
  Found ReturnEnqueue(const OnlineCall& call, const Event& event);
  Found ReturnDequeue(const OnlineCall& call, const Event& event);
  Found TakeOut(const Json& value, const OnlineCall& call);
  Found Overtaken() const;
  void ForgetIfOut(std::unordered_map<Token, Element, TokenHash>::iterator place);

  bool in_order_;
  std::unordered_map<Token, Element, TokenHash> elements_;
  // In order: an element that was acknowledged before `latest_out_` began to go in came out before.
  int64_t latest_out_ = -1;          // the latest call of an enqueue of what came out
  std::map<int64_t, Token> inside_;  // acknowledged and not out, by the enqueue's return
  std::vector<int64_t> dequeues_;    // of open ones: latest_out_ at their call, ascending
  uint32_t crashed_ = 0;             // dequeues that may have taken an element each
};

}  // namespace cleave
