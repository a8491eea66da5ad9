// Every history of up to four operations of every model, all crossings and crashes, against the
// definition; up to three where CLEAVE_ORACLE_HISTORIES asks for less than 50,000.
#include <gtest/gtest.h>

#include "checkers/object/fast_paths.h"
#include "checkers/object/model_oracle.h"
#include "checkers/object/search.h"
#include "checkers/testing/asked_histories.h"

namespace cleave {
namespace {

/// What may be asked and answered, as JSON. Where an object has owners, by whom.
struct TinyWord {
  const char *function, *input, *output;
  int32_t process = -1;
};

struct TinyLanguage {
  const char* model;
  std::vector<TinyWord> words;
};

const TinyLanguage kLanguages[] = {
    {"cas-register",
     {{"write", "1", "null"},
      {"write", "2", "null"},
      {"read", "null", "1"},
      {"read", "null", "2"},
      {"read", "null", "null"},
      {"cas", "[1,2]", "null"}}},
    {"multi-register",
     {{"write", R"({"x":1})", "null"},
      {"txn", R"([["w","x",1],["w","y",2]])", R"([["w","x",1],["w","y",2]])"},
      {"txn", R"([["w","y",1]])", R"([["w","y",1]])"},
      {"txn", R"([["r","x",null],["r","y",null]])", R"([["r","x",1],["r","y",2]])"},
      {"txn", R"([["r","x",null],["r","y",null]])", R"([["r","x",1],["r","y",null]])"},
      {"txn", R"([["r","y",null],["w","x",2]])", R"([["r","y",1],["w","x",2]])"}}},
    {"kv-append",
     {{"append", R"("a")", "null"},
      {"append", R"("b")", "null"},
      {"put", R"("a")", "null"},
      {"get", "null", R"("a")"},
      {"get", "null", R"("ab")"},
      {"get", "null", R"("")"}}},
    {"linearizable-set",
     {{"add", "1", "null"},
      {"add", "2", "null"},
      {"remove", "1", "null"},
      {"read", "null", "[1]"},
      {"read", "null", "[1,2]"},
      {"read", "null", "[]"}}},
    {"list",
     {{"append", "1", "null"},
      {"append", "2", "null"},
      {"read", "null", "[1]"},
      {"read", "null", "[1,2]"},
      {"read", "null", "[2,1]"},
      {"read", "null", "[]"}}},
    {"fifo-queue",
     {{"enqueue", "1", "null"},
      {"enqueue", "2", "null"},
      {"dequeue", "null", "1"},
      {"dequeue", "null", "2"},
      {"dequeue", "null", "null"}}},
    {"unordered-queue",
     {{"enqueue", "1", "null"},
      {"enqueue", "2", "null"},
      {"dequeue", "null", "1"},
      {"dequeue", "null", "2"},
      {"dequeue", "null", "null"}}},
    {"priority-queue",
     {{"enqueue", "1", "null"},
      {"enqueue", "2", "null"},
      {"dequeue", "null", "1"},
      {"dequeue", "null", "2"},
      {"dequeue", "null", "null"}}},
    {"stack",
     {{"push", "1", "null"},
      {"push", "2", "null"},
      {"pop", "null", "1"},
      {"pop", "null", "2"},
      {"pop", "null", "null"}}},
    {"mutex", {{"acquire", "null", "null"}, {"release", "null", "null"}}},
    {"owner-mutex",
     {{"acquire", "null", "null", 0},
      {"acquire", "null", "null", 1},
      {"release", "null", "null", 0},
      {"release", "null", "null", 1}}},
    {"reentrant-mutex",
     {{"acquire", "null", "null", 0},
      {"acquire", "null", "null", 1},
      {"release", "null", "null", 0},
      {"release", "null", "null", 1}}},
    {"fenced-mutex",
     {{"acquire", "null", "1", 0},
      {"acquire", "null", "2", 1},
      {"acquire", "null", "1", 1},
      {"release", "null", "null", 0},
      {"release", "null", "null", 1}}},
    {"semaphore", {{"acquire", "null", "null"}, {"release", "null", "null"}}},
    {"linearizable-counter",
     {{"add", "1", "null"},
      {"add", "2", "null"},
      {"dec", "null", "null"},
      {"read", "null", "0"},
      {"read", "null", "1"},
      {"read", "null", "2"}}},
    {"linearizable-ids", {{"generate", "null", "1"}, {"generate", "null", "2"}}},
};

uint32_t MostOperations() { return AskedHistories().value_or(50'000) >= 50'000 ? 4 : 3; }

class EveryTinyHistory {
 public:
  explicit EveryTinyHistory(const TinyLanguage& language) {
    HistoryBuilder builder;
    for (const TinyWord& word : language.words) {
      ModelOp op;
      op.function = builder.Function(word.function);
      op.input = builder.values().FromJson(ParseJson(word.input));
      op.output = builder.values().FromJson(ParseJson(word.output));
      op.process = word.process;
      words_.push_back(op);
    }
    // What explanations name: a history whose operation i is of process i.
    for (int32_t process = 0; process < 5; ++process) {
      RawEvent event;
      event.process = process;
      builder.Add(event);
    }
    history_ = builder.Finish();
    info_ = FindModel(language.model);
    model_ = info_->make({&history_, kNull, 2});
    object_.history = &history_;
  }

  void Run(uint32_t operations) {
    for (uint32_t n = 1; n <= operations; ++n) Extend(n, 0);
  }
  uint64_t valid = 0, invalid = 0, by_fast_path = 0;

 private:
  bool Busy(int32_t process) const {
    for (const ModelOp& op : object_.ops) {
      if (op.crashed() && op.process == process) return true;
    }
    return false;
  }

  void Extend(uint32_t left, Position now) {
    if (testing::Test::HasFatalFailure()) return;
    if (left == 0) Judge();
    for (const ModelOp& word : words_) {
      if (left == 0 || (word.process >= 0 && Busy(word.process))) continue;
      ModelOp op = word;
      if (op.process < 0) op.process = static_cast<int32_t>(object_.ops.size());
      op.operation = static_cast<uint32_t>(op.process);
      op.call = now;
      object_.ops.push_back(op);
      Extend(left - 1, now + 1);
      object_.ops.pop_back();
    }
    for (size_t i = 0; i < object_.ops.size(); ++i) {
      if (!object_.ops[i].crashed()) continue;
      object_.ops[i].ret = now;
      Extend(left, now + 1);
      object_.ops[i].ret = kNever;
    }
  }

  void Judge() {
    ObjectHistory object = object_;
    for (ModelOp& op : object.ops) {
      if (op.crashed() && model_->Observes(op))
        return;  // such are not among an object's operations
      if (op.crashed()) op.output = kNoValue;
    }
    const bool holds = OracleOfModel(*model_, object.ops);
    ++(holds ? valid : invalid);
    const SearchBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1)};
    using Decision = SearchResult::Decision;
    for (const auto search : {SearchFrontier, SearchDepthFirst}) {
      const SearchResult found = search(*model_, object.ops, bounds);
      ASSERT_EQ(found.decision, holds ? Decision::kLinearizable : Decision::kViolation)
          << found.engine << Words(object);
    }
    const FastResult fast = CheckFastPath(info_->name, object, 2, nullptr);
    by_fast_path += fast.applicable;
    if (fast.applicable) {
      ASSERT_EQ(fast.linearizable(), holds) << fast.anomaly << Words(object);
    }
  }

  std::string Words(const ObjectHistory& object) const {
    std::string text = std::string(" on ") + info_->name + ":\n";
    for (const ModelOp& op : object.ops) {
      text += "[" + std::to_string(op.call) + "," +
              (op.crashed() ? std::string("∞") : std::to_string(op.ret)) + "] " +
              history_.FunctionName(op.function) + "(" + object.values().ToText(op.input) +
              ")=" + object.values().ToText(op.output) + "\n";
    }
    return text;
  }

  History history_;
  const ModelInfo* info_ = nullptr;
  std::unique_ptr<Model> model_;
  std::vector<ModelOp> words_;
  ObjectHistory object_;
};

class EveryTinyOf : public testing::TestWithParam<size_t> {};

TEST_P(EveryTinyOf, IsJudgedAlikeByEveryEngine) {
  const TinyLanguage& language = kLanguages[GetParam()];
  EveryTinyHistory every(language);
  every.Run(MostOperations());
  printf("%s: %llu possible, %llu impossible, a fast path judged %llu\n", language.model,
         static_cast<unsigned long long>(every.valid),
         static_cast<unsigned long long>(every.invalid),
         static_cast<unsigned long long>(every.by_fast_path));
  EXPECT_GT(every.valid, 50u);
  EXPECT_GT(every.invalid, 50u);
}

std::string NameOfTiny(const testing::TestParamInfo<size_t>& info) {
  std::string name = kLanguages[info.param].model;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Object, EveryTinyOf, testing::Range<size_t>(0, std::size(kLanguages)),
                         NameOfTiny);

TEST(EveryTiny, HasALanguageForEveryModel) {
  for (const ModelInfo& model : Models()) {
    EXPECT_TRUE(std::any_of(std::begin(kLanguages), std::end(kLanguages), [&](const auto& l) {
      return std::string_view(l.model) == model.name;
    })) << model.name;
  }
}

}  // namespace
}  // namespace cleave
