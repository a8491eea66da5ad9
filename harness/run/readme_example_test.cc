// The example of README.md, between the two marks, and the test that it is still the README's.
#include <fstream>

// README: begin
#include "harness/run/generator.h"
#include "harness/run/runner.h"

namespace cleave {

// The "store": a counter on which adds pile up.
struct Counter {
  int64_t total = 0;
};

// A client: one connection, one operation at a time. What the store says is a Completion; what goes
// wrong may be thrown: the runner records it as info, or as fail where the operation only read.
class CounterClient : public Client {
 public:
  explicit CounterClient(Counter& store) : store_(store) {}
  asio::awaitable<Completion> Invoke(const Invocation& invocation) override {
    Completion completion;
    if (invocation.f == "add") {
      store_.total += invocation.value.get<int64_t>();
      completion.outcome = Outcome::kOk;
    } else if (invocation.f == "read") {
      completion.outcome = Outcome::kOk;
      completion.value = store_.total;
    } else {
      completion.outcome = Outcome::kFail;  // it certainly did not happen
      completion.error = "unsupported";
    }
    co_return completion;
  }

 private:
  Counter& store_;
};

// A generator: a hundred adds of 1 to 5 on all client threads, and then, when all of them have
// completed, one read. Chance comes from the seed, so the adds are the same each time.
GeneratorPtr CounterOperations(uint64_t seed) {
  GeneratorPtr adds = gen::Fn(seed, [](int64_t, Random& random) {
    Op op;
    op.f = "add";
    op.value = random.Between(1, 5);
    return op;
  });
  Op read;
  read.f = "read";
  return gen::Clients(gen::Then(gen::Limit(100, adds), gen::Once(read)));
}

// The runner: everything that happens is in the journal when this returns.
void CountToTheEnd(Counter& store, const std::filesystem::path& history) {
  asio::io_context io;
  Journal journal(history);
  RunnerConfig config;
  config.concurrency = 4;
  config.journal = &journal;
  config.open = [&](int32_t, int32_t) { return std::make_unique<CounterClient>(store); };
  Runner runner(io.get_executor(), config);
  GeneratorPtr operations = CounterOperations(1);
  asio::co_spawn(io, runner.Run(operations), asio::detached);
  io.run();
}

}  // namespace cleave
// README: end

#include <gtest/gtest.h>
#include <unistd.h>

namespace cleave {
namespace {

std::string ReadFile(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  from += begin.size();
  return text.substr(from, text.find(end, from) - from);
}

TEST(ReadmeExample, IsWhatTheReadmeShows) {
  std::filesystem::path folder = CLEAVE_RUN_FOLDER;
  // The marks are put together here, so that this line is not one of them.
  const std::string mark = std::string("// README") + ": ";
  std::string shown = Between(ReadFile(folder / "README.md"), "```cpp\n", "```");
  std::string compiled =
      Between(ReadFile(folder / "readme_example_test.cc"), mark + "begin\n", mark + "end");
  EXPECT_FALSE(shown.empty());
  EXPECT_EQ(shown, compiled);
}

TEST(ReadmeExample, CountsToTheEnd) {
  std::string name = testing::TempDir() + "example_XXXXXX";
  std::filesystem::path directory = mkdtemp(name.data());
  Counter store;
  CountToTheEnd(store, directory / "history.jsonl");
  std::string last;
  std::ifstream in(directory / "history.jsonl");
  int lines = 0;
  for (std::string line; std::getline(in, line); ++lines) last = line;
  EXPECT_EQ(lines, 202);
  EXPECT_EQ(ParseJson(last)["value"], store.total);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace cleave
