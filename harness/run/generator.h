// Generators say which operation comes next, for whom and when. They are pure values, as in
// Jepsen's jepsen.generator: asking for an operation returns it together with the generator that
// follows, and changes nothing. Randomness is a seed inside the value, so a run's operations depend
// only on its seed and on what the processes answered.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/operation_spec.h"
#include "harness/run/random.h"

namespace cleave {

/// Nanoseconds.
inline constexpr int64_t kSecond = 1'000'000'000;
inline constexpr int64_t kMillisecond = 1'000'000;

/// What a generator may look at. Threads are numbered 0 … n-1, and kNemesis.
struct Context {
  int64_t time = 0;              // nanoseconds since the run began
  std::vector<int32_t> free;     // threads waiting for an operation, ascending, kNemesis first
  std::vector<int32_t> threads;  // all threads this generator may use, ascending, kNemesis first
  const std::vector<int32_t>* processes = nullptr;  // thread → process for threads ≥ 0
  /// Chooses between equals (free threads, keys, generators that could all go now). The runner
  /// draws it anew for every operation, from the run's seed; 0: always the first.
  uint64_t chance = 0;
  int32_t Process(int32_t thread) const { return thread < 0 ? thread : (*processes)[thread]; }
};

class Generator;
using GeneratorPtr = std::shared_ptr<const Generator>;  // nullptr: exhausted

/// The answer to "what next?".
struct Step {
  enum class Kind : uint8_t { kOp, kPending, kDone };
  Kind kind = Kind::kDone;
  Op op;
  int32_t thread = 0;  // kOp: who; one of Context::free
  /// kOp: not before; kPending: ask again then at the latest (INT64_MAX: on an event).
  int64_t time = 0;
  GeneratorPtr next;  // kOp: the generator after this operation; kPending: the one to ask again
};

/// What happened: an invocation that was sent, or a completion.
struct GeneratorEvent {
  EventType type;
  const Op* op;
  int32_t thread;
  int32_t process;
  int64_t time;
};

class Generator {
 public:
  virtual ~Generator() = default;
  virtual Step Next(const Context& context, const GeneratorPtr& self) const = 0;
  /// The generator after an event; `self` where the event does not matter to it.
  virtual GeneratorPtr Update(const Context&, const GeneratorEvent&,
                              const GeneratorPtr& self) const {
    return self;
  }
};

/// The combinators, by the field's names. Times are nanoseconds.
namespace gen {

using OpFunction = std::function<Op(int64_t n, Random& random)>;  // n: how many it made before

GeneratorPtr Once(Op op);                         // an op literal: emitted once
GeneratorPtr Repeat(Op op);                       // forever
GeneratorPtr Fn(uint64_t seed, OpFunction make);  // forever: a function of its number
GeneratorPtr Limit(int64_t n, GeneratorPtr g);
/// `repeat` of a generator: its first operation, so many times; < 0: forever.
GeneratorPtr RepeatGen(int64_t times, GeneratorPtr g);
GeneratorPtr Cycle(GeneratorPtr g, int64_t times = -1);    // starts over when exhausted
GeneratorPtr TimeLimit(int64_t duration, GeneratorPtr g);  // from its first operation
/// Exponential gaps, `mean` between operations over all threads together.
GeneratorPtr Stagger(uint64_t seed, int64_t mean, GeneratorPtr g);
GeneratorPtr Delay(int64_t interval, GeneratorPtr g);  // as nearly as possible every `interval`
GeneratorPtr Sleep(int64_t duration);                  // keeps the thread that takes it busy
GeneratorPtr Log(std::string message);
GeneratorPtr Mix(uint64_t seed, std::vector<GeneratorPtr> gs);  // a random one each time
GeneratorPtr Any(std::vector<GeneratorPtr> gs);                 // whichever can go first
GeneratorPtr FlipFlop(GeneratorPtr a, GeneratorPtr b);          // alternates
GeneratorPtr Sequence(std::vector<GeneratorPtr> gs);  // one after the other, without waiting
GeneratorPtr Phases(std::vector<GeneratorPtr> gs);    // … waiting for all threads in between
GeneratorPtr Then(GeneratorPtr first, GeneratorPtr second);  // Phases of two, in reading order
GeneratorPtr Synchronize(GeneratorPtr g);    // waits for all threads to be free first
GeneratorPtr Clients(GeneratorPtr clients);  // only client threads
GeneratorPtr Clients(GeneratorPtr clients, GeneratorPtr nemesis);
GeneratorPtr Nemesis(GeneratorPtr nemesis);
GeneratorPtr Nemesis(GeneratorPtr nemesis, GeneratorPtr clients);
GeneratorPtr OnThreads(std::function<bool(int32_t thread)> which, GeneratorPtr g);
GeneratorPtr EachThread(GeneratorPtr g);  // an independent copy for each thread
/// The first count threads use the first generator, and so on; the rest use `rest`.
GeneratorPtr Reserve(std::vector<std::pair<int, GeneratorPtr>> parts, GeneratorPtr rest);
GeneratorPtr UntilOk(GeneratorPtr g);              // until one of its operations completes ok
GeneratorPtr ProcessLimit(int n, GeneratorPtr g);  // operations for at most n distinct processes
GeneratorPtr Filter(std::function<bool(const Op&)> keep, GeneratorPtr g);
GeneratorPtr Map(std::function<Op(Op)> change, GeneratorPtr g);
GeneratorPtr Trace(std::string name, GeneratorPtr g);  // prints every step to stderr
/// Independent keys: one key after another / n threads a key, many keys at once. Keys without end
/// when `keys` is negative: make(k) builds the generator of key number k, which operations carry as
/// name(k), without `name` as k. Names differ. (A Map around it that renames keys would keep every
/// completion from its key.)
using KeyNames = std::function<Json(int64_t k)>;
GeneratorPtr Sequential(int64_t keys, std::function<GeneratorPtr(int64_t)> make,
                        KeyNames name = nullptr);
GeneratorPtr Concurrent(int n, int64_t keys, std::function<GeneratorPtr(int64_t)> make,
                        KeyNames name = nullptr);

}  // namespace gen
}  // namespace cleave
