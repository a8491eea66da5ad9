// A register judged online: the zones of register_zones.h, kept only as long as a later operation
// can still meet them (Gibbons & Korach, "Testing shared memories", SIAM J. Comput. 1997; Golab, Li
// & Shah, PODC 2011, on forgetting).
//
// A block is a written value, or a chain of them that cas hang on to each other, with all that read
// them; F its earliest return, S its latest call. Events come in the order of time, so F is set
// once and only S rises: a new pair F_a < S_b, F_b < S_a shows when a block's S rises. Let cm be
// the earliest call of an open read or cas, and D the greatest S of the blocks with F < cm: a block
// with F < D and S <= D is over, but for the one that attains D. Whoever sees its values later was
// called at cm or later, which contradicts the block of D. So a value that is not remembered is a
// violation, whether it was never written or is over. Inside a chain, a value is over once a later
// one has F < cm.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "checkers/online/online_keys.h"

namespace cleave {

class OnlineRegister {
 public:
  explicit OnlineRegister(Token initial);

  /// Functions read and get, write and put, cas. Throws NotJudged for others, and where a value is
  /// written that is live already.
  Found Call(OnlineCall* call, const Event& event);
  Found Return(const OnlineCall& call, const Event& event);
  size_t live() const { return values_.size() + blocks_.size(); }

 private:
  struct Value {
    int64_t call = 0;              // of the write or cas that stores it
    int64_t first_return = kOpen;  // of an operation that shows it
    int64_t last_call = -1;
    int64_t mismatch_return =
        kOpen;       // of the first cas that said it was not there, although it was
    Token expected;  // of a cas
    bool by_cas = false, happened = false, replaced_by_cas = false;
    uint32_t block = 0;  // its id, where it happened
  };
  struct Block {
    uint32_t id = 0;
    int64_t first_return = kOpen, last_call = -1;
    std::vector<Token> chain;  // in their order; those that are over are left out
  };
  static constexpr int64_t kOpen = INT64_MAX;

  Value* Find(Token token);
  Block* BlockOf(const Value& value);
  Found Observe(Token token, int64_t call, int64_t now, Found kind);
  Found Happen(Token token);
  Found Join(Token token, int64_t call, int64_t now, Found kind);
  void Mismatch(const OnlineCall& call, int64_t now);
  Found Undo(const OnlineCall& call);
  void Forget();
  void ForgetInside(Block* block, int64_t earliest);

  std::unordered_map<Token, Value, TokenHash> values_;
  std::vector<Block> blocks_;       // of values that happened
  std::vector<int64_t> observing_;  // the calls of open reads and cas, ascending
  uint32_t next_block_ = 0;
};

}  // namespace cleave
