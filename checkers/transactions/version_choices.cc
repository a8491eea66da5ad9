// See version_choices.h.
#include "checkers/transactions/version_choices.h"

#include <numeric>

#include "checkers/no_index.h"
#include "checkers/transactions/order_graph.h"

namespace cleave {

VersionChoices::VersionChoices(const IsolationHistory& history, const VersionChains& chains)
    : chains_(chains) {
  orders_.resize(history.keys);
  for (uint32_t k = 0; k < history.keys; ++k) {
    const auto of = chains.ChainsOf(k);
    orders_[k].assign(of.begin(), of.end());
  }
  variables_of_.resize(history.keys);
}

std::vector<uint32_t> VersionChoices::UsedChains() const {
  std::vector<uint32_t> chains;
  for (const auto& variables : variables_of_) {
    for (const int32_t variable : variables) {
      chains.push_back(pairs_[static_cast<size_t>(variable) - 1].first);
      chains.push_back(pairs_[static_cast<size_t>(variable) - 1].second);
    }
  }
  std::sort(chains.begin(), chains.end());
  chains.erase(std::unique(chains.begin(), chains.end()), chains.end());
  return chains;
}

int32_t VersionChoices::Literal(uint32_t a, uint32_t b) {
  const uint64_t pair = uint64_t{std::min(a, b)} << 32 | std::max(a, b);
  const auto [place, fresh] = numbers_.try_emplace(pair, static_cast<int32_t>(numbers_.size() + 1));
  if (fresh) pairs_.push_back({std::min(a, b), std::max(a, b)});
  return a < b ? place->second : -place->second;
}

void VersionChoices::Use(int32_t literal, CaDiCaL::Solver* solver) {
  const auto number = static_cast<size_t>(std::abs(literal));
  if (used_.size() <= number) used_.resize(number + 1, false);
  if (used_[number]) return;
  used_[number] = true;
  const auto [a, b] = pairs_[number - 1];
  variables_of_[chains_.chains()[a].key].push_back(static_cast<int32_t>(number));
  solver->phase(literal);
}

bool VersionChoices::Follow(CaDiCaL::Solver* solver) {
  std::vector<int32_t> clauses;  // each with a 0 at its end; no value can be asked for after one
  for (uint32_t k = 0; k < orders_.size(); ++k) {
    if (!variables_of_[k].empty()) FollowKey(k, solver, &clauses);
  }
  for (const int32_t literal : clauses) solver->add(literal);
  return clauses.empty();
}

void VersionChoices::FollowKey(uint32_t k, CaDiCaL::Solver* solver, std::vector<int32_t>* clauses) {
  std::vector<uint32_t>& order = orders_[k];
  boost::unordered_flat_map<uint32_t, uint32_t> place;
  for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::vector<OrderEdge> edges;
  for (const int32_t variable : variables_of_[k]) {
    auto [a, b] = pairs_[static_cast<size_t>(variable) - 1];
    const int32_t literal = solver->val(variable) > 0 ? variable : -variable;
    if (literal < 0) std::swap(a, b);
    solver->phase(literal);
    edges.push_back({place[a], place[b], literal});
  }
  OrderGraph graph(static_cast<uint32_t>(order.size()));
  graph.SetChosen(std::move(edges));
  std::vector<uint32_t> priority(order.size());
  std::iota(priority.begin(), priority.end(), 0);
  const std::vector<uint32_t> sorted = graph.Sorted(priority);
  if (sorted.size() == order.size()) {
    const std::vector<uint32_t> before = order;
    for (size_t i = 0; i < sorted.size(); ++i) order[i] = before[sorted[i]];
    return;
  }
  const std::vector<uint32_t> components = graph.Components();
  for (const OrderEdge& e : graph.chosen()) {
    if (components[e.from] == kNone || components[e.from] != components[e.to]) continue;
    for (const OrderEdge& step : graph.CycleThrough(e, components)) {
      clauses->push_back(-step.choice);
    }
    clauses->push_back(0);
    return;
  }
}

}  // namespace cleave
