// A user's client: a program that is asked over its standard input and answers over its standard
// output, a JSON object a line. targets/user/README.md is the protocol's documentation.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/client.h"
#include "targets/user/tally.h"

namespace cleave {

/// An answer that is longer is nonsense. Bytes.
inline constexpr size_t kMaxAnswerBytes = 16 << 20;

struct UserClientOptions {
  std::string node;                                // for words: "n1"
  std::vector<std::string> argv;                   // argv[0]: a path
  std::map<std::string, std::string> environment;  // all of it
  std::filesystem::path directory;                 // where it runs
  std::filesystem::path log;                       // takes its standard error; appended to
  std::string interface;                           // what its answers must look like
};

/// The clients of a run. Clients may outlive it; its end kills what is still starting.
class UserClients {
 public:
  UserClients();
  ~UserClients();

  /// The program is started with the first operation, and again with the next one after it ended or
  /// spoke nonsense. It is killed with the client, and when an operation is cancelled: what it says
  /// of that later is never read. One that has not answered anything yet may be starting: it is
  /// left to the node's next client instead, and its late answer is dropped. An operation whose
  /// client gave no usable answer is kInfo (a read: kFail). Invoke throws EnvironmentError where
  /// the program cannot be executed, and as ClientTally says.
  std::unique_ptr<Client> Open(UserClientOptions options);
  const ClientTally& tally() const;

  struct State;  // what the clients share

 private:
  std::shared_ptr<State> state_;
};

}  // namespace cleave
