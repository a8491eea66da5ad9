// What the clients of several stores say in the same words.
#pragma once

#include <string>

#include "harness/history/json.h"
#include "harness/run/client.h"

namespace cleave {

/// A key as text: a string as it is, other JSON as it is written.
inline std::string KeyText(const Json& key) {
  return key.is_string() ? key.get<std::string>() : DumpJson(key);
}

/// A key of one data type among all in a store: "<interface>/<key>".
inline std::string StoreKey(const std::string& interface, const Json& key) {
  return interface + "/" + KeyText(key);
}

/// The completion of what certainly did not happen.
inline Completion Refused(const std::string& error, const std::string& text = "") {
  Completion completion;
  completion.outcome = Outcome::kFail;
  completion.error = error;
  completion.text = text;
  return completion;
}

}  // namespace cleave
