// The live line.
#include "harness/run/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace cleave {
namespace {

size_t Width(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// A terminal that cannot be written to is no reason to stop a test.
void Put(int fd, const std::string& text) {
  [[maybe_unused]] ssize_t written = write(fd, text.data(), text.size());
}

}  // namespace

std::string FormatProgress(const ProgressState& state, size_t width) {
  char numbers[200];
  std::snprintf(numbers, sizeof numbers, " %.1fs  %.0f op/s  ok %lld fail %lld info %lld",
                static_cast<double>(state.elapsed) / kSecond, state.rate,
                static_cast<long long>(state.counts.ok), static_cast<long long>(state.counts.fail),
                static_cast<long long>(state.counts.info));
  std::string line = state.phase + numbers;
  line += state.faults.empty() ? "  no faults" : "";
  for (const std::string& fault : state.faults) line += "  " + fault;
  line += "  " + state.verdict;
  if (line.size() > width) line.resize(width);
  return line;
}

Progress::Progress(int fd, bool enabled) : fd_(fd), shown_(enabled && isatty(fd) == 1) {}

void Progress::Draw(const ProgressState& state) {
  if (!shown_) return;
  // One column less: a full line makes some terminals wrap.
  Put(fd_, "\r\x1b[K" + FormatProgress(state, Width(fd_) - 1));
  drawn_ = true;
}

void Progress::Clear() {
  if (drawn_) Put(fd_, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace cleave
