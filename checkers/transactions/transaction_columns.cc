// See transaction_columns.h.
#include "checkers/transactions/transaction_columns.h"

#include <stdexcept>

#include "checkers/by_key.h"
#include "harness/history/check.h"

namespace cleave {

TransactionColumns::TransactionColumns(const History& h, Kind kind, Deadline* deadline)
    : history(h),
      lists_(kind == Kind::kAppend),
      write_word_(h.values().FindString(lists_ ? "append" : "w")),
      read_word_(h.values().FindString("r")),
      deadline_(deadline) {
  const size_t count = history.operations().size();
  transactions.reserve(count);
  mops.reserve(2 * count);
}

void TransactionColumns::Step(uint64_t steps, uint32_t transaction) const {
  deadline_->Step(steps, [&] {
    return "at the transaction of event " + std::to_string(OperationOf(transaction).call);
  });
}

uint32_t TransactionColumns::Key(KeyId independent, ValueId name) {
  const uint64_t packed = PackKeyValue(independent, name);
  Recent& recent = recent_[name % std::size(recent_)];
  if (recent.name != packed) recent = {packed, FindKey(independent, name)};
  return recent.key;
}

uint32_t TransactionColumns::FindKey(KeyId independent, ValueId name) {
  const auto [it, fresh] = key_of_name_.try_emplace(PackKeyValue(independent, name),
                                                    static_cast<uint32_t>(names.size()));
  if (!fresh) return it->second;
  CHECK(names.size() < INT32_MAX) << "a history of transactions has at most 2^31 - 1 keys";
  names.push_back({name, independent});
  return it->second;
}

void TransactionColumns::Refuse(uint32_t operation, const std::string& why) const {
  const Operation& op = history.operations()[operation];
  throw std::invalid_argument(
      "event " + std::to_string(op.outcome == Outcome::kOk ? op.ret : op.call) + ": " + why +
      "; a transaction is [[\"" + (lists_ ? "append" : "w") + "\", key, " +
      (lists_ ? "element" : "value") + "], [\"r\", key, " + (lists_ ? "list" : "value") + "]…]");
}

void TransactionColumns::Take(uint32_t operation) {
  const Operation& op = history.operations()[operation];
  const ValueTable& values = history.values();
  if (op.function != kTxn)
    UnknownFunction(history, operation, lists_ ? "txn of append and r" : "txn of w and r");
  // A completion without a value leaves the invocation's: its reads then assert nothing.
  const bool answered = op.outcome == Outcome::kOk && values.IsList(op.output);
  const ValueId list = answered ? op.output : op.input;
  if (!values.IsList(list)) Refuse(operation, "its value is " + values.ToShortText(list));
  const auto begin = static_cast<uint32_t>(mops.size());
  transactions.push_back({operation, op.outcome, begin, begin});
  const auto elements = values.Elements(list);
  Step(elements.size(), static_cast<uint32_t>(transactions.size() - 1));
  for (const ValueId id : elements) {
    const auto parts = values.IsList(id) ? values.Elements(id) : std::span<const ValueId>();
    const bool write = parts.size() == 3 && parts[0] == write_word_;
    if (!write && (parts.size() != 3 || parts[0] != read_word_))
      Refuse(operation, "micro-operation " + values.ToShortText(id));
    if (!write && !answered) continue;
    if (lists_ && !write && parts[2] != kNull && !values.IsList(parts[2]))
      Refuse(operation, "a read of " + values.ToShortText(parts[2]));
    mops.push_back({write, Key(op.key, parts[1]) & INT32_MAX, parts[2]});
  }
  transactions.back().end = static_cast<uint32_t>(mops.size());
}

std::string TransactionColumns::NameOf(uint32_t transaction) const {
  const uint32_t i = transactions[transaction].operation;
  const Operation& op = history.operations()[i];
  return "process " + std::to_string(op.process) + "'s " + history.Describe(i) + " (event " +
         std::to_string(op.call) + ")";
}

std::string TransactionColumns::KeyText(uint32_t key) const {
  return "key " + history.values().ToShortText(names[key].name);
}

}  // namespace cleave
