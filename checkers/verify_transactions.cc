// The verifier of transactions; see witness.h. Written from the definitions: a store in which each
// transaction begins, reads what was committed by then and itself has written, and commits.
#include <algorithm>
#include <map>

#include "checkers/witness.h"

namespace cleave {
namespace {

struct ShownLevel {
  std::string_view name;
  bool snapshot, sessions, real_time;  // real time keeps the order of sessions too
};
constexpr ShownLevel kShownLevels[] = {
    {"strict-serializable", false, true, true},
    {"strong-session-serializable", false, true, false},
    {"serializable", false, false, false},
    {"strong-snapshot-isolation", true, true, true},
    {"strong-session-snapshot-isolation", true, true, false},
    {"snapshot-isolation", true, false, false},
};

using Content = std::vector<ValueId>;  // a list; a register's value, if it was written

/// What is under a key, and the moment at which it was last committed.
struct StoredKey {
  Content content;
  size_t since = 0;
};

/// A store that transactions are done to. Whatever cannot be done is answered with why.
class ReplayedStore {
 public:
  using Refusal = std::optional<std::string>;

  ReplayedStore(const History& history, bool lists) : history_(history), lists_(lists) {}

  /// Reads are looked at here: they return what is committed, and the transaction's own writes.
  Refusal Begin(const Operation& op) {
    std::map<ValueId, Content> own;
    if (!IsProgram(op))
      return "is no transaction over " + std::string(lists_ ? "lists" : "registers");
    for (const ValueId id : Program(op)) {
      const auto [f, key, value] = Parts(id);
      Content& written = own[key];
      if (Writes(f)) {
        Put(value, &written);
      } else if (Answered(op)) {
        const Content& committed = keys_[{op.key, key}].content;
        if (Shows(value, committed, written)) continue;
        return "reads key " + Text(key) + " as " + Text(value) + " where it is " + Text(committed) +
               (written.empty() ? "" : " and its own " + Text(written));
      }
    }
    return std::nullopt;
  }

  /// The first committer wins: nobody else has committed one of its keys since `begin`. Moments
  /// come from 1.
  Refusal Commit(const Operation& op, size_t begin, size_t now) {
    for (const ValueId id : Program(op)) {
      const auto [f, key, value] = Parts(id);
      if (!Writes(f)) continue;
      StoredKey& stored = keys_[{op.key, key}];
      if (stored.since > begin && stored.since != now)
        return "commits key " + Text(key) + ", which another one committed since it began";
      stored.since = now;
      Put(value, &stored.content);
    }
    return std::nullopt;
  }

 private:
  struct MicroOpParts {
    std::string_view f;
    ValueId key, value;
  };

  const ValueTable& values() const { return history_.values(); }
  bool Answered(const Operation& op) const {
    return op.outcome == Outcome::kOk && values().IsList(op.output);
  }
  /// What was done, by the answer where there is one.
  std::span<const ValueId> Program(const Operation& op) const {
    return values().Elements(Answered(op) ? op.output : op.input);
  }
  bool IsProgram(const Operation& op) const {
    if (!Answered(op) && !values().IsList(op.input)) return false;
    const auto mops = Program(op);
    return std::all_of(mops.begin(), mops.end(), [&](ValueId id) { return IsMicroOp(id); });
  }
  bool Writes(std::string_view f) const { return f == (lists_ ? "append" : "w"); }
  MicroOpParts Parts(ValueId id) const {
    const auto parts = values().Elements(id);
    return {values().AsText(parts[0]), parts[1], parts[2]};
  }
  bool IsMicroOp(ValueId id) const {
    if (!values().IsList(id) || values().Elements(id).size() != 3) return false;
    if (values().kind(values().Elements(id)[0]) != ValueKind::kString) return false;
    return Parts(id).f == "r" || Writes(Parts(id).f);
  }
  void Put(ValueId value, Content* content) const {
    if (!lists_) content->clear();
    content->push_back(value);
  }
  /// Null is an empty list, or what was in a register before any write.
  bool Shows(ValueId seen, const Content& committed, const Content& own) const {
    if (!lists_) {
      const Content& latest = own.empty() ? committed : own;
      return seen == (latest.empty() ? kNull : latest[0]);
    }
    if (seen != kNull && !values().IsList(seen)) return false;
    const auto list = seen == kNull ? std::span<const ValueId>() : values().Elements(seen);
    return list.size() == committed.size() + own.size() &&
           std::equal(committed.begin(), committed.end(), list.begin()) &&
           std::equal(own.rbegin(), own.rend(), list.rbegin());
  }

  std::string Text(ValueId value) const { return values().ToShortText(value); }
  std::string Text(const Content& content) const {
    std::string text;
    for (const ValueId value : content) text += (text.empty() ? "" : ",") + Text(value);
    return Shortened("[" + text + "]");
  }

  const History& history_;
  const bool lists_;
  std::map<std::pair<KeyId, ValueId>, StoredKey> keys_;
};

/// By operation: its session, a process up to its first transaction of unknown outcome; all are of
/// one where the level asks for real time.
std::vector<uint32_t> Sessions(const History& history, bool one) {
  std::vector<uint32_t> sessions;
  std::map<int32_t, uint32_t> of_process;
  for (const Operation& op : history.operations()) {
    const auto fresh = static_cast<uint32_t>(sessions.size());
    sessions.push_back(one ? 0 : of_process.try_emplace(op.process, fresh).first->second);
    if (op.outcome == Outcome::kInfo) of_process.erase(op.process);
  }
  return sessions;
}

}  // namespace

std::optional<std::string> VerifyTransactions(const History& history, const Witness& witness) {
  const auto* level = std::find_if(std::begin(kShownLevels), std::end(kShownLevels),
                                   [&](const ShownLevel& l) { return l.name == witness.level; });
  if (level == std::end(kShownLevels)) return "no order can show " + witness.level;
  if (level->real_time && !history.real_time())
    return "the history has no real time, which " + witness.level + " is about";
  const bool lists = witness.model == "list-append";
  if (!lists && witness.model != "rw-register") return witness.model + " has no transactions";
  const auto ops = history.operations();
  const auto at = [&](uint32_t i) {
    return history.Describe(i) + " (event " + std::to_string(ops[i].call) + ")";
  };
  const std::vector<uint32_t> session = Sessions(history, level->real_time);
  std::map<uint32_t, uint32_t> latest;  // by session: of those that began, the last to be called
  std::vector<size_t> begun(ops.size(), 0), done(ops.size(), 0);  // moments
  ReplayedStore store(history, lists);
  size_t now = 0;
  for (const uint32_t i : witness.order) {
    const Operation& op = ops[i];
    if (op.function != kTxn) return at(i) + " is no transaction";
    if (op.outcome == Outcome::kFail) return at(i) + " failed, and yet is in the order";
    if (done[i] != 0) return at(i) + " is in the order too often";
    ++now;
    const bool begins = begun[i] == 0;
    if (begins) {
      begun[i] = now;
      if (const auto why = store.Begin(op)) return at(i) + " " + *why;
      uint32_t& last = latest.try_emplace(session[i], i).first->second;
      if (op.call > ops[last].call) last = i;
      if (level->snapshot) continue;
    }
    done[i] = now;
    if (const auto why = store.Commit(op, begun[i], now)) return at(i) + " " + *why;
    const uint32_t last = latest.at(session[i]);
    if (level->sessions && op.ret < ops[last].call)
      return at(i) + " had returned before " + at(last) + ", and yet commits after that began";
  }
  for (uint32_t i = 0; i < ops.size(); ++i) {
    if (ops[i].outcome == Outcome::kOk && done[i] == 0) return at(i) + " is not in the order";
    if (begun[i] != 0 && done[i] == 0) return at(i) + " begins, and does not commit";
  }
  return std::nullopt;
}

}  // namespace cleave
