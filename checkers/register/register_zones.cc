// See register_zones.h.
#include "checkers/register/register_zones.h"

#include <algorithm>

#include "checkers/no_index.h"

namespace cleave {
namespace {

using Kind = RegisterOp::Kind;

/// What is known of one value: who made it, who consumed it, and the extremes of its reads.
struct ValueFacts {
  uint32_t writer = kNone;      // a write or cas
  uint32_t consumer = kNone;    // the cas that took it
  uint32_t early_read = kNone;  // the read that returned first
  uint32_t late_read = kNone;   // the read that was called last
  bool visited = false;
};

struct Block {
  int64_t f;  // -1: the initial block
  int64_t s;
  uint32_t f_op, s_op;  // who returned first, who was called last; kNone for the initial state
  uint32_t root;        // the value its chain begins with
  uint32_t blamed;      // who was called too late for a later layer, lately; kNone: nobody
};

class Zones {
 public:
  Zones(const RegisterKey& key, size_t most) : key_(key), most_(most), facts_(key.values.size()) {}

  ZoneResult Run() {
    if (!Writers()) {
      Unwritten();
      result_.applicable = false;
      return std::move(result_);
    }
    Readers();
    if (!result_.violations.empty()) return std::move(result_);  // blocks would be meaningless
    Chains();
    if (!result_.violations.empty()) return std::move(result_);
    Sweep();
    return std::move(result_);
  }

 private:
  const RegisterOp& op(uint32_t i) const { return key_.ops[i]; }

  void Violation(ZoneViolation::Kind kind, std::vector<uint32_t> ops) {
    ++result_.count;
    if (result_.violations.size() < most_) result_.violations.push_back({kind, std::move(ops)});
  }

  /// One writer a value, and none of the initial one; otherwise the method does not apply.
  bool Writers() {
    matters_ = CrashedThatMatter(key_);
    for (uint32_t i = 0; i < key_.ops.size(); ++i) {
      if (!op(i).changes() || (op(i).crashed() && !matters_[i])) continue;
      uint32_t& writer = facts_[op(i).b].writer;
      if (op(i).b == RegisterKey::kInitial || writer != kNone) return false;
      writer = i;
    }
    return true;
  }

  /// What is certain even where values repeat: completed operations that saw a value which no write
  /// and no other cas makes, crashed ones included.
  void Unwritten() {
    std::vector<uint32_t> makers(key_.values.size(), 0);
    makers[RegisterKey::kInitial] = 1;
    for (const RegisterOp& o : key_.ops) makers[o.b] += o.changes();
    for (uint32_t i = 0; i < key_.ops.size(); ++i) {
      const RegisterOp& o = op(i);
      if (o.crashed() || (o.kind != Kind::kRead && o.kind != Kind::kCas)) continue;
      const bool own = o.kind == Kind::kCas && o.a == o.b;
      if (makers[o.a] == own) Violation(ZoneViolation::Kind::kUnwritten, {i});
    }
  }

  void Readers() {
    for (uint32_t i = 0; i < key_.ops.size(); ++i) {
      const RegisterOp& o = op(i);
      if (o.kind == Kind::kWrite || (o.crashed() && !matters_[i])) continue;
      ValueFacts& facts = facts_[o.a];
      const bool exists = facts.writer != kNone || o.a == RegisterKey::kInitial;
      if (o.kind == Kind::kDiffer) {
        result_.ignored_mismatch |= exists;  // otherwise the value never is what was expected
        continue;
      }
      if (!exists) {
        Violation(ZoneViolation::Kind::kUnwritten, {i});
      } else if (o.kind == Kind::kCas) {
        if (facts.consumer != kNone) {
          Violation(ZoneViolation::Kind::kDoubleCas, {facts.consumer, i});
        } else {
          facts.consumer = i;
        }
      } else {
        if (facts.early_read == kNone || o.ret < op(facts.early_read).ret) facts.early_read = i;
        facts.late_read = i;  // in call order
      }
    }
  }

  void Chains() {
    blocks_.reserve(facts_.size());
    for (uint32_t v = 0; v < facts_.size(); ++v) {
      const uint32_t writer = facts_[v].writer;
      const bool root =
          v == RegisterKey::kInitial || (writer != kNone && op(writer).kind == Kind::kWrite);
      if (root) Chain(v);
    }
    for (uint32_t v = 0; v < facts_.size(); ++v) {
      if (facts_[v].writer == kNone || facts_[v].visited) continue;
      std::vector<uint32_t> cycle;
      for (uint32_t at = v; !facts_[at].visited; at = op(facts_[at].writer).a) {
        facts_[at].visited = true;
        cycle.push_back(facts_[at].writer);
      }
      // Values that merely hang on a cycle were cas'ed from it twice, which was found before.
      Violation(ZoneViolation::Kind::kCasCycle, std::move(cycle));
    }
  }

  /// Walks write, reads, cas, reads, …: nothing may be called after a later layer has returned.
  void Chain(uint32_t root) {
    Block block{INT64_MAX, -1, kNone, kNone, root, kNone};
    if (root == RegisterKey::kInitial) block.f = -1;
    for (uint32_t v = root;;) {
      ValueFacts& facts = facts_[v];
      facts.visited = true;
      if (facts.writer != kNone) Layer(facts.writer, facts.writer, &block);
      if (facts.early_read != kNone) Layer(facts.early_read, facts.late_read, &block);
      if (facts.consumer == kNone) break;
      v = op(facts.consumer).b;
    }
    blocks_.push_back(block);
  }

  void Layer(uint32_t early, uint32_t late, Block* block) {
    // One that is too late for a layer is too late for each that follows: it is blamed once.
    const bool late_before = block->s_op != kNone && int64_t{op(early).ret} < block->s;
    if (late_before && block->blamed != block->s_op) {
      block->blamed = block->s_op;
      const bool future = op(block->s_op).changes() && op(block->s_op).b == op(early).a &&
                          op(early).kind != Kind::kWrite;
      if (future) {
        Violation(ZoneViolation::Kind::kFuture, {early, block->s_op});
      } else {
        Violation(ZoneViolation::Kind::kBackwards, {block->s_op, early});
      }
    }
    if (int64_t{op(early).ret} < block->f) {
      block->f = op(early).ret;
      block->f_op = early;
    }
    if (int64_t{op(late).call} > block->s) {
      block->s = op(late).call;
      block->s_op = late;
    }
  }

  /// In order of F, only the last forward zone (F < S) can contradict the next block.
  void Sweep() {
    std::sort(blocks_.begin(), blocks_.end(),
              [](const Block& a, const Block& b) { return a.f < b.f; });
    const Block* last = nullptr;
    for (const Block& block : blocks_) {
      if (block.s > block.f) {
        if (last != nullptr && last->s > block.f) Contradiction(*last, block);
        if (last == nullptr || block.s > last->s) last = &block;
      } else if (last != nullptr && last->f < block.s && block.f < last->s) {
        Contradiction(*last, block);
      }
    }
  }

  /// The pair that shows why `a` precedes `b`: one returned before the other was called. The
  /// writers where they do, as people think of those. kNone stands for the initial state.
  std::pair<uint32_t, uint32_t> Precedence(const Block& a, const Block& b) const {
    const uint32_t wa = facts_[a.root].writer, wb = facts_[b.root].writer;
    const bool initial = a.root == RegisterKey::kInitial;
    const int64_t wa_ret = initial ? -1 : int64_t{op(wa).ret};
    const int64_t wb_call = wb == kNone ? -1 : int64_t{op(wb).call};
    const uint32_t x = initial ? kNone : a.f_op;
    if (wa_ret < wb_call) return {initial ? kNone : wa, wb};
    if (a.f < wb_call) return {x, wb};
    if (wa_ret < b.s) return {initial ? kNone : wa, b.s_op};
    return {x, b.s_op};
  }

  /// A zone that was found guilty once is not reported for every write that it missed.
  void Contradiction(const Block& guilty, const Block& missed) {
    if (guilty_ != &guilty) Overwritten(guilty, missed);
    guilty_ = &guilty;
  }

  /// a and b precede each other.
  void Overwritten(const Block& a, const Block& b) {
    auto [x, y] = Precedence(a, b);
    auto [z, r] = Precedence(b, a);
    // r is to be a read or cas. Not both y and r can be writes: a value is not read before it is
    // written.
    if (op(r).kind == Kind::kWrite) {
      std::swap(x, z);
      std::swap(y, r);
    }
    Violation(ZoneViolation::Kind::kOverwritten, {x, y, z, r});
  }

  const RegisterKey& key_;
  const size_t most_;
  std::vector<ValueFacts> facts_;
  std::vector<bool> matters_;
  std::vector<Block> blocks_;
  const Block* guilty_ = nullptr;  // who contradicted another block last
  ZoneResult result_;
};

}  // namespace

ZoneResult CheckZones(const RegisterKey& key, size_t most) { return Zones(key, most).Run(); }

std::vector<bool> CrashedThatMatter(const RegisterKey& key) {
  std::vector<bool> matters(key.ops.size(), false), observed(key.values.size(), false);
  std::vector<uint32_t> todo, head(key.values.size(), kNone), next(key.ops.size(), kNone);
  bool any = false;
  for (uint32_t i = 0; i < key.ops.size(); ++i) {
    const RegisterOp& o = key.ops[i];
    if (o.changes() && o.crashed()) {
      any = true;
      next[i] = head[o.b];
      head[o.b] = i;
    } else if (o.kind == Kind::kRead || o.kind == Kind::kCas) {
      if (!observed[o.a]) todo.push_back(o.a);
      observed[o.a] = true;
    }
  }
  if (!any) return matters;
  while (!todo.empty()) {
    const uint32_t value = todo.back();
    todo.pop_back();
    for (uint32_t i = head[value]; i != kNone; i = next[i]) {
      matters[i] = true;
      const RegisterOp& o = key.ops[i];
      if (o.kind == Kind::kCas && !observed[o.a]) {
        observed[o.a] = true;
        todo.push_back(o.a);
      }
    }
  }
  return matters;
}

}  // namespace cleave
