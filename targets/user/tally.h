// What all clients of a run did beside answering: counted, said at the end, and the end of a run
// whose clients cannot be taken seriously.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cleave {

struct ClientTally {
  int64_t answered = 0;   // as the protocol says
  int64_t repeated = 0;   // for an operation that was over, late or once more: ignored
  int64_t overruled = 0;  // fail with an indefinite code, taken as info
  int64_t nonsense = 0;
  int64_t ended = 0;                    // the process ended while an operation was open
  std::string last_nonsense, last_end;  // in words

  /// Throws EnvironmentError once nothing sensible was ever answered and 20 answers were wrong, or
  /// 20 and a tenth of all answers were nonsense.
  void ThrowIfHopeless() const;
  /// A line for each thing that happened.
  std::vector<std::string> Warnings() const;
};

}  // namespace cleave
