// See dependency_picture.h.
#include "checkers/transactions/dependency_picture.h"

namespace cleave {
namespace {

std::string PictureName(const std::vector<uint32_t>& transactions, uint32_t place) {
  if (transactions[place] == kInitialState) return "initial state";
  return "T" + std::to_string(place + 1);
}

std::string KeyLabel(const TransactionColumns& columns, ValueId name) {
  const ValueTable& values = columns.history.values();
  return values.kind(name) == ValueKind::kString ? std::string(values.AsText(name))
                                                 : values.ToShortText(name);
}

Json PicturedTransaction(const TransactionColumns& columns, uint32_t t) {
  const Operation& op = columns.OperationOf(t);
  Json operations = Json::array();
  for (const MicroOp& m : columns.MopsOf(t)) {
    const std::string value = !m.write && columns.lists() && m.value == kNull
                                  ? "[]"
                                  : columns.history.values().ToShortText(m.value);
    operations.push_back((m.write ? columns.lists() ? "append " : "w " : "r ") +
                         KeyLabel(columns, columns.names[m.key].name) + " " + value);
  }
  return {{"event", op.call},
          {"process", op.process},
          {"outcome", OutcomeName(op.outcome)},
          {"operations", operations}};
}

}  // namespace

Json DependencyPicture(const TransactionColumns& columns, const std::vector<uint32_t>& transactions,
                       const std::vector<PictureEdge>& edges) {
  Json nodes = Json::array(), arrows = Json::array();
  for (uint32_t i = 0; i < transactions.size(); ++i) {
    Json node = transactions[i] == kInitialState ? Json{{"operations", Json::array()}}
                                                 : PicturedTransaction(columns, transactions[i]);
    node["name"] = PictureName(transactions, i);
    nodes.push_back(std::move(node));
  }
  for (const PictureEdge& e : edges) {
    Json arrow = {{"from", PictureName(transactions, e.from)},
                  {"to", PictureName(transactions, e.to)},
                  {"type", e.type},
                  {"text", e.text}};
    if (e.key != kNoValue) arrow["key"] = KeyLabel(columns, e.key);
    if (e.from_op != kNone) arrow["from-op"] = e.from_op;
    if (e.to_op != kNone) arrow["to-op"] = e.to_op;
    arrows.push_back(std::move(arrow));
  }
  return {{"transactions", nodes}, {"edges", arrows}};
}

}  // namespace cleave
