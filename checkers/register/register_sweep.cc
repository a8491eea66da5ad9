// See register_sweep.h. First every operation, in call order, is added to its value's block; then
// every event, in order, meets the block that begins to exist for certain there: where F is the
// position of a return, visiting the returns is sorting by F. Returns are compared as they are and
// calls plus one, so that 0 comes before all of them: the F of the initial block.
#include "checkers/register/register_sweep.h"

#include <algorithm>
#include <array>

#include "harness/history/column.h"

namespace cleave {
namespace {

enum class Part : uint8_t { kNone, kRead, kWrite, kObserved, kOther };

/// What an operation is to a register, by function and outcome.
constexpr size_t kOutcomes = 3;
constexpr std::array<Part, (kWellKnownFunctions + 1)* kOutcomes> kParts = [] {
  std::array<Part, (kWellKnownFunctions + 1) * kOutcomes> parts{};
  parts.fill(Part::kOther);
  const auto set = [&](size_t function, Part ok, Part fail, Part info) {
    parts[function * kOutcomes + static_cast<size_t>(Outcome::kOk)] = ok;
    parts[function * kOutcomes + static_cast<size_t>(Outcome::kFail)] = fail;
    parts[function * kOutcomes + static_cast<size_t>(Outcome::kInfo)] = info;
  };
  for (const size_t f : {kRead, kGet}) set(f, Part::kRead, Part::kObserved, Part::kNone);
  for (const size_t f : {kWrite, kPut}) set(f, Part::kWrite, Part::kObserved, Part::kWrite);
  return parts;
}();

Part PartOf(const Operation& op) {
  const size_t function = std::min<size_t>(op.function, kWellKnownFunctions);
  return kParts[function * kOutcomes + static_cast<size_t>(op.outcome)];
}

class RegisterSweep {
 public:
  RegisterSweep(const History& history, ValueId initial)
      : history_(history),
        initial_(initial),
        no_key_(static_cast<uint32_t>(history.keys().size())),
        first_initial_(static_cast<uint32_t>(history.values().size()) + 1),
        keys_(no_key_ + 2),
        blocks_(size_t{first_initial_} + no_key_ + 1),
        events_(history.event_count()) {
    blocks_[kNothing] = {0, 0, no_key_ + 1};
    for (uint32_t key = 0; key <= no_key_; ++key) {
      blocks_[first_initial_ + key] = {0, 0, key | kWritten};
    }
  }

  std::vector<SweptKey> Run() {
    Gather();
    Meet();
    std::vector<SweptKey> swept(no_key_ + 1);
    for (uint32_t i = 0; i <= no_key_; ++i) {
      const Key& key = keys_[i];
      swept[i] = {key.used, key.used && !key.undecided, key.operations, key.concurrency};
    }
    return swept;
  }

 private:
  static constexpr uint32_t kWritten = 1u << 31;  // in Block::owner
  static constexpr uint32_t kCall = 1u << 31;     // in events_
  static constexpr uint32_t kUnowned = kWritten - 1;
  static constexpr uint32_t kNothing = 0;  // the block of events that belong to none

  struct Block {
    uint32_t f = kNever;        // the earliest return
    uint32_t s = 0;             // the latest call, plus one
    uint32_t owner = kUnowned;  // the first key with the value, and whether that key wrote it
  };

  struct Key {
    bool used = false, undecided = false;
    uint32_t operations = 0, open = 0, concurrency = 0;
    uint32_t f = 0, s = 0;  // the last zone with F < S: the one with the latest S
  };

  void Gather() {
    for (const Operation& op : history_.operations()) {
      const uint32_t k = std::min(op.key, no_key_);
      Key& key = keys_[k];
      key.used = true;
      const Part part = PartOf(op);
      const bool write = part == Part::kWrite;
      const ValueId value = write ? op.input : op.output;
      const bool silent = part == Part::kNone || (part == Part::kObserved && !op.has_observed) ||
                          (part != Part::kOther && value == kNoValue);
      if (silent || key.undecided) continue;
      if (part == Part::kOther || !Take(op, k, value, write)) {
        key.undecided = true;
      } else {
        ++key.operations;
      }
    }
  }

  /// Adds an operation to its block. False where that is not the key's own, or already impossible.
  bool Take(const Operation& op, uint32_t key, ValueId value, bool write) {
    const uint32_t b = value == initial_ ? first_initial_ + key : value + 1;
    Block& block = blocks_[b];
    const uint32_t called = op.call + 1;
    if (block.owner == kUnowned) block.owner = key;
    if ((block.owner & ~kWritten) != key) return false;
    if (write) {
      const bool written = (block.owner & kWritten) != 0;
      if (written || block.f < called) return false;  // written twice, or read before
      block.owner |= kWritten;
    }
    block.f = std::min(block.f, op.ret);
    block.s = called;  // in call order
    if (op.ret != kNever) {
      events_[op.call] = b | kCall;
      events_[op.ret] = b;
    }
    return true;
  }

  void Meet() {
    for (uint32_t k = 0; k <= no_key_; ++k) keys_[k].s = blocks_[first_initial_ + k].s;
    for (uint32_t at = 0; at < events_.size(); ++at) {
      const uint32_t event = events_[at];
      const Block& block = blocks_[event & ~kCall];
      Key& key = keys_[block.owner & ~kWritten];
      key.open += 2 * (event / kCall) - 1;  // a call or a return
      key.concurrency = std::max(key.concurrency, key.open);
      if (block.f == at && at != 0) Meet(block, &key);
    }
  }

  /// As Zones::Sweep: in order of F, only the last zone with F < S can contradict the next block.
  static void Meet(const Block& block, Key* key) {
    if ((block.owner & kWritten) == 0) key->undecided = true;
    if (block.s > block.f) {
      if (key->s > block.f) key->undecided = true;
      if (block.s > key->s) {
        key->f = block.f;
        key->s = block.s;
      }
    } else if (key->f < block.s && block.f < key->s) {
      key->undecided = true;
    }
  }

  const History& history_;
  const ValueId initial_;
  const uint32_t no_key_;         // the number of what has no key
  const uint32_t first_initial_;  // where the blocks of the keys' initial values begin
  std::vector<Key> keys_;         // the last: nobody's
  Column<Block> blocks_;          // by value, plus one
  Column<uint32_t> events_;       // by position: the block that the event belongs to
};

}  // namespace

std::vector<SweptKey> SweepRegisters(const History& history, ValueId initial) {
  // Block numbers leave a bit free.
  const bool fits = history.values().size() + history.keys().size() < (size_t{1} << 31) - 4;
  return fits ? RegisterSweep(history, initial).Run() : std::vector<SweptKey>();
}

}  // namespace cleave
