// See consistency_models.h. Two tables, and closures over them.
#include "checkers/transactions/consistency_models.h"

#include <algorithm>
#include <stdexcept>

namespace cleave {
namespace {

// As Elle has it, with these differences: parallel snapshot isolation is given the characterisation
// of Cerone & Gotsman ("Analysing snapshot isolation", 2018): no cycle with one rw, which makes it
// stronger than PL-2+; a read of what nobody wrote is no version at any level; `causal` is the
// transactional one, and what single objects have under that name is its three session guarantees.
constexpr ConsistencyModel kModels[] = {
    {"read-uncommitted", "PL-1", "", "G0 duplicate-elements cyclic-versions unwritten"},
    {"read-committed", "PL-2", "read-uncommitted", "G1"},
    {"cursor-stability", "PL-CS", "read-committed", "G-cursor lost-update"},
    {"monotonic-view", "PL-2L", "read-committed", "G-monotonic"},
    {"monotonic-snapshot-read", "PL-MSR", "read-committed", "G-MSR"},
    {"monotonic-atomic-view", "MAV", "read-committed", ""},
    {"consistent-view", "PL-2+", "cursor-stability monotonic-view", "G-single"},
    {"forward-consistent-view", "PL-FCV", "consistent-view", "G-SIb"},
    {"update-serializable", "PL-3U", "forward-consistent-view", "G-update"},
    {"repeatable-read", "PL-2.99", "cursor-stability monotonic-atomic-view", "G2-item"},
    {"read-atomic", "RA", "monotonic-atomic-view", "internal"},
    {"update-atomic", "UA", "read-atomic", "lost-update"},
    {"causal", "causal-cerone CC", "read-atomic", ""},
    {"prefix", "prefix-consistency PC", "causal", ""},
    {"parallel-snapshot-isolation", "PSI", "consistent-view update-atomic causal", ""},
    {"snapshot-isolation", "PL-SI SI",
     "forward-consistent-view monotonic-snapshot-read parallel-snapshot-isolation prefix",
     "G-SI G-nonadjacent"},
    {"view-serializable", "", "", ""},
    {"serializable", "PL-3 conflict-serializable",
     "repeatable-read update-serializable snapshot-isolation view-serializable", "G2"},
    {"1SR", "one-copy-serializable", "", ""},
    {"session-serializable", "", "1SR", ""},
    {"strong-session-read-uncommitted", "strong-session-PL-1", "read-uncommitted", "G0-process"},
    {"strong-session-read-committed", "strong-session-PL-2",
     "read-committed strong-session-read-uncommitted", "G1-process"},
    {"strong-session-snapshot-isolation", "strong-session-SI",
     "snapshot-isolation strong-session-read-committed", "G-nonadjacent-process"},
    {"strong-session-serializable", "strong-session-PL-3",
     "serializable strong-session-snapshot-isolation", "G2-process"},
    {"strong-read-uncommitted", "strong-PL-1", "strong-session-read-uncommitted", "G0-realtime"},
    {"strong-read-committed", "strong-PL-2",
     "strong-session-read-committed strong-read-uncommitted", "G1-realtime"},
    {"strong-snapshot-isolation", "strong-SI",
     "strong-session-snapshot-isolation strong-read-committed", "G-nonadjacent-realtime"},
    {"read-your-writes", "", "", ""},
    {"monotonic-reads", "", "", ""},
    {"monotonic-writes", "", "", ""},
    {"writes-follow-reads", "", "", ""},
    {"PRAM", "pram", "read-your-writes monotonic-reads monotonic-writes", ""},
    {"sequential", "", "PRAM writes-follow-reads", ""},
    {"linearizable", "", "sequential", ""},
    {"strict-serializable", "PL-SS strong-serializable",
     "session-serializable strong-session-serializable strong-snapshot-isolation linearizable",
     "G2-realtime"},
};

struct AnomalyRow {
  const char *name, *implies;
};
constexpr AnomalyRow kAnomalies[] = {
    // Cycles. A process's transactions follow each other in real time as well.
    {"G0", "G1c G0-process"},
    {"G0-process", "G1c-process G0-realtime"},
    {"G0-realtime", "G1c-realtime"},
    {"G1c", "G1 G1c-process"},
    {"G1c-process", "G1-process G1c-realtime"},
    {"G1c-realtime", "G1-realtime"},
    {"G-single-item", "G-single G-single-item-process G-nonadjacent-item"},
    {"G-single-item-process", "G-single-process G-single-item-realtime G-nonadjacent-item-process"},
    {"G-single-item-realtime", "G-single-realtime G-nonadjacent-item-realtime"},
    {"G-single", "G-nonadjacent G-SIb G-single-process"},
    {"G-single-process", "G-nonadjacent-process G-single-realtime"},
    {"G-single-realtime", "G-nonadjacent-realtime"},
    {"G-nonadjacent-item", "G-nonadjacent G2-item G-nonadjacent-item-process"},
    {"G-nonadjacent-item-process",
     "G-nonadjacent-process G2-item-process G-nonadjacent-item-realtime"},
    {"G-nonadjacent-item-realtime", "G-nonadjacent-realtime G2-item-realtime"},
    {"G-nonadjacent", "G2 G-nonadjacent-process"},
    {"G-nonadjacent-process", "G2-process G-nonadjacent-realtime"},
    {"G-nonadjacent-realtime", "G2-realtime"},
    {"G2-item", "G2 G2-item-process"},
    {"G2-item-process", "G2-process G2-item-realtime"},
    {"G2-item-realtime", "G2-realtime"},
    {"G2", "G2-process"},
    {"G2-process", "G2-realtime"},
    {"G2-realtime", ""},
    // Unions.
    {"G1", "G1-process"},
    {"G1-process", "G1-realtime"},
    {"G1-realtime", ""},
    {"G-SIa", "G-SI"},
    {"G-SIb", "G-SI"},
    {"G-SI", ""},
    // Of single observations.
    {"G1a", "G1"},
    {"G1b", "G1"},
    {"incompatible-order", "G1a"},
    {"dirty-update", "G1a"},
    {"duplicate-elements", ""},
    {"cyclic-versions", ""},
    {"unwritten", ""},
    {"internal", ""},
    // A read without an append that was acknowledged before it: one rw, and real time back.
    {"lost-append", "G-single-item-realtime"},
    // Two updates of one version are a ww and an rw on one item, whichever came first.
    {"lost-update", "G-cursor write-skew"},
    {"G-cursor", "G-single-item"},
    {"write-skew", "G2"},
    {"G-monotonic", "G-single"},
    {"G-MSR", ""},
    {"G-update", "G2"},
};

NameSet Words(std::string_view list) {
  NameSet words;
  while (!list.empty()) {
    const size_t end = std::min(list.find(' '), list.size());
    words.emplace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

const AnomalyRow* FindAnomaly(std::string_view name) {
  for (const AnomalyRow& row : kAnomalies) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

NameSet ModelNames(const NameSet& models) {
  NameSet names;
  for (const std::string& model : models) {
    const ConsistencyModel* found = FindConsistencyModel(model);
    if (found == nullptr) throw std::invalid_argument("unknown consistency model '" + model + "'");
    names.insert(found->name);
  }
  return names;
}

const NameSet& CheckedAnomalies(const NameSet& anomalies) {
  for (const std::string& name : anomalies) {
    if (FindAnomaly(name) == nullptr) throw std::invalid_argument("unknown anomaly '" + name + "'");
  }
  return anomalies;
}

/// A row of either table, taken apart.
struct LatticeRow {
  std::string name;
  NameSet implies;
};
template <class Row>
std::vector<LatticeRow> TakeApart(std::span<const Row> rows) {
  std::vector<LatticeRow> apart;
  for (const Row& row : rows) apart.push_back({row.name, Words(row.implies)});
  return apart;
}
const std::vector<LatticeRow>& ModelRows() {
  static const auto* rows = new std::vector(TakeApart<ConsistencyModel>(kModels));
  return *rows;
}
const std::vector<LatticeRow>& AnomalyRows() {
  static const auto* rows = new std::vector(TakeApart<AnomalyRow>(kAnomalies));
  return *rows;
}

/// All that is reached from `names`; up: through the rows that imply them.
NameSet Reached(NameSet names, const std::vector<LatticeRow>& rows, bool up) {
  for (bool grown = true; grown;) {
    const size_t before = names.size();
    for (const LatticeRow& row : rows) {
      if (names.contains(row.name)) {
        if (!up) names.insert(row.implies.begin(), row.implies.end());
      } else if (up) {
        const auto known = [&](const std::string& name) { return names.contains(name); };
        if (std::any_of(row.implies.begin(), row.implies.end(), known)) names.insert(row.name);
      }
    }
    grown = names.size() > before;
  }
  return names;
}

/// Those that are not among what another of them reaches.
NameSet Without(const NameSet& models, NameSet (*reach)(const NameSet&)) {
  const NameSet names = ModelNames(models);
  NameSet rest = names;
  for (const std::string& name : names) {
    for (const std::string& other : reach({name})) {
      if (other != name) rest.erase(other);
    }
  }
  return rest;
}

}  // namespace

std::span<const ConsistencyModel> ConsistencyModels() { return kModels; }

const ConsistencyModel* FindConsistencyModel(std::string_view name) {
  for (const ConsistencyModel& model : kModels) {
    if (model.name == name || Words(model.aliases).contains(std::string(name))) return &model;
  }
  return nullptr;
}

std::vector<std::string> ConsistencyModelNames() {
  std::vector<std::string> names;
  for (const ConsistencyModel& model : kModels) names.emplace_back(model.name);
  for (const ConsistencyModel& model : kModels) {
    for (const std::string& alias : Words(model.aliases)) names.push_back(alias);
  }
  return names;
}

std::vector<std::string> TransactionAnomalyNames() {
  std::vector<std::string> names;
  for (const AnomalyRow& row : kAnomalies) names.emplace_back(row.name);
  return names;
}

NameSet ImpliedModels(const NameSet& models) {
  return Reached(ModelNames(models), ModelRows(), false);
}

NameSet StrongerModels(const NameSet& models) {
  return Reached(ModelNames(models), ModelRows(), true);
}

NameSet StrongestModels(const NameSet& models) { return Without(models, ImpliedModels); }

NameSet WeakestModels(const NameSet& models) { return Without(models, StrongerModels); }

NameSet ImpliedAnomalies(const NameSet& anomalies) {
  return Reached(CheckedAnomalies(anomalies), AnomalyRows(), false);
}

NameSet ImplyingAnomalies(const NameSet& anomalies) {
  return Reached(CheckedAnomalies(anomalies), AnomalyRows(), true);
}

NameSet ProscribedAnomalies(const NameSet& models) {
  NameSet anomalies;
  for (const std::string& name : ImpliedModels(models)) {
    anomalies.merge(Words(FindConsistencyModel(name)->proscribes));
  }
  return ImplyingAnomalies(anomalies);
}

NameSet RuledOutModels(const NameSet& anomalies) {
  const NameSet implied = ImpliedAnomalies(anomalies);
  NameSet models;
  for (const ConsistencyModel& model : kModels) {
    for (const std::string& anomaly : Words(model.proscribes)) {
      if (implied.contains(anomaly)) models.insert(model.name);
    }
  }
  return StrongerModels(models);
}

std::string ListNames(const NameSet& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string HoldWords(const NameSet& models) {
  return ListNames(models) + (models.size() == 1 ? " holds" : " hold");
}

}  // namespace cleave
