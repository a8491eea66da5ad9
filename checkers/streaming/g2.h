// G2, anti-dependency cycles: of transactions that insert unless another did, two commit.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// `insert` reads, by predicate, that nobody has inserted for its key, and then inserts: at most
/// one of a key's inserts is ok. Keys are independent ones, or the first part of [key, [a-id,
/// b-id]]. After Jepsen's adya g2. Exact for that question. Unknown where no key with two inserts
/// has an ok one. O(operations + values).
CheckResult CheckG2(const History& history, const CheckOptions& options);

}  // namespace cleave
