// The live line says where a test stands, on a terminal and nowhere else.
#include "harness/run/progress.h"

#include <gmock/gmock.h>
#include <pty.h>
#include <unistd.h>

namespace cleave {
namespace {

ProgressState State() {
  ProgressState state;
  state.phase = "main";
  state.elapsed = 12'340 * kMillisecond;
  state.counts = {120, 100, 12, 3};
  state.rate = 1034.4;
  state.faults = {"partition n1|n2 n3"};
  return state;
}

TEST(Progress, SaysElapsedRateOutcomesFaultsAndVerdict) {
  EXPECT_EQ(FormatProgress(State(), 200),
            "main 12.3s  1034 op/s  ok 100 fail 12 info 3  partition n1|n2 n3  no verdict yet");
}

TEST(Progress, FitsTheTerminal) { EXPECT_EQ(FormatProgress(State(), 10), "main 12.3s"); }

TEST(Progress, IsSilentWithoutATerminal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    Progress progress(ends[1], true);
    EXPECT_FALSE(progress.shown());
    progress.Draw(State());
  }
  close(ends[1]);
  char byte;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  close(ends[0]);
}

TEST(Progress, IsClearedAtTheEndAndSilentWhenQuiet) {
  int terminal, controller;
  ASSERT_EQ(openpty(&controller, &terminal, nullptr, nullptr, nullptr), 0);
  EXPECT_FALSE(Progress(terminal, false).shown());
  {
    Progress progress(terminal, true);
    progress.Draw(State());
  }
  close(terminal);
  std::string text;
  char part[100];
  for (ssize_t n; (n = read(controller, part, sizeof part)) > 0;) text.append(part, n);
  EXPECT_THAT(text, testing::HasSubstr("main 12.3s"));
  EXPECT_THAT(text, testing::EndsWith("\r\x1b[K"));
  close(controller);
}

}  // namespace
}  // namespace cleave
