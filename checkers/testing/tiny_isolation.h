// Every history of three transactions of up to two operations on two keys, as isolation levels see
// them.
#pragma once

#include <functional>

#include "checkers/transactions/isolation_history.h"

namespace cleave {

/// Until `visit` returns false: in every way that three may share sessions, some of unknown
/// outcome. Histories that differ by the names of keys are there once.
void ForEachTinyIsolationHistory(const std::function<bool(const IsolationHistory&)>& visit);

}  // namespace cleave
