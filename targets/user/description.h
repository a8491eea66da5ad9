// A user's own store, described by a JSON file: how it is started, asked and stopped, and what its
// clients speak. targets/user/README.md is the file's documentation.
#pragma once

#include <signal.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/history/json.h"
#include "harness/run/target.h"
#include "targets/user/placeholders.h"

namespace cleave {

/// What is wrong with the file: its path, the field, what is expected and what is there.
class DescriptionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A program with its arguments, placeholders not filled in yet; empty: there is none.
using Command = std::vector<std::string>;

struct UserDescription {
  std::filesystem::path file;  // absolute
  Json json;                   // all of the file
  std::string name, summary;
  std::vector<Offer> offers;
  int nodes = 0;                     // the only number; 0: any
  std::map<std::string, int> ports;  // by the placeholder that stands for them
  std::string peer = "{ip}";         // how one peer is spelled in {peers} and {others}
  std::string separator = ",";       // what stands between two
  std::vector<TargetFlag> settings;  // each with its values, the default first
  std::map<std::string, std::string> environment;  // of every command
  Command check, version, start, stop, ready, leader, client;
  std::string hint;           // what to do where `check` fails
  std::string ready_url;      // tcp://{ip}:PORT or http://{ip}:PORT/PATH, in place of `ready`
  int stop_signal = SIGTERM;  // in place of `stop`
  std::string log = "server.log";
  bool not_root = false;  // the server refuses uid 0
};

/// The names of all fields, and of the placeholders that every file has.
const std::vector<std::string>& UserDescriptionFields();
const std::vector<std::string>& UserPlaceholders();

/// Throws DescriptionError, also for a field that is none, with the nearest that is.
UserDescription ReadUserDescription(const std::filesystem::path& file);

}  // namespace cleave
