// See log.h. Known offsets, sorted, give each message its place in its log; then every question is
// one of places.
#include "checkers/streaming/log.h"

#include <algorithm>

#include "checkers/streaming/findings.h"
#include "checkers/streaming/log_history.h"

namespace cleave {
namespace {

/// How far a process has come in a log.
struct Reached {
  uint32_t message = kNone, operation = kNone;
  uint32_t epoch = 0;  // of its assignments: an older one no longer says where to go on
};

class Logs {
 public:
  explicit Logs(Findings* findings) : findings_(*findings), log_(findings) {}

  Shown Run() {
    Order();
    for (const LogMessage& m : log_.messages) Origin(m);
    LostWrites();
    for (const LogOperation& o : log_.operations) Follow(o);
    uint64_t unseen = 0;
    for (const LogMessage& m : log_.messages) {
      const bool ok = m.send != kNone && findings_.op(m.send).outcome == Outcome::kOk;
      unseen += ok && m.polled == kNone;
    }
    Shown shown;
    shown.data = {{"logs", log_.keys.size()},      {"messages", log_.messages.size()},
                  {"polled", log_.polls},          {"unseen", unseen},
                  {"int-send-skips", send_skips_}, {"rebalanced-polls", rebalanced_}};
    if (log_.polls == 0) shown.unknown = "no message was polled, so nothing was shown";
    shown.valid = "all " + std::to_string(log_.polls) + " polled messages were sent, and come in " +
                  "the order of their offsets; " + std::to_string(unseen) + " were not polled yet";
    return shown;
  }

 private:
  std::string Text(const LogMessage& m) const {
    return findings_.Text(m.value) + " of log " + findings_.Text(log_.keys[m.key].name) +
           findings_.Of(log_.keys[m.key].independent);
  }
  KeyId Independent(const LogMessage& m) const { return log_.keys[m.key].independent; }
  Json Detail(const LogMessage& m) const {
    return {{"log", findings_.values().ToShortJson(log_.keys[m.key].name)},
            {"value", findings_.values().ToShortJson(m.value)}};
  }

  /// Numbers the offsets of all logs; a message has the first of its places.
  void Order() {
    const LogPlace* before = nullptr;
    for (const LogPlace& place : log_.places) {
      const bool same =
          before != nullptr && before->key == place.key && before->offset == place.offset;
      if (!same) {
        at_.push_back(place.message);
      } else if (before->message == place.message) {
        continue;
      } else {
        TwoAtOnce(*before, place);
      }
      LogMessage& m = log_.messages[place.message];
      ++m.places;
      if (m.index == kNone) {
        m.index = static_cast<uint32_t>(at_.size() - 1);
        first_place_.resize(std::max<size_t>(first_place_.size(), place.message + 1));
        first_place_[place.message] = place;
      } else if (m.places > std::max(m.sends, 1u)) {
        Duplicate(first_place_[place.message], place, m);
      }
      before = &place;
    }
  }

  void TwoAtOnce(const LogPlace& a, const LogPlace& b) {
    const LogMessage& m = log_.messages[a.message];
    findings_.Report("inconsistent-offsets", Independent(m), {a.operation, b.operation}, [&] {
      return Explained{"Offset " + std::to_string(a.offset) + " holds " + Text(m) +
                           " according to " + findings_.Name(a.operation) + " and " +
                           findings_.Text(log_.messages[b.message].value) + " according to " +
                           findings_.Name(b.operation) + ".",
                       {{"offset", a.offset}}};
    });
  }

  void Duplicate(const LogPlace& a, const LogPlace& b, const LogMessage& m) {
    findings_.Report("duplicate", Independent(m), {a.operation, b.operation, m.send}, [&] {
      return Explained{Text(m) + " is at offset " + std::to_string(a.offset) + " according to " +
                           findings_.Name(a.operation) + " and at offset " +
                           std::to_string(b.offset) + " according to " +
                           findings_.Name(b.operation) + ", but was sent once.",
                       Detail(m)};
    });
  }

  /// Where a polled message came from.
  void Origin(const LogMessage& m) {
    if (m.polled == kNone || m.sends > 0) return;
    findings_.Report(
        m.send == kNone ? "unwritten" : "G1a", Independent(m), {m.polled, m.send}, [&] {
          return Explained{
              findings_.Name(m.polled) + " returned " + Text(m) +
                  (m.send == kNone ? ", which nobody ever sent."
                                   : ", but " + findings_.Name(m.send) +
                                         " of it had certainly failed (an aborted read)."),
              Detail(m)};
        });
  }

  /// What was sent at or below the highest offset that anybody polled, somebody polled.
  void LostWrites() {
    std::vector<uint32_t> highest(log_.keys.size(), kNone);
    for (uint32_t i = 0; i < log_.messages.size(); ++i) {
      const LogMessage& m = log_.messages[i];
      if (m.polled == kNone || m.index == kNone) continue;
      uint32_t& top = highest[m.key];
      if (top == kNone || log_.messages[top].index < m.index) top = i;
    }
    for (const LogMessage& m : log_.messages) {
      if (m.polled != kNone || m.index == kNone || highest[m.key] == kNone) continue;
      const LogMessage& top = log_.messages[highest[m.key]];
      if (m.index >= top.index) continue;
      findings_.Report("lost-write", Independent(m), {m.send, top.polled}, [&] {
        return Explained{findings_.Name(m.send) + " of " + Text(m) +
                             " was acknowledged and nobody ever polled it, although " +
                             findings_.Name(top.polled) + " returned " + findings_.Text(top.value) +
                             ", which is behind it.",
                         Detail(m)};
      });
    }
  }

  struct LogProcess {
    uint32_t number;  // dense
    uint32_t epoch = 0;
    bool subscribed = false;
  };

  void Follow(const LogOperation& o) {
    const Operation& op = findings_.op(o.operation);
    const auto [it, fresh] =
        processes_.try_emplace(op.process, LogProcess{static_cast<uint32_t>(processes_.size())});
    LogProcess& process = it->second;
    if (op.function == log_.assign || op.function == log_.subscribe) return Assign(op, &process);
    for (uint32_t at = o.begin; at < o.end; ++at) {
      const LogMop& mop = log_.mops[at];
      const LogMessage& m = log_.messages[mop.message];
      const uint64_t place = uint64_t{process.number} << 32 | m.key;
      if (mop.poll) {
        if (m.send == o.operation) Precommitted(m);
        Reached& reached = polled_[place];
        if (reached.message != kNone && reached.epoch == process.epoch) {
          Polled(reached, o.operation, mop.message, process.subscribed);
        }
        reached = {mop.message, o.operation, process.epoch};
      } else {
        Reached& reached = sent_[place];
        if (reached.message != kNone) Sent(reached, o.operation, mop.message);
        reached = {mop.message, o.operation, 0};
      }
    }
  }

  /// Only logs that stay assigned go on from where they were.
  void Assign(const Operation& op, LogProcess* process) {
    process->subscribed = op.function == log_.subscribe;
    const uint32_t before = process->epoch++;
    if (!findings_.values().IsList(op.input)) return;
    for (const ValueId name : findings_.values().Elements(op.input)) {
      const uint32_t key = log_.FindKey(op.key, name);
      if (key == kNone) continue;
      const auto it = polled_.find(uint64_t{process->number} << 32 | key);
      if (it != polled_.end() && it->second.epoch == before) it->second.epoch = process->epoch;
    }
  }

  void Precommitted(const LogMessage& m) {
    findings_.Report("precommitted-read", Independent(m), {m.send}, [&] {
      return Explained{findings_.Name(m.send) + " polled " + Text(m) +
                           ", which it sent itself and had not committed yet.",
                       Detail(m)};
    });
  }

  /// How many places `b` is behind `a`; 1 where that is not known.
  int64_t Delta(const LogMessage& a, const LogMessage& b) const {
    if (a.index == kNone || b.index == kNone) return 1;
    return int64_t{b.index} - int64_t{a.index};
  }

  void Polled(const Reached& before, uint32_t operation, uint32_t now, bool subscribed) {
    const LogMessage &a = log_.messages[before.message], &b = log_.messages[now];
    const int64_t delta = Delta(a, b);
    if (delta == 1) return;
    const bool inside = before.operation == operation;
    if (!inside && subscribed) {
      ++rebalanced_;
      return;
    }
    const char* name = delta > 1 ? (inside ? "int-poll-skip" : "poll-skip")
                                 : (inside ? "int-nonmonotonic-poll" : "nonmonotonic-poll");
    const uint32_t skipped = delta > 1 ? at_[a.index + 1] : kNone;
    const uint32_t writer = skipped == kNone ? kNone : log_.messages[skipped].send;
    findings_.Report(name, Independent(b), {before.operation, operation, writer}, [&] {
      std::string text = findings_.Name(operation) + " returned " + Text(b) + " after " +
                         findings_.Text(a.value) +
                         (inside ? "" : " of " + findings_.Name(before.operation));
      text += delta > 1 ? ", and skipped " + std::to_string(delta - 1) + " between them, first " +
                              findings_.Text(log_.messages[skipped].value) + "."
                        : (delta == 0 ? ", which is the same message again."
                                      : ", which is behind it in the log.");
      return Explained{text, Detail(b)};
    });
  }

  void Sent(const Reached& before, uint32_t operation, uint32_t now) {
    const LogMessage &a = log_.messages[before.message], &b = log_.messages[now];
    const int64_t delta = Delta(a, b);
    const bool inside = before.operation == operation;
    if (delta > 1 && inside) ++send_skips_;  // others may send in between: this is allowed
    if (delta >= 1) return;
    findings_.Report(inside ? "int-nonmonotonic-send" : "nonmonotonic-send", Independent(b),
                     {before.operation, operation}, [&] {
                       return Explained{
                           findings_.Name(operation) + " sent " + Text(b) + " after " +
                               findings_.Text(a.value) +
                               (inside ? "" : " of " + findings_.Name(before.operation)) +
                               ", but it is not behind it in the log.",
                           Detail(b)};
                     });
  }

  Findings& findings_;
  LogHistory log_;
  std::vector<uint32_t> at_;           // the message at each known offset, log after log
  std::vector<LogPlace> first_place_;  // by message
  boost::unordered_flat_map<int32_t, LogProcess> processes_;
  boost::unordered_flat_map<uint64_t, Reached> polled_, sent_;  // by (process, log)
  uint64_t send_skips_ = 0, rebalanced_ = 0;
};

}  // namespace

CheckResult CheckLog(const History& history, const CheckOptions& options) {
  return Judged("log", history, options, [](Findings* findings) { return Logs(findings).Run(); });
}

}  // namespace cleave
