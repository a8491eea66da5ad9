// See register_load.h.
#include "checkers/testing/register_load.h"

#include <fstream>
#include <string>
#include <vector>

#include "checkers/testing/random_history.h"
#include "harness/history/event.h"
#include "harness/history/journal.h"

namespace cleave {
namespace {

/// A client and what it is doing.
struct LoadClient {
  int64_t process = 0, key = 0;
  int function = -1;  // kRead, kWrite, kCas; idle
  int64_t a = 0, b = 0;
  bool applied = false, failed = false, crashed = false;
};

class LoadGenerator {
 public:
  explicit LoadGenerator(const RegisterLoad& load)
      : load_(load),
        random_(42),
        state_(static_cast<size_t>(load.keys), -1),
        clients_(static_cast<size_t>(load.clients)),
        next_process_(load.clients) {
    for (size_t i = 0; i < clients_.size(); ++i) clients_[i].process = static_cast<int64_t>(i);
  }

  /// `emit` gets one event at a time, its type and who.
  template <class Emit>
  void Run(Emit emit) {
    int64_t called = 0;
    size_t busy = 0;
    while (called < load_.operations || busy > 0) {
      LoadClient& c = clients_[random_.Below(static_cast<uint32_t>(clients_.size()))];
      if (c.function < 0) {
        if (called == load_.operations) continue;
        Choose(++called, &c);
        ++busy;
        emit(EventType::kInvoke, c);
      } else if (!c.applied) {
        c.applied = true;
        if (!c.crashed || random_.Below(2) == 0) Apply(&c);
      } else {
        --busy;
        emit(c.crashed ? EventType::kInfo : c.failed ? EventType::kFail : EventType::kOk, c);
        if (c.crashed) c.process = next_process_++;
        c.function = -1;
      }
    }
  }

 private:
  int64_t Value() {
    return load_.values == 0
               ? ++fresh_
               : static_cast<int64_t>(random_.Below(static_cast<uint32_t>(load_.values)));
  }

  void Choose(int64_t called, LoadClient* c) {
    c->key = random_.Below(static_cast<uint32_t>(load_.keys));
    const uint32_t kind = random_.Below(10);
    c->function = kind < 5 ? kRead : kind < 8 || !load_.cas ? kWrite : kCas;
    c->applied = c->failed = false;
    c->crashed = c->function != kRead &&
                 (static_cast<int64_t>(random_.Below(1000)) < load_.crash_per_mille ||
                  crashed_ < load_.crashes * called / load_.operations);
    crashed_ += c->crashed;
    if (c->function == kWrite) c->b = Value();
    if (c->function == kCas) {
      c->a = load_.values == 0 ? state_[static_cast<size_t>(c->key)] : Value();
      c->b = Value();
    }
  }

  void Apply(LoadClient* c) {
    int64_t& state = state_[static_cast<size_t>(c->key)];
    if (c->function == kRead) {
      c->b = state;
    } else if (c->function == kCas && state != c->a) {
      c->failed = true;
    } else {
      state = c->b;
    }
  }

  const RegisterLoad& load_;
  TestRandom random_;
  std::vector<int64_t> state_;
  std::vector<LoadClient> clients_;
  int64_t next_process_, crashed_ = 0, fresh_ = 0;
};

bool Asks(EventType type, const LoadClient& client) {
  return client.function == kRead && type == EventType::kInvoke;
}

}  // namespace

History MakeRegisterHistory(const RegisterLoad& load) {
  HistoryBuilder builder;
  builder.Reserve(static_cast<size_t>(load.operations) * 2);
  ValueTable& values = builder.values();
  const ValueId mismatch = values.String("mismatch");
  const auto number = [&](int64_t v) { return v < 0 ? kNull : values.Int(v); };
  LoadGenerator(load).Run([&](EventType type, const LoadClient& client) {
    RawEvent event;
    event.type = type;
    event.process = static_cast<int32_t>(client.process);
    event.function = static_cast<FunctionId>(client.function);
    event.key = values.Int(client.key);
    if (client.function == kCas) {
      const ValueId pair[] = {number(client.a), number(client.b)};
      event.value = values.List(pair);
    } else {
      event.value = Asks(type, client) ? kNull : number(client.b);
    }
    // Where values are unique, nobody cares why a cas failed.
    if (type == EventType::kFail && load.values != 0) event.error = mismatch;
    builder.Add(event);
  });
  return builder.Finish();
}

void WriteRegisterHistory(const RegisterLoad& load, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  std::string text;
  Event event;
  constexpr const char* kNames[] = {"read", "write", "cas"};
  LoadGenerator(load).Run([&](EventType type, const LoadClient& client) {
    event.type = type;
    event.process = static_cast<int32_t>(client.process);
    event.f = kNames[client.function];
    event.key = "k" + std::to_string(client.key);
    event.value = client.b < 0 || Asks(type, client) ? Json() : Json(client.b);
    if (client.function == kCas) event.value = Json::array({client.a, client.b});
    AppendJsonLine(event, &text);
    ++event.index;
    event.time += 1000;
    if (text.size() < (size_t{1} << 20)) return;
    out << text;
    text.clear();
  });
  out << text;
}

}  // namespace cleave
