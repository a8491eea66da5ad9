// See consistency_models.h. Two tables, and closures over them.
#include "checkers/transactions/consistency_models.h"

#include <algorithm>
#include <bitset>
#include <optional>
#include <stdexcept>
#include <unordered_map>

#include "harness/history/check.h"

namespace cleave {
namespace {

// As Elle has it, with these differences: parallel snapshot isolation is given the characterisation
// of Cerone & Gotsman ("Analysing snapshot isolation", 2018): no cycle with one rw, which makes it
// stronger than PL-2+; a read of what nobody wrote is no version at any level; `causal` is what it
// is to transactions with sessions (Biswas & Enea, 2019), and what single objects have under that
// name is its three session guarantees. Of atomic visibility, plain names ask nothing of sessions
// (Cerone et al., 2015), and those that begin with strong-session, and causal, keep their order.
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
    {"causal-cerone", "", "read-atomic", ""},
    {"prefix", "prefix-consistency PC", "causal-cerone", ""},
    {"parallel-snapshot-isolation", "PSI", "consistent-view update-atomic causal-cerone", ""},
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
    {"strong-session-read-atomic", "strong-session-RA", "read-atomic strong-session-read-committed",
     ""},
    {"causal", "CC strong-session-causal", "causal-cerone strong-session-read-atomic", ""},
    {"strong-session-prefix", "strong-session-PC", "prefix causal", ""},
    {"strong-session-parallel-snapshot-isolation", "strong-session-PSI",
     "parallel-snapshot-isolation causal", "G-single-process"},
    {"strong-session-snapshot-isolation", "strong-session-SI",
     "snapshot-isolation strong-session-prefix strong-session-parallel-snapshot-isolation",
     "G-nonadjacent-process"},
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

constexpr char kAnomaly[] = "anomaly";

NameSet Words(std::string_view list) {
  NameSet words;
  while (!list.empty()) {
    const size_t end = std::min(list.find(' '), list.size());
    words.emplace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

/// A table with all that its rows imply, as bits: names are looked up once, and closures made once.
class Lattice {
 public:
  using Bits = std::bitset<128>;

  template <class Row>
  explicit Lattice(std::span<const Row> rows) : down_(rows.size()), up_(rows.size()) {
    CHECK(rows.size() <= Bits().size());
    for (const Row& row : rows) {
      place_[row.name] = names_.size();
      names_.emplace_back(row.name);
    }
    // A row comes behind those that it implies, or before: rounds until nothing grows.
    for (bool grown = true; grown;) {
      grown = false;
      for (size_t i = 0; i < rows.size(); ++i) {
        const Bits before = down_[i];
        down_[i].set(i);
        for (const std::string& implied : Words(rows[i].implies)) {
          down_[i] |= down_[place_.at(implied)].set(place_.at(implied));
        }
        grown |= down_[i] != before;
      }
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = 0; j < rows.size(); ++j) up_[j].set(i, down_[i].test(j));
    }
  }

  void AddAlias(const std::string& alias, const char* name) { place_[alias] = place_.at(name); }

  std::optional<size_t> Find(const std::string& name) const {
    const auto place = place_.find(name);
    if (place == place_.end()) return std::nullopt;
    return place->second;
  }
  Bits ToBits(const NameSet& names, const char* what) const {
    Bits bits;
    for (const std::string& name : names) {
      const auto place = Find(name);
      if (!place) throw std::invalid_argument(std::string("unknown ") + what + " '" + name + "'");
      bits.set(*place);
    }
    return bits;
  }
  NameSet ToNames(const Bits& bits) const {
    NameSet names;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (bits.test(i)) names.insert(names_[i]);
    }
    return names;
  }

  /// All that these imply, or that imply them, with them.
  Bits Down(const Bits& bits) const { return Closure(bits, down_); }
  Bits Up(const Bits& bits) const { return Closure(bits, up_); }
  /// Those that no other of them implies; those that imply no other of them.
  Bits Strongest(const Bits& bits) const { return Ends(bits, down_); }
  Bits Weakest(const Bits& bits) const { return Ends(bits, up_); }

 private:
  static Bits Closure(const Bits& bits, const std::vector<Bits>& reach) {
    Bits all;
    for (size_t i = 0; i < reach.size(); ++i) {
      if (bits.test(i)) all |= reach[i];
    }
    return all;
  }
  static Bits Ends(Bits bits, const std::vector<Bits>& reach) {
    const Bits all = bits;
    for (size_t i = 0; i < reach.size(); ++i) {
      if (all.test(i)) bits &= ~Bits(reach[i]).reset(i);
    }
    return bits;
  }

  std::vector<std::string> names_;
  std::unordered_map<std::string, size_t> place_;
  std::vector<Bits> down_, up_;  // by row
};

const Lattice& AnomalyLattice() {
  static const Lattice lattice{std::span<const AnomalyRow>(kAnomalies)};
  return lattice;
}

const Lattice& ModelLattice() {
  static const Lattice lattice = [] {
    Lattice models{std::span<const ConsistencyModel>(kModels)};
    for (const ConsistencyModel& model : kModels) {
      for (const std::string& alias : Words(model.aliases)) models.AddAlias(alias, model.name);
    }
    return models;
  }();
  return lattice;
}

/// By model: the anomalies that it names itself.
const std::vector<Lattice::Bits>& Proscribed() {
  static const std::vector<Lattice::Bits> proscribed = [] {
    std::vector<Lattice::Bits> all;
    for (const ConsistencyModel& model : kModels) {
      all.push_back(AnomalyLattice().ToBits(Words(model.proscribes), kAnomaly));
    }
    return all;
  }();
  return proscribed;
}

Lattice::Bits ModelBits(const NameSet& models) {
  return ModelLattice().ToBits(models, "consistency model");
}
Lattice::Bits AnomalyBits(const NameSet& anomalies) {
  return AnomalyLattice().ToBits(anomalies, kAnomaly);
}

}  // namespace

std::span<const ConsistencyModel> ConsistencyModels() { return kModels; }

const ConsistencyModel* FindConsistencyModel(std::string_view name) {
  const auto place = ModelLattice().Find(std::string(name));
  return place ? &kModels[*place] : nullptr;
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
  return ModelLattice().ToNames(ModelLattice().Down(ModelBits(models)));
}

NameSet StrongerModels(const NameSet& models) {
  return ModelLattice().ToNames(ModelLattice().Up(ModelBits(models)));
}

NameSet StrongestModels(const NameSet& models) {
  return ModelLattice().ToNames(ModelLattice().Strongest(ModelBits(models)));
}

NameSet WeakestModels(const NameSet& models) {
  return ModelLattice().ToNames(ModelLattice().Weakest(ModelBits(models)));
}

NameSet ImpliedAnomalies(const NameSet& anomalies) {
  return AnomalyLattice().ToNames(AnomalyLattice().Down(AnomalyBits(anomalies)));
}

NameSet ImplyingAnomalies(const NameSet& anomalies) {
  return AnomalyLattice().ToNames(AnomalyLattice().Up(AnomalyBits(anomalies)));
}

NameSet ProscribedAnomalies(const NameSet& models) {
  const Lattice::Bits implied = ModelLattice().Down(ModelBits(models));
  Lattice::Bits anomalies;
  for (size_t i = 0; i < Proscribed().size(); ++i) {
    if (implied.test(i)) anomalies |= Proscribed()[i];
  }
  return AnomalyLattice().ToNames(AnomalyLattice().Up(anomalies));
}

NameSet RuledOutModels(const NameSet& anomalies) {
  const Lattice::Bits found = AnomalyLattice().Down(AnomalyBits(anomalies));
  Lattice::Bits models;
  for (size_t i = 0; i < Proscribed().size(); ++i) models.set(i, (found & Proscribed()[i]).any());
  return ModelLattice().ToNames(ModelLattice().Up(models));
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
