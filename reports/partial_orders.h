// How far orders of an anomaly's operations come, as the checkers' details tell it
// (checkers/object/partial_orders.h): steps, the state after each, and why nothing else can follow.
#pragma once

#include <string>

#include "reports/diagram.h"

namespace cleave {

/// "" where `detail`, whose shape is not trusted, holds none.
std::string PartialOrders(const Json& detail, const History& history);

/// The first of them, for the picture; empty where there is none.
DrawnOrder FirstPartialOrder(const Json& detail, const History& history);

}  // namespace cleave
