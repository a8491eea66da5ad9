// See chain_path.h.
#include "checkers/object/chain_path.h"

#include "checkers/object/fast_columns.h"
#include "checkers/object/object_words.h"
#include "harness/history/column.h"

namespace cleave {
namespace {

/// All reads of one list.
struct SeenList {
  std::span<const ValueId> elements;
  uint32_t early, late;  // the first to return and the last to be called
};

/// Operations that may go in any order among them, between those of the layers beside.
struct ChainLayer {
  uint32_t early = kNone, late = kNone;
};

class ChainPath {
 public:
  ChainPath(const ObjectHistory& object, bool ordered)
      : object_(object), words_(object), ordered_(ordered) {}

  FastResult Run() {
    if (!Collect()) return NotApplicable();
    const ValueRows rows(elements_);
    if (rows.distinct() != elements_.size()) return NotApplicable();
    DistinctReads();
    layer_of_.assign(adds_.size(), kNone);
    FastResult result = ordered_ ? OrderedChain(rows) : SetChain(rows);
    if (!result.linearizable()) return result;
    return Sweep();
  }

  /// Layer after layer, each in call order. Crashed adds that nobody saw are left out.
  std::vector<uint32_t> Order() const {
    BigVector<size_t> sizes;  // of the lists that were read
    for (const SeenList& seen : seen_) {
      if (sizes.empty() || sizes.back() < seen.elements.size()) {
        sizes.push_back(seen.elements.size());
      }
    }
    const bool empty = !sizes.empty() && sizes.front() == 0;
    BigVector<std::pair<uint64_t, uint32_t>> placed;  // layer, index into ops
    placed.reserve(object_.ops.size());
    for (uint32_t a = 0; a < adds_.size(); ++a) {
      if (layer_of_[a] != kNone) placed.emplace_back(layer_of_[a], adds_[a]);
    }
    for (uint32_t r = 0; r < reads_.size(); ++r) {
      const size_t size = Elements(lists_[r]).size();
      const auto level = std::lower_bound(sizes.begin(), sizes.end(), size) - sizes.begin();
      placed.emplace_back(2 * (ordered_ ? size : static_cast<size_t>(level) + !empty), reads_[r]);
    }
    std::sort(placed.begin(), placed.end());
    std::vector<uint32_t> order;
    for (const auto& [layer, i] : placed) order.push_back(i);
    return order;
  }

 private:
  const ModelOp& op(uint32_t i) const { return object_.ops[i]; }

  bool Collect() {
    const ValueTable& values = object_.values();
    size_t reads = 0, adds = 0;
    for (auto* column : {&reads_, &lists_, &adds_, &elements_}) column->resize(object_.ops.size());
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      const ModelOp& o = op(i);
      if (o.mismatch) return false;
      if (o.function == kRead || o.function == kGet) {
        if (o.crashed()) continue;
        if (o.output != kNull && !values.IsList(o.output)) return false;
        reads_[reads] = i;
        lists_[reads++] = o.output;
      } else if (o.function == kAdd || o.function == kAppend) {
        if (o.input == kNoValue || (!o.crashed() && !PlainAnswer(values, o))) return false;
        adds_[adds] = i;
        elements_[adds++] = o.input;
      } else {
        return false;
      }
    }
    for (auto* column : {&reads_, &lists_}) column->resize(reads);
    for (auto* column : {&adds_, &elements_}) column->resize(adds);
    return true;
  }

  /// The same list has the same id, so that each is looked at once.
  void DistinctReads() {
    const ValueRows rows(lists_);
    BigVector<uint32_t> seen_of(reads_.size(), kNone);
    for (uint32_t r = 0; r < reads_.size(); ++r) {
      uint32_t& seen = seen_of[rows.Find(lists_[r])];
      if (seen == kNone) {
        seen = static_cast<uint32_t>(seen_.size());
        seen_.push_back({Elements(lists_[r]), reads_[r], reads_[r]});
      }
      if (op(reads_[r]).ret < op(seen_[seen].early).ret) seen_[seen].early = reads_[r];
      seen_[seen].late = reads_[r];
    }
    std::stable_sort(seen_.begin(), seen_.end(), [](const SeenList& a, const SeenList& b) {
      return a.elements.size() < b.elements.size();
    });
  }

  std::span<const ValueId> Elements(ValueId list) const {
    return list == kNull ? std::span<const ValueId>() : object_.values().Elements(list);
  }

  void Join(uint32_t layer, uint32_t early, uint32_t late) {
    if (layer >= layers_.size()) layers_.resize(layer + 1);
    ChainLayer& l = layers_[layer];
    if (l.early == kNone || op(early).ret < op(l.early).ret) l.early = early;
    if (l.late == kNone || op(late).call > op(l.late).call) l.late = late;
  }

  /// Reads of n elements are layer 2n, the append of the n-th is layer 2n - 1.
  FastResult OrderedChain(const ValueRows& rows) {
    const std::span<const ValueId> longest =
        seen_.empty() ? std::span<const ValueId>() : seen_.back().elements;
    for (uint32_t n = 0; n < longest.size(); ++n) {
      const uint32_t add = rows.Find(longest[n]);
      if (add == kNone) return Unexpected(seen_.back().early, longest[n]);
      if (layer_of_[add] != kNone) return Duplicated(seen_.back().early, longest[n]);
      layer_of_[add] = 2 * n + 1;
      Join(2 * n + 1, adds_[add], adds_[add]);
    }
    for (const SeenList& seen : seen_) {
      if (!std::equal(seen.elements.begin(), seen.elements.end(), longest.begin())) {
        return FastViolation("incompatible-order",
                             Capital(words_.Answered(seen.early)) + " and " +
                                 words_.Answered(seen_.back().early) + words_.OfKey() +
                                 ": neither list begins with the other.",
                             {seen.early, seen_.back().early});
      }
      Join(2 * static_cast<uint32_t>(seen.elements.size()), seen.early, seen.late);
    }
    last_layer_ = 2 * static_cast<uint32_t>(longest.size()) + 1;
    return {};
  }

  /// Reads of the j-th smallest set are layer 2j, the adds that it is the first to have 2j - 1.
  FastResult SetChain(const ValueRows& rows) {
    BigVector<uint32_t> met(adds_.size(),
                            kNone);  // the last list that had it, lest it come twice
    uint32_t level = 0;
    size_t known = 0;  // elements of the level
    for (uint32_t s = 0; s < seen_.size(); ++s) {
      const SeenList& seen = seen_[s];
      if (seen.elements.size() > known) ++level;
      size_t old = 0;
      for (const ValueId element : seen.elements) {
        const uint32_t add = rows.Find(element);
        if (add == kNone) return Unexpected(seen.early, element);
        if (met[add] == s) return Duplicated(seen.early, element);
        met[add] = s;
        old += layer_of_[add] != kNone;
        if (layer_of_[add] != kNone) continue;
        if (seen.elements.size() == known) return Incomparable(seen_[s - 1], seen);
        layer_of_[add] = 2 * level - 1;
        Join(2 * level - 1, adds_[add], adds_[add]);
      }
      if (old < known) return Incomparable(seen_[s - 1], seen);
      known = seen.elements.size();
      Join(2 * level, seen.early, seen.late);
    }
    last_layer_ = 2 * level + 1;
    return {};
  }

  /// In order of layers, the latest call so far; nothing of a later layer may have returned before.
  FastResult Sweep() {
    for (uint32_t a = 0; a < adds_.size(); ++a) {
      if (layer_of_[a] != kNone || op(adds_[a]).crashed()) continue;
      layer_of_[a] = last_layer_;
      Join(last_layer_, adds_[a], adds_[a]);
    }
    uint32_t late = kNone, late_layer = 0;
    for (uint32_t l = 0; l < layers_.size(); ++l) {
      const ChainLayer& layer = layers_[l];
      if (layer.early == kNone) continue;
      if (late != kNone && op(layer.early).ret < op(late).call) {
        return Backwards(late, late_layer, layer.early, l);
      }
      if (late != kNone && op(layer.late).call < op(late).call) continue;
      late = layer.late;
      late_layer = l;
    }
    return {};
  }

  FastResult Unexpected(uint32_t read, ValueId element) const {
    return FastViolation("unexpected",
                         Capital(words_.Answered(read)) + words_.OfKey() + ", but nothing adds " +
                             words_.Value(element) + ".",
                         {read});
  }

  FastResult Duplicated(uint32_t read, ValueId element) const {
    return FastViolation("duplicated",
                         Capital(words_.Answered(read)) + words_.OfKey() + ", with " +
                             words_.Value(element) + ", which was added once, more than once.",
                         {read});
  }

  FastResult Incomparable(const SeenList& a, const SeenList& b) const {
    return FastViolation("incomparable-reads",
                         Capital(words_.Answered(a.early)) + " and " + words_.Answered(b.early) +
                             words_.OfKey() + ": each has an element that the other lacks.",
                         {a.early, b.early});
  }

  bool IsAdd(uint32_t layer) const { return layer % 2 == 1; }

  /// `late`, of the earlier layer, was called after `early`, of the later one, had returned.
  FastResult Backwards(uint32_t late, uint32_t late_layer, uint32_t early,
                       uint32_t early_layer) const {
    std::vector<uint32_t> evidence = {late, early};
    if (!IsAdd(late_layer)) {
      const bool lost = IsAdd(early_layer) && early_layer == last_layer_;
      const std::string before =
          IsAdd(early_layer) ? words_.HadReturned(early) : words_.Answered(early);
      return FastViolation(lost ? "lost" : "stale-read",
                           Capital(before) + words_.OfKey() + " before " + words_.WasCalled(late) +
                               ", which returned " + words_.Value(op(late).output) +
                               (IsAdd(early_layer) ? ", without it." : ", which has less."),
                           std::move(evidence));
    }
    if (!IsAdd(early_layer)) {
      return FastViolation("future-read",
                           Capital(words_.Answered(early)) + words_.OfKey() + " before " +
                               words_.WasCalled(late) + ".",
                           std::move(evidence));
    }
    const uint32_t reader = ordered_ ? seen_.back().early : layers_[late_layer + 1].early;
    evidence.push_back(reader);
    return FastViolation("reordered",
                         Capital(words_.HadReturned(early)) + words_.OfKey() + " before " +
                             words_.WasCalled(late) + ", but " + words_.Answered(reader) +
                             ", with the second before or without the first.",
                         std::move(evidence));
  }

  const ObjectHistory& object_;
  const ObjectWords words_;
  const bool ordered_;
  BigVector<uint32_t> adds_, reads_;     // indices into ops, in call order
  BigVector<ValueId> elements_, lists_;  // theirs
  BigVector<SeenList> seen_;             // by size
  BigVector<uint32_t> layer_of_;         // by add; kNone: nobody saw it
  BigVector<ChainLayer> layers_;
  uint32_t last_layer_ = 1;
};

FastResult CheckChain(const ObjectHistory& object, bool ordered, std::vector<uint32_t>* order) {
  ChainPath path(object, ordered);
  FastResult result = path.Run();
  if (order != nullptr && result.linearizable()) *order = path.Order();
  return result;
}

}  // namespace

FastResult CheckListPath(const ObjectHistory& object, std::vector<uint32_t>* order) {
  return CheckChain(object, true, order);
}
FastResult CheckGrowSetPath(const ObjectHistory& object, std::vector<uint32_t>* order) {
  return CheckChain(object, false, order);
}

}  // namespace cleave
