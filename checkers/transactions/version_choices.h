// The order in which each key's chains of versions come, as far as a solver chose it: pairs that
// cycles spoke of are its variables, the others follow the order guessed.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cadical.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "checkers/transactions/isolation_history.h"
#include "checkers/transactions/version_chains.h"

namespace cleave {

class VersionChoices {
 public:
  /// The chains outlive it.
  VersionChoices(const IsolationHistory& history, const VersionChains& chains);

  /// By when their first writer comes.
  template <class When>
  void Guess(const When& when) {
    for (auto& order : orders_) {
      std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        return when(chains_.owner(chains_.chains()[a].first)) <
               when(chains_.owner(chains_.chains()[b].first));
      });
    }
  }

  /// By key: its chains in order, without the first.
  const std::vector<std::vector<uint32_t>>& orders() const { return orders_; }
  /// Those of pairs that clauses speak of.
  std::vector<uint32_t> UsedChains() const;

  /// The literal that says: chain a comes before b. Neighbours in the order are numbered here.
  int32_t Literal(uint32_t a, uint32_t b);
  /// Makes the solver know the variables of a clause.
  void Use(int32_t literal, CaDiCaL::Solver* solver);
  /// Takes over what the solver chose. False where the choices of a key go in a circle: that is a
  /// clause, and the key's order stays.
  bool Follow(CaDiCaL::Solver* solver);

 private:
  void FollowKey(uint32_t k, CaDiCaL::Solver* solver, std::vector<int32_t>* clauses);

  const VersionChains& chains_;
  std::vector<std::vector<uint32_t>> orders_;  // by key: chains, without the first
  boost::unordered_flat_map<uint64_t, int32_t> numbers_;
  std::vector<std::pair<uint32_t, uint32_t>> pairs_;  // by number - 1
  std::vector<std::vector<int32_t>> variables_of_;    // by key: those that clauses speak of
  std::vector<bool> used_;
};

}  // namespace cleave
