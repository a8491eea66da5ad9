// Which keys a run used last, for its final reads: the one thing that a workload's generator tells
// its final generator, which cannot know how far the run came.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/generator.h"

namespace cleave {

/// Written while keys are handed out. A generator is asked more often than its answers are taken,
/// so a key may be noted that is never used: it reads as absent, which is true. Not thread-safe.
class RecentKeys {
 public:
  /// Remembers at most `limit` keys, the latest.
  explicit RecentKeys(size_t limit) : limit_(limit) {}
  /// Numbers only grow; one that was noted already is ignored.
  void Note(int64_t key);
  /// The latest first: what was in use at the end is read before what retired long ago.
  std::vector<int64_t> Latest() const;

 private:
  size_t limit_;
  std::deque<int64_t> keys_;
};

/// The name of key number k in the history: "k4".
std::string KeyName(int64_t k);

/// Built by `make` when it is first asked, which is when the final phase begins.
GeneratorPtr Late(std::function<GeneratorPtr()> make);

/// `op` again and again, every 100 ms, until it is ok, 100 times at the most: a node that never
/// recovers must not keep the run from its end.
GeneratorPtr UntilOkWithin(Op op);

}  // namespace cleave
