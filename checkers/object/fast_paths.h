// Which exact fast path a model has.
#pragma once

#include <string_view>

#include "checkers/object/fast_path.h"

namespace cleave {

/// Asks the fast path of the model of that name, where it has one. Not applicable where it has
/// none. `permits` is a semaphore's. `order` as for every path, see fast_path.h.
FastResult CheckFastPath(std::string_view model, const ObjectHistory& object, uint32_t permits,
                         std::vector<uint32_t>* order);

/// The evidence of a violation that CheckFastPath found, with the changes that it speaks of and
/// does not cite: the appends of the elements that a list's reads show, the adds that a counter's
/// read may have seen. No order of these is possible for the reason for which no order of all is.
/// Indices into object.ops, ascending. O(operations log evidence).
std::vector<uint32_t> WithWhatItSpeaksOf(std::string_view model, const ObjectHistory& object,
                                         const FastResult& violation);

}  // namespace cleave
