// The models of transactions that an order shows, and such an order as a witness.
#pragma once

#include "checkers/checker.h"
#include "checkers/transactions/isolation_order.h"

namespace cleave {

struct OrderedModel {
  const char* name;
  IsolationLevel level;
};

/// The strongest first.
std::span<const OrderedModel> OrderedModels();
/// By name; nullptr for a model that no order shows.
const OrderedModel* FindOrderedModel(std::string_view name);

/// For each of the strongest of the models that `options` asks for, all of which hold, adds the
/// order of `history` that shows it to *options.witnesses. Where there is none,
/// result->data["no-witness"] says why. `history` comes from `columns`, whose `model` is
/// "list-append" or "rw-register". Costs what FindIsolationOrder does, within options.timeout.
void AddOrderWitnesses(const TransactionColumns& columns, const IsolationHistory& history,
                       const char* model, const CheckOptions& options, CheckResult* result);

}  // namespace cleave
