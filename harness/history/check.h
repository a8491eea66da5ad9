// CHECK(condition) << "what it means": our own bugs, on in every build. A failed check prints the
// place and aborts; the cluster's namespaces make sure that nothing is left behind.
#pragma once

#include <sstream>

namespace cleave {

class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* condition);
  [[noreturn]] ~CheckFailure();
  std::ostringstream& stream() { return stream_; }

 private:
  std::ostringstream stream_;
};

}  // namespace cleave

#define CHECK(condition) \
  if (condition) {       \
  } else                 \
    ::cleave::CheckFailure(__FILE__, __LINE__, #condition).stream()
