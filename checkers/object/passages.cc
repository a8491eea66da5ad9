// See passages.h.
#include "checkers/object/passages.h"

#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "checkers/object/places.h"
#include "harness/history/column.h"

namespace cleave {
namespace {

class Pairing {
 public:
  Pairing(const ObjectHistory& object, FunctionId put, FunctionId take)
      : object_(object), words_(object), put_(put), take_(take) {}

  Passages Run() {
    if (!Puts()) {
      Decide(NotApplicable());
      return std::move(out_);
    }
    Takes();
    if (!out_.decided && crashed_puts_) {
      std::erase_if(out_.values,
                    [](const Passage& p) { return p.put_ret == kNever && p.take == kNone; });
    }
    return std::move(out_);
  }

 private:
  void Decide(FastResult result) {
    out_.decided = true;
    out_.result = std::move(result);
  }

  bool Puts() {
    const ValueTable& values = object_.values();
    out_.values.reserve(object_.ops.size());
    ids_.reserve(object_.ops.size());
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      const ModelOp& op = object_.ops[i];
      // A take that failed, for there was nothing, is as good as the answer.
      if (op.mismatch && (op.function != take_ || op.output != kNull)) return false;
      if (op.function != put_) {
        if (op.function != take_ || (!op.crashed() && op.output == kNoValue)) return false;
        continue;
      }
      if (op.input == kNull || op.input == kNoValue) return false;
      if (op.crashed()) {
        crashed_puts_ = true;
      } else if (!PlainAnswer(values, op)) {
        return false;
      }
      ids_.push_back(op.input);
      out_.values.push_back({.put_call = op.call, .put_ret = op.ret, .put = i});
    }
    return true;
  }

  void Takes() {
    const ValueRows rows(ids_);
    if (rows.distinct() != ids_.size()) return Decide(NotApplicable());
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      const ModelOp& op = object_.ops[i];
      if (op.function != take_) continue;
      if (op.crashed()) {
        out_.crashed_takes.push_back(i);
        continue;
      }
      if (op.output == kNull) {
        out_.empty_answers.push_back(i);
        continue;
      }
      const uint32_t row = rows.Find(op.output);
      if (row == kNone) return Decide(Unexpected(i));
      Passage& passage = out_.values[row];
      if (passage.take != kNone) return Decide(Duplicated(passage.take, i));
      if (op.ret < passage.put_call) return Decide(Future(i, passage.put));
      passage.take = i;
      passage.take_call = op.call;
      passage.take_ret = op.ret;
    }
  }

  FastResult Unexpected(uint32_t i) const {
    return FastViolation("unexpected",
                         Capital(words_.Answered(i)) + words_.OfKey() +
                             ", a value that no operation can have put there.",
                         {i});
  }

  FastResult Duplicated(uint32_t first, uint32_t second) const {
    return FastViolation("duplicated",
                         "The value " + words_.Value(object_.ops[first].output) + words_.OfKey() +
                             ", put there once, was taken twice: " + words_.Answered(first) +
                             ", and so did " + words_.Who(second) +
                             AtEvent(object_.ops[second].ret) + ".",
                         {first, second, PutOf(object_.ops[first].output)});
  }

  FastResult Future(uint32_t take, uint32_t put) const {
    return FastViolation(
        "future",
        Capital(words_.Answered(take)) + words_.OfKey() + " before " + words_.WasCalled(put) + ".",
        {take, put});
  }

  uint32_t PutOf(ValueId value) const {
    for (const Passage& passage : out_.values) {
      if (object_.ops[passage.put].input == value) return passage.put;
    }
    return kNone;
  }

  const ObjectHistory& object_;
  const ObjectWords words_;
  const FunctionId put_, take_;
  BigVector<ValueId> ids_;
  bool crashed_puts_ = false;
  Passages out_;
};

struct Stay {
  Position from, to;
};

/// The union of all certain stays, as few stretches as possible, in order.
BigVector<Stay> MergedStays(std::span<const Passage> values, std::span<const uint32_t> order) {
  BigVector<Stay> merged;
  for (const uint32_t v : order) {
    const Passage& p = values[v];
    if (p.put_ret >= p.take_call) continue;
    if (merged.empty() || merged.back().to < p.put_ret) {
      merged.push_back({p.put_ret, p.take_call});
    } else {
      merged.back().to = std::max(merged.back().to, p.take_call);
    }
  }
  return merged;
}

FastResult NotEmpty(const ObjectHistory& object, const Passages& passages,
                    std::span<const uint32_t> order, uint32_t answer) {
  const ObjectWords words(object);
  const ModelOp& op = object.ops[answer];
  std::vector<uint32_t> evidence = {answer};
  const std::string inside = StaysInWords(
      object, passages.values, FewestToCover(passages.values, order, op.call, op.ret), &evidence);
  return FastViolation("not-empty",
                       Capital(words.Who(answer)) + words.OfKey() + ", " + CalledAt(op.call) +
                           ", answered empty" + AtEvent(op.ret) +
                           ", although at every moment something was inside: " + inside + ".",
                       std::move(evidence));
}

}  // namespace

uint32_t TakerOf(const ObjectHistory& object, const Passage& passage) {
  if (passage.take != kNone || passage.take_call == kNever) return passage.take;
  return OpCalledAt(object, passage.take_call);
}

std::string StaysInWords(const ObjectHistory& object, const BigVector<Passage>& values,
                         std::span<const uint32_t> chosen, std::vector<uint32_t>* evidence) {
  const ObjectWords words(object);
  std::string inside;
  for (const uint32_t v : chosen) {
    const Passage& p = values[v];
    evidence->push_back(p.put);
    inside += (inside.empty() ? "" : ", ") + words.Value(object.ops[p.put].input) +
              " (put by event " + std::to_string(p.put_ret);
    if (p.take != kNone) {
      evidence->push_back(p.take);
      inside += ", not taken before event " + std::to_string(p.take_call);
    } else {
      inside += p.take_call == kNever
                    ? ", never taken"
                    : ", not to be taken before event " + std::to_string(p.take_call) +
                          ", by an operation of unknown outcome";
    }
    inside += ")";
  }
  return inside;
}

Passages PairPutsAndTakes(const ObjectHistory& object, FunctionId put, FunctionId take) {
  return Pairing(object, put, take).Run();
}

std::vector<uint32_t> FewestToCover(std::span<const Passage> values,
                                    std::span<const uint32_t> by_put_ret, Position from,
                                    Position to) {
  std::vector<uint32_t> chosen;
  Position reach = from;
  uint32_t best = kNone;
  for (size_t i = 0; i <= by_put_ret.size(); ++i) {
    const bool more = i < by_put_ret.size();
    // `best` reaches furthest of all that begin early enough; one that does not begins later.
    while (best != kNone && (!more || values[by_put_ret[i]].put_ret > reach) && reach < to) {
      if (values[best].take_call <= reach) break;
      reach = values[best].take_call;
      chosen.push_back(best);
    }
    if (!more || reach >= to) break;
    const uint32_t v = by_put_ret[i];
    if (best == kNone || values[v].take_call > values[best].take_call) best = v;
  }
  return chosen;
}

FastResult CheckEmptyAnswers(const ObjectHistory& object, const Passages& passages,
                             std::span<const uint32_t> by_put_ret, BigVector<Position>* gaps) {
  if (passages.empty_answers.empty()) return {};
  const BigVector<Stay> merged = MergedStays(passages.values, by_put_ret);
  size_t next = 0;
  for (const uint32_t answer : passages.empty_answers) {
    const ModelOp& op = object.ops[answer];
    while (next < merged.size() && merged[next].from < op.call) ++next;
    const Position bare = next == 0 ? op.call : std::max(op.call, merged[next - 1].to);
    if (op.ret < bare) return NotEmpty(object, passages, by_put_ret, answer);
    if (gaps != nullptr) gaps->push_back(bare);
  }
  return {};
}

}  // namespace cleave
