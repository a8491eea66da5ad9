// Locks with fencing tokens: who held one, from when to when, and whether anybody else did then.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Functions of a key, which is one lock: `acquire` → its fencing token, a whole number, or
/// anything else for none; `release`; `commit`, a release together with the work that was done
/// under the lock, which the store refuses (fail) where the lock had been lost.
///
/// A process holds the lock from the return of its acquire to the call of its release: whatever
/// comes of that, it is not working any more. Where a commit ends the holding it counts only if the
/// commit was ok: work that was refused, or whose outcome is unknown, has harmed nobody. A holding
/// that nothing ends lasts to the end; in a history with commits it counts for nothing.
///
/// Claims of the holdings that count that no two processes hold a lock at once (`two-holders`) and
/// that each acquisition has a larger token than all that were over before it began, or whose
/// holding was over before it returned (`old-token`); and that nobody gives back what it does not
/// hold (`not-held`). Exactly what linearizability of the model `fenced-mutex` asks of them.
/// Unknown where nobody held a lock. O(n log n), and the holders at each acquisition.
CheckResult CheckLock(const History& history, const CheckOptions& options);

}  // namespace cleave
