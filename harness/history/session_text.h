// Text formats of transactions by session, as other isolation checkers read them.
//
// AWDIT's test format has an operation a line, "r KEY VALUE" or "w KEY VALUE", ----- between the
// transactions of a session and ===== between sessions (one dash or sign is enough).
//
// Plume's, which PolySI's text histories share, has "r(KEY,VALUE,SESSION,TRANSACTION)" or "w(…)" a
// line; transaction -1 aborted. Each key is 0 at first.
#pragma once

#include "harness/history/session_transactions.h"

namespace cleave {

/// `lines` lie before what is pending.
void ReadAwditTest(TextSource* source, size_t lines, EventCollector* collector);
void ReadPlume(TextSource* source, size_t lines, EventCollector* collector);

/// Whether a line is an operation of the format.
bool IsAwditTestLine(std::string_view line);
bool IsPlumeLine(std::string_view line);

}  // namespace cleave
