// Linearizability of any object that has a model, key by key: the checkers that are named after
// their model.
#pragma once

#include "checkers/by_key.h"
#include "checkers/checker.h"
#include "checkers/object/model.h"
#include "checkers/object/search.h"

namespace cleave {

/// The operations of key number `i` as the model sees them. Throws std::invalid_argument for a
/// function that is none of the model's. O(operations of the key).
ObjectHistory ExtractObject(const History& history, const ByKey& keys, size_t i,
                            const ModelInfo& info, const Model& model);

/// The same for a few operations of one key, in call order.
ObjectHistory ExtractObject(const History& history, KeyId key, std::span<const uint32_t> operations,
                            const ModelInfo& info, const Model& model);

/// Judges every key of the history by the model of that name.
CheckResult CheckObject(std::string_view model, const History& history,
                        const CheckOptions& options);

/// A few operations that no order explains, in call order, and what the search said of them.
struct ObjectEvidence {
  std::vector<ModelOp> ops;
  SearchResult result;  // its indices point into ops
};

/// Shrinks a violation that Search found, until `deadline`: to the shortest failing prefix, then by
/// leaving out observations, and elements of a collection with all that speaks of them, neither of
/// which makes an impossible history of a possible one.
ObjectEvidence ShrinkObject(const Model& model, const ObjectHistory& object,
                            const SearchResult& found, const SearchBounds& bounds);

}  // namespace cleave
