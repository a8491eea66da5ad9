// Answers are taken at their word only where they have the form that the function's answers have: a
// read without a value is no read of null.
#include "targets/user/answer.h"

#include <stdexcept>

#include "harness/run/answers.h"
#include "targets/user/data_types.h"
#include "targets/user/errors.h"

namespace cleave {
namespace {

constexpr size_t kShown = 200;  // bytes of a line that are shown to people

/// What is wrong with a line; caught in ReadAnswer.
class Nonsense : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void RequireSense(bool sense, const char* otherwise) {
  if (!sense) throw Nonsense(otherwise);
}

std::string OptionalText(const Json& answer, const char* field, const char* otherwise) {
  const auto found = answer.find(field);
  if (found == answer.end() || found->is_null()) return "";
  RequireSense(found->is_string(), otherwise);
  return found->get<std::string>();
}

/// The micro-operations as they were asked for, with what was read.
Json TransactionRead(const Json& asked, const Json& answered, bool lists) {
  RequireSense(answered.is_array() && answered.size() == asked.size(),
               "\"value\" has not as many micro-operations as were asked");
  Json value = asked;
  for (size_t i = 0; i < asked.size(); ++i) {
    const Json& micro = answered[i];
    RequireSense(
        micro.is_array() && micro.size() == 3 && micro[0] == asked[i][0] && micro[1] == asked[i][1],
        "\"value\" has other micro-operations than were asked");
    if (asked[i][0] != "r") continue;
    RequireSense(!lists || micro[2].is_null() || micro[2].is_array(),
                 "what a micro-operation has read is not a list");
    value[i][2] = micro[2];
  }
  return value;
}

Json ValueOf(const Json& answer, const std::string& interface, const Invocation& invocation) {
  const AnswerShape shape = AnswerShapeOf(interface, invocation.f).value_or(AnswerShape::kNothing);
  if (shape == AnswerShape::kNothing) return nullptr;
  const auto found = answer.find("value");
  if (shape == AnswerShape::kOptional && found == answer.end()) return nullptr;
  RequireSense(found != answer.end(), "\"value\" is missing");
  switch (shape) {
    case AnswerShape::kNumber:
      RequireSense(found->is_number_integer(), "\"value\" is not a whole number");
      break;
    case AnswerShape::kList: RequireSense(found->is_array(), "\"value\" is not a list"); break;
    case AnswerShape::kObject:
      RequireSense(found->is_object(), "\"value\" is not an object");
      break;
    case AnswerShape::kTransaction:
      return TransactionRead(invocation.value, *found, interface == "append");
    case AnswerShape::kAny:
    case AnswerShape::kOptional:
    case AnswerShape::kNothing: break;
  }
  return *found;
}

Completion CompletionOf(const Json& answer, const std::string& interface,
                        const Invocation& invocation, bool* overruled) {
  const std::string type = OptionalText(answer, "type", "\"type\" is not a text");
  if (type == "ok") return Succeeded(ValueOf(answer, interface, invocation));
  RequireSense(type == "fail" || type == "info", "\"type\" is not ok, fail or info");
  Completion completion;
  completion.error = OptionalText(answer, "error", "\"error\" is not a text");
  completion.text = OptionalText(answer, "text", "\"text\" is not a text");
  const bool read = IsRead(invocation.f, invocation.value);
  const UserError* known = FindUserError(completion.error);
  *overruled = type == "fail" && !read && known != nullptr && !known->definite;
  const bool failed = read || (type == "fail" && !*overruled);
  completion.outcome = failed ? Outcome::kFail : Outcome::kInfo;
  const auto observed = answer.find("observed");
  if (failed && !read && observed != answer.end()) completion.observed = *observed;
  if (completion.error.empty()) completion.error = "error";
  return completion;
}

}  // namespace

std::string RequestLine(int64_t id, const Invocation& invocation) {
  constexpr int64_t kNanosecondsOfMillisecond = 1'000'000;
  Json request;
  request["id"] = id;
  request["f"] = invocation.f;
  request["key"] = invocation.key;
  request["value"] = invocation.value;
  request["timeout_ms"] = (invocation.deadline - invocation.time) / kNanosecondsOfMillisecond;
  return DumpJson(request);
}

UserAnswer ReadAnswer(std::string_view line, int64_t id, const std::string& interface,
                      const Invocation& invocation) {
  UserAnswer answer;
  const Json json = TryParseJson(line);
  try {
    RequireSense(!json.is_discarded(), "not JSON");
    RequireSense(json.is_object(), "not an object");
    const auto named = json.find("id");
    RequireSense(named != json.end() && named->is_number_integer(), "\"id\" is not a number");
    RequireSense(*named >= 1 && *named <= id, "\"id\" is of no operation that was asked");
    if (*named != id) {
      answer.kind = UserAnswer::Kind::kRepeated;
      return answer;
    }
    answer.completion = CompletionOf(json, interface, invocation, &answer.overruled);
    RequireSense(!IsNonsense(answer.completion), "nested too deeply to be data");
    answer.kind = UserAnswer::Kind::kAnswer;
  } catch (const Nonsense& error) {
    answer.why = std::string(error.what()) + ": " + std::string(line.substr(0, kShown));
  }
  return answer;
}

Completion WithoutAnswer(const Invocation& invocation, std::string error, std::string text) {
  return Unanswered(MakeOp(invocation.f, invocation.value), std::move(error), std::move(text));
}

}  // namespace cleave
