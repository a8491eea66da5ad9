// See append_versions.h.
#include "checkers/transactions/append_versions.h"

#include <algorithm>

#include "checkers/no_index.h"
#include "harness/history/check.h"

namespace cleave {
namespace {

class VersionNumbers {
 public:
  explicit VersionNumbers(AppendHistory* appends) : a_(*appends) {}

  void Run() {
    uint64_t total = 0;
    for (AppendKey& key : a_.keys) {
      key.first_version = static_cast<uint32_t>(total);
      total += a_.Elements(key.longest).size() + 2;
    }
    CHECK(total < kNoVersion) << "lists of a history have at most 2^31 - 2 versions";
    a_.writer.resize(total, kNone);
    torn_.resize(total, false);
    for (uint32_t k = 0; k < a_.keys.size(); ++k) {
      AppendKey& key = a_.keys[k];
      if (!key.suspect && !Join(k)) Forget(k);
      if (!key.suspect) Acknowledged(k);
    }
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) Observe(t);
  }

 private:
  /// Finds the append of every element of the longest list. False where one has none, or it is in
  /// no place where a valid history has it.
  bool Join(uint32_t k) {
    AppendKey& key = a_.keys[k];
    const auto list = a_.Elements(key.longest);
    if (list.empty()) return true;
    a_.Step(list.size(), key.longest_reader);
    const auto appends = a_.AppendsTo(k);
    const Append* before = nullptr;
    bool unknown = false;           // some of the outcomes
    Append* next = appends.data();  // mostly the right one
    for (uint32_t p = 0; p < list.size(); ++p) {
      if (next == appends.data() + appends.size() || next->element != list[p])
        next = a_.Find(k, list[p]);
      if (next == nullptr || next->position != kNone) return false;
      const Transaction& writer = a_.transactions[next->transaction];
      if (writer.outcome == Outcome::kFail) return false;
      // What one transaction appends comes whole and in order.
      if (next->rank > 0 && (before == nullptr || before->transaction != next->transaction ||
                             before->rank + 1 != next->rank))
        return false;
      const uint32_t version = key.first_version + p + 1;
      next->position = p;
      a_.writer[version] = next->transaction;
      a_.uses[next->mop].version = version & kNoVersion;
      if (next->more) torn_[version] = true;
      unknown |= writer.outcome == Outcome::kInfo;
      before = next++;
    }
    key.versions = static_cast<uint32_t>(list.size());
    for (const Append& append : appends) {
      if (unknown && append.position != kNone) a_.happened[append.transaction] = true;
    }
    return true;
  }

  /// What a join that failed has set.
  void Forget(uint32_t k) {
    AppendKey& key = a_.keys[k];
    key.suspect = true;
    for (Append& append : a_.AppendsTo(k)) {
      if (append.position == kNone) continue;
      a_.writer[key.first_version + append.position + 1] = kNone;
      a_.uses[append.mop].version = kNoVersion;
      append.position = kNone;
    }
  }

  /// Acknowledged and never read, although somebody read the key later.
  void Acknowledged(uint32_t k) {
    AppendKey& key = a_.keys[k];
    if (key.versions == key.appends || key.last_reader == kNone) return;
    const Position last_call = a_.OperationOf(key.last_reader).call;
    for (const Append& append : a_.AppendsTo(k)) {
      if (append.position == kNone && a_.transactions[append.transaction].outcome == Outcome::kOk &&
          a_.OperationOf(append.transaction).ret < last_call)
        key.suspect = true;
    }
  }

  void Observe(uint32_t t) {
    const Transaction& txn = a_.transactions[t];
    if (txn.outcome != Outcome::kOk) return;
    a_.Step(1, t);
    for (uint32_t i = txn.begin; i < txn.end; ++i) {
      const MicroOp& m = a_.mops[i];
      AppendKey& key = a_.keys[m.key];
      if (m.write || key.suspect) continue;
      const uint32_t size = a_.uses[i].version, version = key.first_version + size;
      a_.uses[i].version = version & kNoVersion;
      const bool own = a_.writer[version] == t;
      if ((torn_[version] && !own) || !Inside(t, i, size, own)) key.suspect = true;
    }
  }

  /// What a transaction says of itself: a read shows what it read before, with its own appends
  /// behind. `own`: what was read ends with one of them.
  bool Inside(uint32_t t, uint32_t read, uint32_t size, bool own) const {
    const Transaction& txn = a_.transactions[t];
    if (read - txn.begin > kManyMops) return false;
    const MicroOp& m = a_.mops[read];
    uint32_t appended = 0;
    bool made = !own;
    for (uint32_t i = read; i-- > txn.begin;) {
      if (a_.mops[i].key != m.key) continue;
      const uint32_t version = a_.uses[i].version;
      if (!a_.mops[i].write) {
        const uint32_t before = version - a_.keys[m.key].first_version;
        return size == before + appended && (made || appended == 0);
      }
      if (version != a_.keys[m.key].first_version + size - appended) return false;
      ++appended;
      made = true;
    }
    return made;
  }

  static constexpr uint32_t kManyMops = 64;  // more are looked at in detail

  AppendHistory& a_;
  BigVector<uint8_t> torn_;  // by version: its transaction goes on to append to the key
};

/// A key whose positions are known one by one. Elements of transactions that did not happen make
/// no versions.
class SuspectVersions {
 public:
  explicit SuspectVersions(AppendHistory* appends) : a_(*appends), numbers_(a_.keys.size()) {}

  void Run() {
    for (uint32_t k = 0; k < a_.keys.size(); ++k) {
      if (a_.keys[k].suspect && !a_.keys[k].ambiguous) Number(k);
    }
    for (size_t i = 0; i < a_.mops.size(); ++i) {
      const MicroOp& m = a_.mops[i];
      if (!a_.keys[m.key].suspect) continue;
      if (a_.keys[m.key].ambiguous) {
        a_.uses[i].version = kNoVersion;
      } else if (!m.write) {
        a_.uses[i].version = numbers_[m.key][a_.Elements(m.value).size()] & kNoVersion;
      }
    }
  }

 private:
  void Number(uint32_t k) {
    AppendKey& key = a_.keys[k];
    key.versions = 0;
    std::vector<uint32_t>& numbers = numbers_[k];
    numbers.push_back(key.first_version);
    for (const ValueId element : a_.Elements(key.longest)) {
      const Append* append = a_.Find(k, element);
      if (append != nullptr && a_.Happened(append->transaction)) {
        const uint32_t version = key.first_version + ++key.versions;
        a_.writer[version] = append->transaction;
        a_.uses[append->mop].version = version & kNoVersion;
      }
      numbers.push_back(key.first_version + key.versions);
    }
    std::fill_n(a_.writer.begin() + key.first_version + key.versions + 1,
                numbers.size() - key.versions, kNone);
  }

  AppendHistory& a_;
  std::vector<std::vector<uint32_t>> numbers_;  // by key and number of elements
};

}  // namespace

bool NumberVersions(AppendHistory* appends) {
  VersionNumbers(appends).Run();
  return std::any_of(appends->keys.begin(), appends->keys.end(),
                     [](const AppendKey& key) { return key.suspect; });
}

void NumberSuspectVersions(AppendHistory* appends) { SuspectVersions(appends).Run(); }

}  // namespace cleave
