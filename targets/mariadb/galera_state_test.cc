// What a node's position is read from.
#include "targets/mariadb/galera_state.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace cleave {
namespace {

TEST(GaleraState, TheLastRecoveredPositionCounts) {
  EXPECT_EQ(RecoveredGaleraPosition("2026-01-01  0:00:00 0 [Note] WSREP: Recovered position: "
                                    "c1ea5e00-0000-11ee-8000-000000000000:7\n"
                                    "2026-01-01  0:00:09 0 [Note] WSREP: Recovered position: "
                                    "c1ea5e00-0000-11ee-8000-000000000000:12,0-1-2\n"),
            "c1ea5e00-0000-11ee-8000-000000000000:12,0-1-2");
  EXPECT_EQ(RecoveredGaleraPosition("WSREP: Recovered position: " + FirstGaleraPosition()),
            "c1ea5e00-0000-11ee-8000-000000000000:0");
}

TEST(GaleraState, ALogWithoutAPositionIsAnError) {
  EXPECT_THROW(RecoveredGaleraPosition("[ERROR] InnoDB: corrupt\n"), std::runtime_error);
}

}  // namespace
}  // namespace cleave
