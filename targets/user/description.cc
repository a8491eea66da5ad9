// Reads the file field by field. Whatever is wrong is said before anything starts.
#include "targets/user/description.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

#include "harness/run/words.h"
#include "targets/user/data_types.h"

namespace cleave {
namespace {

const std::vector<std::pair<std::string, int>> kStopSignals = {
    {"SIGTERM", SIGTERM}, {"SIGINT", SIGINT},   {"SIGQUIT", SIGQUIT}, {"SIGHUP", SIGHUP},
    {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}, {"SIGKILL", SIGKILL}};
constexpr const char* kCommandExpected =
    R"(a list of words, the program first, e.g. ["./store", "--port", "{port}"])";

bool IsName(const std::string& text) {
  static const std::regex kName("[A-Za-z][A-Za-z0-9_]*");
  return std::regex_match(text, kName);
}

/// The file under the fields' names.
class DescriptionReader {
 public:
  DescriptionReader(const std::filesystem::path& file, const Json& json)
      : file_(file), json_(json) {}

  [[noreturn]] void Fail(const std::string& words) const {
    throw DescriptionError(file_.string() + ": " + words);
  }
  [[noreturn]] void Expect(const std::string& field, const std::string& what,
                           const Json& found) const {
    Fail("\"" + field + "\" must be " + what + ", not " + DumpJson(found).substr(0, 200));
  }
  void RequireKnown(const std::string& where, const Json& object,
                    const std::vector<std::string>& known) const {
    for (const auto& [name, value] : object.items()) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      Fail(UnknownWord("field" + where, name, known));
    }
  }
  /// nullptr where the field is not there.
  const Json* Find(const std::string& field) const {
    const auto found = json_.find(field);
    return found == json_.end() ? nullptr : &*found;
  }
  const Json& Require(const std::string& field, const std::string& what) const {
    if (const Json* found = Find(field)) return *found;
    Fail("\"" + field + "\" is missing: it must be " + what);
  }

  std::string Text(const std::string& field, const std::string& otherwise) const {
    const Json* found = Find(field);
    if (found == nullptr) return otherwise;
    if (!found->is_string() || *found == "") Expect(field, "a text", *found);
    return found->get<std::string>();
  }
  bool Flag(const std::string& field) const {
    const Json* found = Find(field);
    if (found != nullptr && !found->is_boolean()) Expect(field, "true or false", *found);
    return found != nullptr && found->get<bool>();
  }
  int Number(const std::string& field, const Json& found, int most) const {
    if (!found.is_number_integer() || found < 1 || found > most) {
      Expect(field, "a whole number from 1 to " + std::to_string(most), found);
    }
    return found.get<int>();
  }
  const Json& Object(const std::string& field, const std::string& what) const {
    static const Json kEmpty = Json::object();
    const Json* found = Find(field);
    if (found == nullptr) return kEmpty;
    if (!found->is_object()) Expect(field, what, *found);
    return *found;
  }
  std::vector<std::string> Words(const std::string& field, const std::string& what,
                                 const Json& found) const {
    const auto is_word = [](const Json& word) { return word.is_string(); };
    if (!found.is_array() || found.empty() || found[0] == "" ||
        !std::all_of(found.begin(), found.end(), is_word)) {
      Expect(field, what, found);
    }
    return found.get<std::vector<std::string>>();
  }
  Command CommandOf(const std::string& field, const Json& found) const {
    return Words(field, kCommandExpected, found);
  }
  Command CommandOf(const std::string& field) const {
    const Json* found = Find(field);
    return found == nullptr ? Command() : CommandOf(field, *found);
  }

 private:
  const std::filesystem::path& file_;
  const Json& json_;
};

std::vector<Offer> ReadOffers(const DescriptionReader& in) {
  const std::string what = R"(the data types with their functions, e.g. {"register": ["read", )"
                           R"("write", "cas"]})";
  const Json& json = in.Require("offers", what);
  if (!json.is_object() || json.empty()) in.Expect("offers", what, json);
  std::vector<Offer> offers;
  for (const auto& [interface, functions] : json.items()) {
    const std::vector<std::string> known = UserFunctions(interface);
    if (known.empty()) in.Fail(UnknownWord("data type in \"offers\"", interface, UserInterfaces()));
    Offer offer{interface, in.Words("offers", what, functions)};
    for (const std::string& f : offer.functions) {
      if (std::find(known.begin(), known.end(), f) != known.end()) continue;
      in.Fail(UnknownWord("function of \"" + interface + "\" in \"offers\"", f, known));
    }
    offers.push_back(std::move(offer));
  }
  return offers;
}

void ReadPorts(const DescriptionReader& in, UserDescription* out) {
  const std::string what = R"(port numbers by the placeholder that is to stand for them, e.g. )"
                           R"({"port": 7000})";
  for (const auto& [name, port] : in.Object("ports", what).items()) {
    if (!IsName(name)) in.Expect("ports", what, name);
    out->ports[name] = in.Number("ports", port, 65535);
  }
}

void ReadSettings(const DescriptionReader& in, UserDescription* out) {
  const std::string what = R"(the values of each setting, the default first, e.g. )"
                           R"({"quorum": ["1", "2"]})";
  for (const auto& [name, values] : in.Object("settings", what).items()) {
    if (!IsName(name)) in.Expect("settings", what, name);
    TargetFlag& setting = out->settings.emplace_back();
    setting.name = name;
    setting.summary = "given as --set " + name + "=VALUE";
    setting.values = in.Words("settings", what, values);
  }
}

void ReadPeers(const DescriptionReader& in, UserDescription* out) {
  const std::string what = R"(how one peer is spelled and what stands between two, e.g. )"
                           R"({"each": "{node}=http://{ip}:{port}", "separator": ","})";
  const Json& json = in.Object("peers", what);
  in.RequireKnown(" of \"peers\"", json, {"each", "separator"});
  for (const auto& [name, text] : json.items()) {
    if (!text.is_string()) in.Expect("peers", what, json);
    (name == "each" ? out->peer : out->separator) = text.get<std::string>();
  }
}

void ReadStop(const DescriptionReader& in, UserDescription* out) {
  const Json* json = in.Find("stop");
  if (json == nullptr) return;
  if (!json->is_string()) {
    out->stop = in.CommandOf("stop", *json);
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, signal] : kStopSignals) {
    names.push_back(name);
    if (*json == name) out->stop_signal = signal;
  }
  const auto name = json->get<std::string>();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    in.Fail(UnknownWord("signal in \"stop\"", name, names));
  }
}

void ReadReady(const DescriptionReader& in, UserDescription* out) {
  const std::string what = R"("tcp://{ip}:{port}", "http://{ip}:{port}/path", or a command that )"
                           "exits with 0 once a node serves";
  const Json& json = in.Require("ready", what);
  if (!json.is_string()) {
    out->ready = in.CommandOf("ready", json);
    return;
  }
  static const std::regex kUrl(R"((tcp://\{ip\}:(\d+|\{\w+\})|http://\{ip\}:(\d+|\{\w+\})/.*))");
  out->ready_url = json.get<std::string>();
  if (!std::regex_match(out->ready_url, kUrl)) in.Expect("ready", what, json);
}

void ReadEnvironment(const DescriptionReader& in, UserDescription* out) {
  const std::string what = R"(texts by the variable's name, e.g. {"LOG_LEVEL": "debug"})";
  for (const auto& [name, value] : in.Object("environment", what).items()) {
    if (!value.is_string() || name.empty() || name.find('=') != std::string::npos) {
      in.Expect("environment", what, in.Object("environment", what));
    }
    out->environment[name] = value.get<std::string>();
  }
}

/// Each placeholder must be one that is known where the text is used.
void RequirePlaceholders(const DescriptionReader& in, const UserDescription& out) {
  std::vector<std::string> all = UserPlaceholders(),
                           peer = {"node", "id", "ip", "dir", "interface"};
  const auto add = [&](const std::string& name) {
    if (std::find(all.begin(), all.end(), name) != all.end()) {
      in.Fail("{" + name +
              "} is a placeholder already: choose another name in \"ports\" or \"settings\"");
    }
    all.push_back(name);
    peer.push_back(name);
  };
  for (const auto& [name, port] : out.ports) add(name);
  for (const TargetFlag& setting : out.settings) add(setting.name);
  const auto require = [&](const std::string& field, const Command& texts,
                           const std::vector<std::string>& known) {
    for (const std::string& text : texts) {
      for (const std::string& name : PlaceholdersIn(text)) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        in.Fail(UnknownWord("placeholder in \"" + field + "\"", name, known) + "\n  {{" + name +
                "}} is the text {" + name + "}");
      }
    }
  };
  for (const auto& [field, texts] :
       std::vector<std::pair<std::string, Command>>{{"check", out.check},
                                                    {"version", out.version},
                                                    {"start", out.start},
                                                    {"stop", out.stop},
                                                    {"leader", out.leader},
                                                    {"client", out.client},
                                                    {"ready", out.ready},
                                                    {"ready", {out.ready_url}}}) {
    require(field, texts, all);
  }
  require("peers", {out.peer}, peer);
  for (const auto& [name, text] : out.environment) require("environment", {text}, all);
}

Json ReadDescriptionFile(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw DescriptionError(file.string() + ": cannot be read");
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  Json json;
  try {
    json = ParseJson(text);
  } catch (const std::exception& error) {
    throw DescriptionError(file.string() + ": " + error.what());
  }
  if (json.is_object()) return json;
  throw DescriptionError(file.string() + ": must be an object that describes a store");
}

}  // namespace

const std::vector<std::string>& UserDescriptionFields() {
  static const std::vector<std::string> kFields = {
      "name",  "offers",   "start",  "ready",    "client",      "summary",
      "nodes", "ports",    "peers",  "settings", "environment", "log",
      "stop",  "not_root", "leader", "check",    "hint",        "version"};
  return kFields;
}

const std::vector<std::string>& UserPlaceholders() {
  static const std::vector<std::string> kPlaceholders = {
      "node", "id", "ip", "peers", "dir", "others", "data", "logs", "interface"};
  return kPlaceholders;
}

UserDescription ReadUserDescription(const std::filesystem::path& file) {
  UserDescription out;
  out.json = ReadDescriptionFile(file);
  out.file = std::filesystem::canonical(file);
  const DescriptionReader in(file, out.json);
  in.RequireKnown("", out.json, UserDescriptionFields());
  static const std::regex kTargetName("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  const std::string name = "a short name of letters, digits, '.', '_' and '-'";
  in.Require("name", name);
  out.name = in.Text("name", "");
  if (!std::regex_match(out.name, kTargetName)) in.Expect("name", name, out.name);
  out.summary = in.Text("summary", "described by " + out.file.string());
  out.offers = ReadOffers(in);
  if (const Json* nodes = in.Find("nodes")) out.nodes = in.Number("nodes", *nodes, 50);
  ReadPorts(in, &out);
  ReadSettings(in, &out);
  ReadPeers(in, &out);
  ReadEnvironment(in, &out);
  out.check = in.CommandOf("check");
  out.hint = in.Text("hint", "");
  out.version = in.CommandOf("version");
  out.start = in.CommandOf("start", in.Require("start", kCommandExpected));
  ReadStop(in, &out);
  ReadReady(in, &out);
  out.leader = in.CommandOf("leader");
  out.client = in.CommandOf("client", in.Require("client", kCommandExpected));
  out.log = in.Text("log", out.log);
  if (out.log.find('/') != std::string::npos) in.Expect("log", "a file's name", out.log);
  out.not_root = in.Flag("not_root");
  RequirePlaceholders(in, out);
  return out;
}

}  // namespace cleave
