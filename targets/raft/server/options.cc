// Parsing the command line of cleave-raft.
#include "targets/raft/server/options.h"

#include <charconv>

namespace cleave::raft {
namespace {

uint64_t Number(const std::string& option, const std::string& text, uint64_t low, uint64_t high) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    throw UsageError(option + " " + text + ": not a number from " + std::to_string(low) + " to " +
                     std::to_string(high));
  }
  return value;
}

Endpoint ParseEndpoint(const std::string& option, const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    throw UsageError(option + " " + text + ": not ADDRESS:PORT");
  }
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  return {address, static_cast<uint16_t>(Number(option, text.substr(colon + 1), 0, 65535))};
}

void ParseCluster(const std::string& text, ServerOptions& options) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError("--cluster " + part + ": not NAME=ADDRESS:PORT");
    }
    options.replica.names.push_back(part.substr(0, equals));
    options.peers.push_back(ParseEndpoint("--cluster", part.substr(equals + 1)));
  }
}

std::string BugList() {
  std::string out;
  for (const BugInfo& info : Bugs()) {
    out += "    " + std::string(info.name) + std::string(20 - std::strlen(info.name), ' ') +
           info.summary + "\n";
  }
  return out;
}

void Finish(ServerOptions& options, const std::string& node) {
  if (options.replica.names.empty()) throw UsageError("--cluster is missing");
  if (node.empty()) throw UsageError("--node is missing");
  if (options.data.empty()) throw UsageError("--data is missing");
  if (options.client.address.empty()) throw UsageError("--client is missing");
  const auto& names = options.replica.names;
  const auto found = std::find(names.begin(), names.end(), node);
  if (found == names.end()) throw UsageError("--node " + node + ": not in --cluster");
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size()) {
    throw UsageError("--cluster names a node twice");
  }
  CoreOptions& core = options.replica.core;
  core.self = static_cast<NodeId>(found - names.begin());
  core.nodes = static_cast<uint32_t>(names.size());
}

}  // namespace

ServerOptions ParseServerOptions(std::span<const std::string> arguments) {
  ServerOptions options;
  CoreOptions& core = options.replica.core;
  std::string node;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& option = arguments[i];
    if (option == "--help" || option == "-h") {
      options.help = true;
      return options;
    }
    if (option == "--version") {
      options.version = true;
      return options;
    }
    if (i + 1 == arguments.size()) throw UsageError(option + ": unknown, or its value is missing");
    const std::string& value = arguments[++i];
    if (option == "--node") {
      node = value;
    } else if (option == "--cluster") {
      ParseCluster(value, options);
    } else if (option == "--client") {
      options.client = ParseEndpoint(option, value);
    } else if (option == "--data") {
      options.data = value;
    } else if (option == "--seed") {
      core.seed = Number(option, value, 0, UINT64_MAX);
    } else if (option == "--election-timeout") {
      core.election_min = static_cast<int64_t>(Number(option, value, 10, 60'000));
      core.election_max = 2 * core.election_min;
      core.quorum_timeout = 5 * core.election_min;
    } else if (option == "--heartbeat") {
      core.heartbeat = static_cast<int64_t>(Number(option, value, 1, 10'000));
    } else if (option == "--snapshot-entries") {
      options.replica.snapshot_entries = Number(option, value, 1, 1'000'000'000);
      options.replica.keep_entries = options.replica.snapshot_entries / 5;
    } else if (option == "--bug") {
      const auto bug = FindBug(value);
      if (!bug) throw UsageError("--bug " + value + ": unknown; there are\n" + BugList());
      core.bug = *bug;
    } else {
      throw UsageError(option + ": unknown option");
    }
  }
  Finish(options, node);
  return options;
}

std::string ServerVersion() { return CLEAVE_VERSION; }

std::string ServerUsage() {
  return "cleave-raft: one node of a replicated key-value store\n"
         "\n"
         "  cleave-raft --node NAME --cluster NAME=ADDRESS:PORT,… --client ADDRESS:PORT --data "
         "DIR\n"
         "\n"
         "  --node NAME              which node of the cluster this is\n"
         "  --cluster LIST           all nodes with the addresses at which they talk to each "
         "other\n"
         "  --client ADDRESS:PORT    where clients are served (HTTP)\n"
         "  --data DIR               the node's durable state; made if it is missing\n"
         "  --seed N                 of the random election timeouts (1)\n"
         "  --election-timeout MS    the least; the most is twice that (200), and a leader\n"
         "                           without a majority steps down after five times that\n"
         "  --heartbeat MS           (40)\n"
         "  --snapshot-entries N     applied entries between snapshots (5000);\n"
         "                           more when the state is large\n"
         "  --bug NAME               switch on a seeded fault:\n" +
         BugList() +
         "  --help, --version\n"
         "\n"
         "Example, a cluster of one:\n"
         "  cleave-raft --node n1 --cluster n1=127.0.0.1:8081 --client 127.0.0.1:8080 --data "
         "/tmp/n1\n"
         "  curl -X PUT -d '{\"value\": 1}' http://127.0.0.1:8080/v1/kv/x\n"
         "\n"
         "Ends with 0 on SIGTERM, 254 on wrong options, 255 when it cannot go on.\n";
}

}  // namespace cleave::raft
