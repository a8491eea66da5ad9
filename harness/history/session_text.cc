// See session_text.h.
#include "harness/history/session_text.h"

#include <charconv>
#include <optional>
#include <unordered_map>

namespace cleave {
namespace {

constexpr std::string_view kLineBlank = " \t\r";

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kLineBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kLineBlank) - first + 1);
}

/// Takes an integer, and the blanks before it, from the front.
std::optional<int64_t> TakeInteger(std::string_view* text) {
  *text = text->substr(std::min(text->size(), text->find_first_not_of(kLineBlank)));
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc()) return std::nullopt;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return number;
}

struct AwditOperation {
  bool write;
  int64_t key, value;
};

std::optional<AwditOperation> ParseAwditTest(std::string_view line) {
  line = Trimmed(line);
  if (!line.starts_with("r ") && !line.starts_with("w ")) return std::nullopt;
  const bool write = line[0] == 'w';
  line.remove_prefix(1);
  const auto key = TakeInteger(&line);
  if (!key || !line.starts_with(' ')) return std::nullopt;
  const auto value = TakeInteger(&line);
  if (!value || !line.empty()) return std::nullopt;
  return AwditOperation{write, *key, *value};
}

struct PlumeOperation {
  bool write;
  int64_t field[4];  // key, value, session, transaction
};

std::optional<PlumeOperation> ParsePlume(std::string_view line) {
  line = Trimmed(line);
  if (!line.starts_with("r(") && !line.starts_with("w(")) return std::nullopt;
  PlumeOperation op{line[0] == 'w', {}};
  for (int64_t& field : op.field) {
    line.remove_prefix(&field == op.field ? 2 : 1);
    const auto number = TakeInteger(&line);
    const char behind = &field == op.field + 3 ? ')' : ',';
    if (!number || !line.starts_with(behind)) return std::nullopt;
    field = *number;
  }
  if (line != ")") return std::nullopt;
  return op;
}

bool IsRuler(std::string_view line, char of) {
  return !line.empty() && line.find_first_not_of(of) == std::string_view::npos;
}

}  // namespace

bool IsAwditTestLine(std::string_view line) { return ParseAwditTest(line).has_value(); }
bool IsPlumeLine(std::string_view line) { return ParsePlume(line).has_value(); }

void ReadAwditTest(TextSource* source, size_t lines, EventCollector* collector) {
  SessionTransactions out(collector);
  std::optional<uint32_t> session, transaction;
  ForEachLine(source, lines, [&](std::string_view line, size_t number) {
    line = Trimmed(line);
    if (line.empty()) return;
    if (IsRuler(line, '=')) {
      session.reset();
      transaction.reset();
      return;
    }
    if (IsRuler(line, '-')) return transaction.reset();
    const auto op = ParseAwditTest(line);
    if (!op) {
      return collector->Fail(number,
                             "an operation is \"r KEY VALUE\" or \"w KEY VALUE\"; ----- "
                             "and ===== end a transaction and a session");
    }
    if (!session) session = out.NewSession();
    if (!transaction) transaction = out.Begin(*session, number);
    const ValueId key = collector->values().Int(op->key);
    const ValueId value = collector->values().Int(op->value);
    op->write ? out.Write(*transaction, key, value) : out.Read(*transaction, key, value);
  });
  out.Finish();
}

void ReadPlume(TextSource* source, size_t lines, EventCollector* collector) {
  SessionTransactions out(collector);
  std::unordered_map<int64_t, uint32_t> sessions;
  std::unordered_map<int64_t, std::pair<uint32_t, uint32_t>> transactions;  // and their sessions
  ForEachLine(source, lines, [&](std::string_view line, size_t number) {
    if (Trimmed(line).empty()) return;
    const auto op = ParsePlume(line);
    if (!op) {
      return collector->Fail(number, "an operation is r(KEY,VALUE,SESSION,TRANSACTION) or w(…)");
    }
    const auto [at, fresh] = sessions.try_emplace(op->field[2], 0);
    if (fresh) at->second = out.NewSession();
    const uint32_t session = at->second;
    const ValueId key = collector->values().Int(op->field[0]);
    const ValueId value = collector->values().Int(op->field[1]);
    if (op->field[3] == -1) {  // which of the aborted ones it belongs to is not said
      const uint32_t aborted = out.Begin(session, number);
      out.Abort(aborted);
      return op->write ? out.Write(aborted, key, value) : out.Read(aborted, key, value);
    }
    const auto [txn, begins] = transactions.try_emplace(op->field[3]);
    if (begins) txn->second = {out.Begin(session, number), session};
    if (txn->second.second != session) {
      return collector->Fail(number, "transaction " + std::to_string(op->field[3]) +
                                         " is of another session on an earlier line");
    }
    op->write ? out.Write(txn->second.first, key, value) : out.Read(txn->second.first, key, value);
  });
  out.ZeroIsInitial();
  out.Finish();
}

}  // namespace cleave
