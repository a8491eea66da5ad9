// The table of online checkers.
#include "checkers/online/online.h"

#include "checkers/online/online_counter.h"
#include "checkers/online/online_lock.h"
#include "checkers/online/online_queue.h"
#include "checkers/online/online_register.h"
#include "checkers/online/online_set.h"

namespace cleave {
namespace {

using Made = std::unique_ptr<OnlineChecker>;

template <class Object>
Made ForEachKey(Object fresh) {
  return std::make_unique<OnlineKeys<Object>>(std::move(fresh));
}

struct OnlineRow {
  const char* checker;
  Made (*make)(const CheckOptions& options);
};

const OnlineRow kOnline[] = {
    {"linearizable",
     [](const CheckOptions& o) {
       return ForEachKey(OnlineRegister(TokenOf(ParseJson(o.initial))));
     }},
    {"set", [](const CheckOptions&) { return ForEachKey(OnlineSet()); }},
    {"counter", [](const CheckOptions&) { return ForEachKey(OnlineCounter()); }},
    {"queue", [](const CheckOptions&) { return ForEachKey(OnlineQueue(false)); }},
    {"total-queue", [](const CheckOptions&) { return ForEachKey(OnlineQueue(false)); }},
    {"fifo-queue", [](const CheckOptions&) { return ForEachKey(OnlineQueue(true)); }},
    {"lock", [](const CheckOptions&) { return ForEachKey(OnlineTwoHolders()); }},
    {"mutex", [](const CheckOptions&) { return ForEachKey(OnlineLock(1)); }},
    {"owner-mutex", [](const CheckOptions&) { return ForEachKey(OnlineLock(1)); }},
    {"semaphore", [](const CheckOptions& o) { return ForEachKey(OnlineLock(o.permits)); }},
};

}  // namespace

std::unique_ptr<OnlineChecker> MakeOnlineChecker(std::string_view checker,
                                                 const CheckOptions& options) {
  const CheckerInfo* const info = FindChecker(checker);
  for (const OnlineRow& row : kOnline) {
    if (info != nullptr && row.checker == std::string_view(info->name)) return row.make(options);
  }
  return nullptr;
}

std::vector<std::string> OnlineCheckerNames() {
  std::vector<std::string> names;
  for (const OnlineRow& row : kOnline) names.emplace_back(row.checker);
  return names;
}

}  // namespace cleave
