// The lattice of consistency models of transactions: which implies which, and which anomalies each
// proscribes. Adya, "Weak consistency", 1999; Bailis et al., "Highly available transactions", 2013;
// Cerone, Bernardi & Gotsman, "A framework for transactional consistency models with atomic
// visibility", 2015; Daudjee & Salem, "Lazy database replication with snapshot isolation", 2006.
// Models and anomalies have the names of Elle (Kingsbury & Alvaro, VLDB 2020).
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleave {

using NameSet = std::set<std::string>;

/// Lists are names with a blank between them.
struct ConsistencyModel {
  const char* name;        // "snapshot-isolation"
  const char* aliases;     // "PL-SI SI"
  const char* implies;     // the next weaker ones
  const char* proscribes;  // beyond what the weaker ones do, and what implies it
};

/// The weakest first: every model comes behind those that it implies.
std::span<const ConsistencyModel> ConsistencyModels();
/// By name or alias; nullptr when there is none.
const ConsistencyModel* FindConsistencyModel(std::string_view name);
/// What may be asked for: names, then aliases; and every anomaly that a model proscribes or that
/// implies one.
std::vector<std::string> ConsistencyModelNames();
std::vector<std::string> TransactionAnomalyNames();

// All of these take names or aliases, and give names. They throw std::invalid_argument with the
// name that there is not. The lattice is small: a call takes microseconds.

/// These models, and all that hold where they do.
NameSet ImpliedModels(const NameSet& models);
/// These models, and all that cannot hold where they do not.
NameSet StrongerModels(const NameSet& models);
/// Those that no other of them implies; those that imply no other of them.
NameSet StrongestModels(const NameSet& models);
NameSet WeakestModels(const NameSet& models);

/// These anomalies, and those that are certainly there with them (G0 is a G1c).
NameSet ImpliedAnomalies(const NameSet& anomalies);
/// These anomalies, and those that cannot be there without them.
NameSet ImplyingAnomalies(const NameSet& anomalies);
/// All that may not be where these models are to hold.
NameSet ProscribedAnomalies(const NameSet& models);
/// All models that do not hold where these anomalies are.
NameSet RuledOutModels(const NameSet& anomalies);

/// "a, b, c".
std::string ListNames(const NameSet& names);
/// "a holds", "a, b hold".
std::string HoldWords(const NameSet& models);

}  // namespace cleave
