// Queues as bags of elements, whatever their order: what comes out went in, and, where a queue was
// drained, what went in came out.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Every ok dequeue (and element of a drain) returns something that was enqueued: unexpected, or
/// duplicated where it came out more often than it can have gone in by then. Exact for that
/// question. Unknown where nothing came out. O(events + values + elements of drains).
CheckResult CheckQueue(const History& history, const CheckOptions& options);

/// The same, and nothing acknowledged is lost. An element is lost where a drain, or a dequeue that
/// found the queue empty, was called after its acknowledgement and it came out nowhere, unless a
/// dequeue of unknown outcome can have taken it. Unknown where nothing came out, where elements
/// are missing and nobody looked for them, or where a drain of unknown outcome may have them.
CheckResult CheckTotalQueue(const History& history, const CheckOptions& options);

}  // namespace cleave
