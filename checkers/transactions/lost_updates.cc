// Lost updates; see append_history.h. Berenson et al., "A critique of ANSI SQL isolation levels",
// 1995 (P4); Adya's G-cursor.
#include <algorithm>

#include "checkers/no_index.h"
#include "checkers/transactions/append_history.h"

namespace cleave {
namespace {

/// A transaction that read a key before it appended to it.
struct Update {
  uint32_t key;
  uint32_t version;  // how many elements it read
  ValueId list;      // what it read, where the key's lists contradict each other
  uint32_t transaction;
  const MicroOp* read;
  ValueId element;  // its first append

  bool SameVersion(const Update& other) const {
    return key == other.key && version == other.version && list == other.list;
  }
};

class LostUpdates {
 public:
  LostUpdates(const AppendHistory& appends, ModelVerdict* verdict)
      : a_(appends), verdict_(*verdict) {}

  /// `on_cycles`: nodes of an AppendOrder.
  void Run(std::span<const uint32_t> on_cycles) {
    const bool suspect = std::any_of(a_.keys.begin(), a_.keys.end(), [](const AppendKey& key) {
      return key.suspect || key.ambiguous;
    });
    if (suspect) {
      Find();
      for (uint32_t t = 0; t < a_.transactions.size(); ++t) Updates(t);
    } else {
      look_at_.assign(a_.keys.size(), true);
      for (const uint32_t node : on_cycles) {
        if (node < a_.transactions.size()) Updates(node);
      }
    }
    std::sort(updates_.begin(), updates_.end(), [](const Update& a, const Update& b) {
      return std::tie(a.key, a.version, a.list, a.transaction) <
             std::tie(b.key, b.version, b.list, b.transaction);
    });
    for (size_t begin = 0, end; begin < updates_.size(); begin = end) {
      for (end = begin + 1; end < updates_.size(); ++end) {
        if (!updates_[begin].SameVersion(updates_[end])) break;
      }
      if (end - begin > 1) {
        Lost(updates_[begin], updates_[begin + 1]);
      } else if (!a_.keys[updates_[begin].key].ambiguous) {
        Overtaken(updates_[begin]);
      }
    }
  }

 private:
  /// Marks the keys on which something may be lost: two updates are of one version, or one makes
  /// another than the next.
  void Find() {
    look_at_.assign(a_.keys.size(), false);
    BigVector<uint32_t> updater(a_.writer.size(), kNone);  // by version
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (a_.transactions[t].outcome != Outcome::kOk) continue;
      const uint32_t begin = a_.transactions[t].begin;
      const auto mops = a_.MopsOf(t);
      for (uint32_t i = 0; i < mops.size(); ++i) {
        if (!mops[i].write) continue;
        const auto earlier = [&](const MicroOp& m) { return m.key == mops[i].key; };
        const MicroOp* first = std::find_if(mops.data(), mops.data() + i, earlier);
        if (first->write) continue;  // itself, or one before it
        const AppendKey& key = a_.keys[mops[i].key];
        if (key.ambiguous) {
          look_at_[mops[i].key] = true;
          continue;
        }
        const VersionUse read = a_.uses[begin + (first - mops.data())], made = a_.uses[begin + i];
        const uint32_t last = key.first_version + key.versions;
        const bool next =
            made.version == kNoVersion ? read.version == last : made.version == read.version + 1;
        if (key.suspect || !next || updater[read.version] != kNone) look_at_[mops[i].key] = true;
        if (read.version != kNoVersion) updater[read.version] = t;
      }
    }
  }

  void Updates(uint32_t t) {
    if (a_.transactions[t].outcome != Outcome::kOk) return;
    const auto mops = a_.MopsOf(t);
    a_.Step(mops.size(), t);
    for (const MicroOp* m = mops.data(); m != mops.data() + mops.size(); ++m) {
      if (!m->write || !look_at_[m->key]) continue;
      const MicroOp* first = mops.data();
      while (first->key != m->key) ++first;
      if (first->write) continue;  // it knew nothing of the list, or did all of this before
      const auto earlier = [&](const MicroOp& o) { return o.write && o.key == m->key; };
      if (std::any_of(first, m, earlier)) continue;
      if (Shows(first->value, *m)) continue;  // its own append: internal, and no update of it
      const auto version = static_cast<uint32_t>(a_.Elements(first->value).size());
      // No order of versions is needed: what was appended to is longer from then on.
      const bool contradictory = a_.keys[m->key].ambiguous && version > 0;
      const ValueId list = contradictory ? first->value : kNoValue;
      updates_.push_back({m->key, version, list, t, first, m->value});
    }
  }

  /// Whether a read list has the element of an append to its key.
  bool Shows(ValueId list, const MicroOp& append) const {
    const auto elements = a_.Elements(list);
    if (!a_.keys[append.key].ambiguous) {
      return a_.Find(append.key, append.value)->position < elements.size();
    }
    return std::find(elements.begin(), elements.end(), append.value) != elements.end();
  }

  std::string Words(const Update& u) const {
    const ValueTable& values = a_.history.values();
    return a_.NameOf(u.transaction) + " read " + a_.KeyText(u.key) + " as " +
           (u.version == 0 ? "[]" : values.ToShortText(u.read->value)) + " and appended " +
           values.ToShortText(u.element);
  }

  void Report(const char* name, const std::string& text, const std::vector<uint32_t>& evidence,
              uint32_t key) {
    const ValueId value = a_.names[key].name;
    Anomaly anomaly{name,
                    text,
                    {},
                    a_.names[key].independent,
                    {{"key", a_.history.values().ToShortJson(value)}}};
    for (const uint32_t t : evidence) anomaly.operations.push_back(a_.transactions[t].operation);
    auto& ops = anomaly.operations;
    std::sort(ops.begin(), ops.end());
    ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
    verdict_.Explain(std::move(anomaly));
  }

  void Lost(const Update& a, const Update& b) {
    if (!verdict_.Count("lost-update")) return;
    Report("lost-update",
           Words(a) + "; " + Words(b) +
               ", from the same list. Whichever came first, the other was "
               "made without it.",
           {a.transaction, b.transaction}, a.key);
  }

  /// Somebody's append lies between what it read and what it appended.
  void Overtaken(const Update& u) {
    const auto order = a_.Elements(a_.keys[u.key].longest);
    const size_t own = std::min<size_t>(a_.Find(u.key, u.element)->position, order.size());
    for (size_t p = u.version; p < own; ++p) {
      const Append* append = a_.Find(u.key, order[p]);
      if (append == nullptr || !a_.Happened(append->transaction)) continue;
      if (append->transaction == u.transaction) continue;
      if (!verdict_.Count("G-cursor")) return;
      const uint32_t reader = a_.keys[u.key].longest_reader;
      Report("G-cursor",
             Words(u) + ", behind the " + a_.history.values().ToShortText(order[p]) + " of " +
                 a_.NameOf(append->transaction) + ", which it had not read; " + a_.NameOf(reader) +
                 " read " + a_.history.values().ToShortText(a_.keys[u.key].longest) + ".",
             {u.transaction, append->transaction, reader}, u.key);
      return;
    }
  }

  const AppendHistory& a_;
  ModelVerdict& verdict_;
  std::vector<bool> look_at_;  // by key
  std::vector<Update> updates_;
};

}  // namespace

void CheckUpdates(const AppendHistory& appends, std::span<const uint32_t> on_cycles,
                  ModelVerdict* verdict) {
  LostUpdates(appends, verdict).Run(on_cycles);
}

}  // namespace cleave
