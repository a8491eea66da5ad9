// See answers.h.
#include "harness/run/answers.h"

#include <algorithm>
#include <vector>

namespace cleave {
namespace {

constexpr int kDeepest = 64;

bool IsReadName(const std::string& f) { return f == "read" || f == "get" || f == "r"; }

/// Level by level.
bool DeeperThan(const Json& json, int deepest) {
  if (!json.is_structured()) return false;
  std::vector<const Json*> level = {&json}, next;
  for (int depth = 1; !level.empty(); ++depth) {
    if (depth > deepest) return true;
    next.clear();
    for (const Json* parent : level) {
      for (const Json& child : *parent) {
        if (child.is_structured()) next.push_back(&child);
      }
    }
    level.swap(next);
  }
  return false;
}

}  // namespace

bool IsRead(const std::string& f, const Json& value) {
  if (IsReadName(f)) return true;
  if (f != "txn" || !value.is_array()) return false;
  return std::all_of(value.begin(), value.end(), [](const Json& micro) {
    return micro.is_array() && !micro.empty() && micro[0].is_string() &&
           IsReadName(micro[0].get_ref<const std::string&>());
  });
}

Completion Unanswered(const Op& op, std::string error, std::string text) {
  Completion completion;
  completion.outcome = IsRead(op.f, op.value) ? Outcome::kFail : Outcome::kInfo;
  completion.error = std::move(error);
  completion.text = std::move(text);
  return completion;
}

bool IsNonsense(const Completion& completion) {
  return DeeperThan(completion.value, kDeepest) ||
         (completion.observed && DeeperThan(*completion.observed, kDeepest));
}

std::string ExceptionText(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

}  // namespace cleave
