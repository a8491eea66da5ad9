// A complete workload, as an example: one register that one thread writes and the others read.
#include <gtest/gtest.h>

#include "harness/run/simulate.h"
#include "harness/run/workload.h"

namespace cleave {
namespace {

Workload MakeOneWriter(const WorkloadOptions&) {
  Op read;
  read.f = "read";
  read.key = "k0";
  const auto write = [](int64_t n, Random&) {
    Op op;
    op.f = "write";
    op.key = "k0";
    op.value = n + 1;  // never the same value twice: checking needs no search
    return op;
  };
  Workload workload;
  workload.interface = "register";         // any target that offers a register …
  workload.functions = {"read", "write"};  // … with these functions
  workload.generator = gen::Reserve({{1, gen::Fn(1, write)}}, gen::Repeat(read));
  workload.final_generator = gen::EachThread(gen::Once(read));
  workload.checkers = {"linearizable", "stats", "availability", "vacuous"};
  return workload;
}

// In registry.cc it would be this row:
const WorkloadInfo kOneWriter = {"one-writer", "one thread writes, the others read", MakeOneWriter};

TEST(OneWriter, OnlyTheFirstThreadWrites) {
  const Workload workload = kOneWriter.make({});
  SimulateOptions options;
  options.threads = 3;
  options.max_invocations = 100;
  for (const SimulatedEvent& e : SimulateInvocations(gen::Clients(workload.generator), options)) {
    EXPECT_EQ(e.op.f, e.thread == 0 ? "write" : "read");
  }
}

}  // namespace
}  // namespace cleave
