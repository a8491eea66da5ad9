// The table of data types, as harness/run and the workloads have them.
#include "targets/user/data_types.h"

namespace cleave {
namespace {

struct DataTypeFunction {
  const char *interface, *function;
  AnswerShape answer;
};

constexpr DataTypeFunction kDataTypeFunctions[] = {
    {"register", "read", AnswerShape::kAny},     {"register", "write", AnswerShape::kNothing},
    {"register", "cas", AnswerShape::kNothing},  {"set", "add", AnswerShape::kNothing},
    {"set", "read", AnswerShape::kList},         {"append", "txn", AnswerShape::kTransaction},
    {"wr", "txn", AnswerShape::kTransaction},    {"bank", "transfer", AnswerShape::kNothing},
    {"bank", "read", AnswerShape::kObject},      {"g2", "insert", AnswerShape::kNothing},
    {"counter", "add", AnswerShape::kNothing},   {"counter", "read", AnswerShape::kNumber},
    {"queue", "enqueue", AnswerShape::kNothing}, {"queue", "dequeue", AnswerShape::kAny},
    {"queue", "drain", AnswerShape::kList},      {"lock", "acquire", AnswerShape::kOptional},
    {"lock", "release", AnswerShape::kOptional}, {"lock", "commit", AnswerShape::kOptional},
};

}  // namespace

std::vector<std::string> UserInterfaces() {
  std::vector<std::string> names;
  for (const DataTypeFunction& row : kDataTypeFunctions) {
    if (names.empty() || names.back() != row.interface) names.emplace_back(row.interface);
  }
  return names;
}

std::vector<std::string> UserFunctions(std::string_view interface) {
  std::vector<std::string> names;
  for (const DataTypeFunction& row : kDataTypeFunctions) {
    if (row.interface == interface) names.emplace_back(row.function);
  }
  return names;
}

std::optional<AnswerShape> AnswerShapeOf(std::string_view interface, std::string_view function) {
  for (const DataTypeFunction& row : kDataTypeFunctions) {
    if (row.interface == interface && row.function == function) return row.answer;
  }
  return std::nullopt;
}

}  // namespace cleave
