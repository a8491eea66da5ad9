// See tally.h.
#include "targets/user/tally.h"

#include "harness/run/client.h"

namespace cleave {
namespace {

constexpr int64_t kPatience = 20;

std::string Times(int64_t n) { return n == 1 ? "once" : std::to_string(n) + " times"; }

}  // namespace

void ClientTally::ThrowIfHopeless() const {
  if (answered == 0 && nonsense + ended >= kPatience) {
    throw EnvironmentError("the client never answered as its protocol says: " +
                           (nonsense > 0 ? last_nonsense : last_end));
  }
  if (nonsense >= kPatience && nonsense * 10 >= answered) {
    throw EnvironmentError("the client answered nonsense " + Times(nonsense) + ", at last " +
                           last_nonsense);
  }
}

std::vector<std::string> ClientTally::Warnings() const {
  std::vector<std::string> lines;
  if (nonsense > 0) {
    lines.push_back("the client answered nonsense " + Times(nonsense) +
                    ": the operation is unknown (a read failed), and the client was started anew; "
                    "at last " +
                    last_nonsense);
  }
  if (ended > 0) {
    lines.push_back("the client ended " + Times(ended) +
                    " before it answered: the operation is unknown (a read failed); at last " +
                    last_end);
  }
  if (repeated > 0) {
    lines.push_back("the client answered " + Times(repeated) +
                    " for an operation that was over, late or once more: that was ignored");
  }
  if (overruled > 0) {
    lines.push_back("the client called " + Times(overruled) +
                    " a failure what may have happened, e.g. a timeout: recorded as unknown");
  }
  return lines;
}

}  // namespace cleave
