// See order_witness.h.
#include "checkers/transactions/order_witness.h"

#include "checkers/transactions/consistency_models.h"

namespace cleave {
namespace {

using OrderedKind = IsolationLevel::Kind;

constexpr OrderedModel kOrderedModels[] = {
    {"strict-serializable", {OrderedKind::kSerializable, true, true}},
    {"strong-session-serializable", {OrderedKind::kSerializable, true, false}},
    {"serializable", {OrderedKind::kSerializable, false, false}},
    {"strong-snapshot-isolation", {OrderedKind::kSnapshot, true, true}},
    {"strong-session-snapshot-isolation", {OrderedKind::kSnapshot, true, false}},
    {"snapshot-isolation", {OrderedKind::kSnapshot, false, false}},
};

}  // namespace

std::span<const OrderedModel> OrderedModels() { return kOrderedModels; }

const OrderedModel* FindOrderedModel(std::string_view name) {
  for (const OrderedModel& model : kOrderedModels) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

void AddOrderWitnesses(const TransactionColumns& columns, const IsolationHistory& history,
                       const char* model, const CheckOptions& options, CheckResult* result) {
  const auto until = std::chrono::steady_clock::now() + options.timeout;
  const NameSet models(options.consistency_models.begin(), options.consistency_models.end());
  for (const std::string& name : StrongestModels(models)) {
    const OrderedModel* ordered = FindOrderedModel(name);
    if (ordered == nullptr) {
      result->data["no-witness"] = "no order of transactions shows " + name +
                                   ": ask for (strong-session-, strict-) " +
                                   "serializable or (strong-session-, strong-) snapshot-isolation";
      continue;
    }
    const IsolationOrder found = FindIsolationOrder(history, ordered->level, until);
    if (found.decision != IsolationOrder::Decision::kHolds) {
      result->data["no-witness"] = "no order that shows " + name + " was found: " + found.undecided;
      continue;
    }
    Witness& witness = options.witnesses->emplace_back(Witness{model, kNoKey, {}, name});
    for (const uint32_t t : found.order) {
      const uint32_t transaction = history.transactions[t].transaction;
      witness.order.push_back(columns.transactions[transaction].operation);
    }
  }
}

}  // namespace cleave
