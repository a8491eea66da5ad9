// A grow-only set judged online, exactly. Of two operations the order is forced by time or by a
// read between them; a read [c, r] of the elements X is wrong exactly if
//   - it shows what nobody had begun to add, or twice;
//   - it misses what was known (acknowledged, or read) before c, or before the add of one of X
//   began;
//   - it and another read each show what the other lacks: that one overlaps it, or the rule above
//     has caught it.
#pragma once

#include <unordered_map>
#include <vector>

#include "checkers/online/online_keys.h"

namespace cleave {

/// Elements are added once: NotJudged otherwise. A read costs O(elements), and is remembered while
/// one that was called before its return is open.
class OnlineSet {
 public:
  /// Functions add and read.
  Found Call(OnlineCall* call, const Event& event);
  Found Return(const OnlineCall& call, const Event& event);
  size_t live() const;

 private:
  struct Element {
    int64_t call = 0, known = INT64_MAX;
    uint64_t read = 0;  // the last that showed it, from 1; 0: none
  };
  struct Read {
    int64_t ret = 0;
    std::vector<Token> shown;
  };

  Found ReturnRead(const OnlineCall& call, const Event& event);
  Found Show(const Json& answer, int64_t* latest_add, std::vector<Token>* shown);
  Found Miss(int64_t call, int64_t latest_add) const;
  bool Comparable(const Read& before, size_t shown) const;

  std::unordered_map<Token, Element, TokenHash> elements_;
  std::vector<Read> reads_;    // that open reads overlap
  std::vector<int64_t> open_;  // the calls of open reads, ascending
  uint64_t read_ = 0;          // how many there were
};

}  // namespace cleave
