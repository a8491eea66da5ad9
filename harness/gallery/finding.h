// What is known to go wrong in real stores, each with the setting under which it does not.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleave {

/// A row of findings.cc: two commands, and what each is to show.
struct Finding {
  std::string name;                     // "redis-sentinel-lost-writes"
  std::string title;                    // one line: what happens
  std::string kind;                     // how it must be named: a word of KindOf
  std::string target;                   // of targets/registry.cc
  std::string breaks;                   // arguments of `cleave test TARGET`, with which it happens
  std::string holds;                    // the same with the clean setting: the control
  std::vector<std::string> never = {};  // kinds that must not be seen beside it
  std::string why;                      // for the reader: why it happens, and what prevents it
  std::string source;                   // who found it first
  std::string link = {};                // where that can be read
};

/// In the order in which people should meet them.
std::span<const Finding> Findings();
/// nullptr when there is none of that name.
const Finding* FindFinding(std::string_view name);

}  // namespace cleave
