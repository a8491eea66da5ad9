// Kafka-style logs: messages are sent to the end of a log and polled in the order of their offsets.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Sends and polls, also in transactions: lost-write, G1a, unwritten, precommitted-read, duplicate,
/// inconsistent-offsets, and per process (int-)poll-skip, (int-)nonmonotonic-poll and
/// (int-)nonmonotonic-send; after jepsen.tests.kafka, without its cycles. Skips and repetitions
/// between polls of a process that subscribed (rather than assigned) are only counted. Unknown
/// where no message was polled. O(messages log messages).
CheckResult CheckLog(const History& history, const CheckOptions& options);

}  // namespace cleave
