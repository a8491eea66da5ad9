// Who watches over a primary and its standby, and what that person does by hand: promotes the
// standby when the primary is silent, and takes the old primary in again when it answers.
//
// The operator sits at the standby, and knows of the primary only what can be seen from there: a
// partition that separates the two servers separates the operator from the primary, too, and nobody
// stops it: there are two primaries then, and what the old one goes on acknowledging is lost.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "harness/run/cluster.h"

namespace cleave {

/// Of two nodes. One thread; both nodes, and what `start` needs, are there as long as its loop
/// runs.
class PostgresOperator {
 public:
  using StartServer = std::function<asio::awaitable<void>(Node&)>;

  /// `first` begins as the primary. `start` is asked for a server on a node that has none: one that
  /// is not to be the primary, and has no standby's data, must be made anew.
  PostgresOperator(Node& first, Node& second, StartServer start)
      : primary_(&first), standby_(&second), start_(std::move(start)), log_node_(&first) {}

  /// Looks twice a second, for ever. What is done is written to operator.log of the first node.
  asio::awaitable<void> Watch();

  /// Who is to be the primary: decided before it is done.
  const Node& primary() const { return *primary_; }
  const Node& OtherOf(const Node& node) const { return &node == primary_ ? *standby_ : *primary_; }

 private:
  using Clock = std::chrono::steady_clock;

  asio::awaitable<void> Look();
  asio::awaitable<void> WatchPrimary();
  asio::awaitable<void> Promote();
  asio::awaitable<void> TakeIn();
  void Note(const std::string& what) const;

  Node* primary_;
  Node* standby_;
  const StartServer start_;
  const Node* log_node_;
  bool promoting_ = false;  // primary_ was told, and is not yet seen to be one
  bool taking_in_ = false;  // standby_ was the primary, and does not follow yet
  std::optional<Clock::time_point> silent_since_;
};

}  // namespace cleave
