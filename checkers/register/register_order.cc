// See register_order.h.
#include "checkers/register/register_order.h"

#include <algorithm>

#include "checkers/no_index.h"
#include "checkers/register/register_zones.h"

namespace cleave {
namespace {

class ZoneOrder {
 public:
  explicit ZoneOrder(const RegisterKey& key)
      : key_(key),
        matters_(CrashedThatMatter(key)),
        writer_(key.values.size(), kNone),
        consumer_(key.values.size(), kNone),
        first_read_(key.values.size(), kNone),
        next_read_(key.ops.size(), kNone) {}

  std::vector<uint32_t> Make() {
    Sort();
    struct Block {
      int64_t at;
      uint32_t root;
    };
    std::vector<Block> blocks;
    for (uint32_t v = 0; v < writer_.size(); ++v) {
      const bool write = writer_[v] != kNone && !IsCas(writer_[v]);
      if (v == RegisterKey::kInitial) {
        blocks.push_back({-1, v});
      } else if (write) {
        blocks.push_back({Place(v), v});
      }
    }
    std::sort(blocks.begin(), blocks.end(),
              [](const Block& a, const Block& b) { return a.at < b.at; });
    std::vector<uint32_t> order;
    order.reserve(key_.ops.size());
    for (const Block& block : blocks) {
      Walk(block.root, [&](uint32_t i) { order.push_back(i); });
    }
    return WithMismatches(std::move(order));
  }

 private:
  bool IsCas(uint32_t i) const { return key_.ops[i].kind == RegisterOp::Kind::kCas; }

  void Sort() {
    // From the last call to the first, so that each list of reads begins with the first.
    for (uint32_t i = static_cast<uint32_t>(key_.ops.size()); i-- > 0;) {
      const RegisterOp& op = key_.ops[i];
      if (op.crashed() && !matters_[i]) continue;
      if (op.changes()) writer_[op.b] = i;
      if (IsCas(i)) consumer_[op.a] = i;
      if (op.kind != RegisterOp::Kind::kRead) continue;
      next_read_[i] = first_read_[op.a];
      first_read_[op.a] = i;
    }
  }

  template <class Visit>
  void Walk(uint32_t root, Visit visit) const {
    for (uint32_t v = root;;) {
      if (writer_[v] != kNone) visit(writer_[v]);
      for (uint32_t i = first_read_[v]; i != kNone; i = next_read_[i]) visit(i);
      if (consumer_[v] == kNone) return;
      v = key_.ops[consumer_[v]].b;
    }
  }

  /// Those of values that are never there fit anywhere in their time: before the first operation
  /// that was called after they returned. Whatever comes later in the order returned later.
  std::vector<uint32_t> WithMismatches(std::vector<uint32_t> order) const {
    std::vector<uint32_t> differ;
    for (uint32_t i = 0; i < key_.ops.size(); ++i) {
      if (key_.ops[i].kind == RegisterOp::Kind::kDiffer) differ.push_back(i);
    }
    if (differ.empty()) return order;
    std::sort(differ.begin(), differ.end(),
              [&](uint32_t a, uint32_t b) { return key_.ops[a].ret < key_.ops[b].ret; });
    std::vector<uint32_t> merged;
    size_t next = 0;
    for (const uint32_t i : order) {
      while (next < differ.size() && key_.ops[differ[next]].ret < key_.ops[i].call) {
        merged.push_back(differ[next++]);
      }
      merged.push_back(i);
    }
    merged.insert(merged.end(), differ.begin() + static_cast<ptrdiff_t>(next), differ.end());
    return merged;
  }

  /// The smaller of the earliest return and the latest call.
  int64_t Place(uint32_t root) const {
    int64_t f = INT64_MAX, s = -1;
    Walk(root, [&](uint32_t i) {
      f = std::min<int64_t>(f, key_.ops[i].ret);
      s = std::max<int64_t>(s, key_.ops[i].call);
    });
    return std::min(f, s);
  }

  const RegisterKey& key_;
  const std::vector<bool> matters_;
  std::vector<uint32_t> writer_, consumer_, first_read_;  // by value
  std::vector<uint32_t> next_read_;
};

}  // namespace

std::vector<uint32_t> OrderByZones(const RegisterKey& key) { return ZoneOrder(key).Make(); }

}  // namespace cleave
