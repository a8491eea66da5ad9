// See transaction_columns.h.
#include "checkers/transactions/transaction_columns.h"

#include <stdexcept>

#include "checkers/by_key.h"

namespace cleave {

TransactionColumns::TransactionColumns(const History& h, Kind of, Deadline* deadline)
    : history(h), kind(of), deadline_(deadline) {
  const auto ops = history.operations();
  transactions.reserve(ops.size());
  for (uint32_t i = 0; i < ops.size(); ++i) Take(i);
}

void TransactionColumns::Step(uint64_t steps, uint32_t transaction) const {
  deadline_->Step(steps, [&] {
    return "at the transaction of event " + std::to_string(OperationOf(transaction).call);
  });
}

uint32_t TransactionColumns::Key(KeyId independent, ValueId name) {
  const auto [it, fresh] = key_of_name_.try_emplace(PackKeyValue(independent, name),
                                                    static_cast<uint32_t>(names.size()));
  if (fresh) names.push_back({name, independent});
  return it->second;
}

void TransactionColumns::Take(uint32_t operation) {
  const Operation& op = history.operations()[operation];
  const ValueTable& values = history.values();
  const bool lists = kind == Kind::kAppend;
  if (op.function != kTxn) {
    UnknownFunction(history, operation, lists ? "txn of append and r" : "txn of w and r");
  }
  const bool ok = op.outcome == Outcome::kOk;
  // A completion without a value leaves the invocation's: its reads then assert nothing.
  const bool answered = ok && values.IsList(op.output);
  const ValueId list = answered ? op.output : op.input;
  const auto bad = [&](const std::string& why) {
    throw std::invalid_argument("event " + std::to_string(ok ? op.ret : op.call) + ": " + why +
                                "; a transaction is [[\"" + (lists ? "append" : "w") + "\", key, " +
                                (lists ? "element" : "value") + "], [\"r\", key, " +
                                (lists ? "list" : "value") + "]…]");
  };
  if (!values.IsList(list)) bad("its value is " + values.ToShortText(list));
  const auto transaction = static_cast<uint32_t>(transactions.size());
  const auto begin = static_cast<uint32_t>(mops.size());
  transactions.push_back({operation, op.outcome, begin, begin});
  Step(values.Elements(list).size(), transaction);
  for (const ValueId id : values.Elements(list)) {
    if (!values.IsList(id) || values.Elements(id).size() != 3)
      bad("micro-operation " + values.ToShortText(id));
    const auto parts = values.Elements(id);
    const std::string_view f =
        values.kind(parts[0]) == ValueKind::kString ? values.AsText(parts[0]) : "";
    const bool write = f == (lists ? "append" : "w");
    if (!write && f != "r") bad("micro-operation " + values.ToShortText(id));
    if (!write && !answered) continue;
    if (lists && !write && parts[2] != kNull && !values.IsList(parts[2]))
      bad("a read of " + values.ToShortText(parts[2]));
    mops.push_back({write, Key(op.key, parts[1]), parts[2]});
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
