// Files that describe a store, and what is said of those that do not.
#include "targets/user/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace cleave {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kWhole = R"({
  "name": "mine", "summary": "my store", "nodes": 3,
  "offers": {"register": ["read", "write"], "set": ["add", "read"]},
  "ports": {"port": 7000, "peer_port": 7001},
  "peers": {"each": "{node}=http://{ip}:{peer_port}", "separator": " "},
  "settings": {"quorum": ["1", "2"]},
  "environment": {"MODE": "{quorum}"},
  "check": ["./mine", "--check"], "hint": "make", "version": ["./mine", "--version"],
  "start": ["./mine", "{node}", "{id}", "{peers}", "{others}", "{data}", "{logs}", "{dir}"],
  "log": "mine.log", "not_root": true, "stop": "SIGINT",
  "ready": "http://{ip}:{port}/health", "leader": ["./mine", "leads", "{ip}"],
  "client": ["./client", "{interface}", "{ip}", "{port}"]
})";

class UserDescriptionTest : public testing::Test {
 protected:
  UserDescriptionTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "cleave-store-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = std::filesystem::canonical(pattern);
  }
  ~UserDescriptionTest() override { std::filesystem::remove_all(directory_); }

  UserDescription Read(const std::string& text) {
    std::ofstream(directory_ / "mine.json") << text;
    return ReadUserDescription(directory_ / "mine.json");
  }
  /// What is said of the whole file with one field replaced; null: without it.
  std::string Refusal(const std::string& field, const Json& value) {
    Json json = ParseJson(kWhole);
    if (value.is_null()) {
      json.erase(field);
    } else {
      json[field] = value;
    }
    return RefusalOf(DumpJson(json));
  }
  std::string RefusalOf(const std::string& text) {
    try {
      Read(text);
    } catch (const DescriptionError& error) {
      return error.what();
    }
    return "";
  }

  std::filesystem::path directory_;
};

TEST_F(UserDescriptionTest, EveryFieldIsRead) {
  const UserDescription mine = Read(kWhole);
  EXPECT_EQ(mine.file, directory_ / "mine.json");
  EXPECT_EQ(mine.name, "mine");
  EXPECT_EQ(mine.summary, "my store");
  EXPECT_EQ(mine.nodes, 3);
  ASSERT_EQ(mine.offers.size(), 2u);
  EXPECT_EQ(mine.offers[0].functions, (std::vector<std::string>{"read", "write"}));
  EXPECT_EQ(mine.ports.at("peer_port"), 7001);
  EXPECT_EQ(mine.peer, "{node}=http://{ip}:{peer_port}");
  EXPECT_EQ(mine.separator, " ");
  ASSERT_EQ(mine.settings.size(), 1u);
  EXPECT_EQ(mine.settings[0].values, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(mine.environment.at("MODE"), "{quorum}");
  EXPECT_EQ(mine.start.size(), 8u);
  EXPECT_EQ(mine.log, "mine.log");
  EXPECT_TRUE(mine.not_root);
  EXPECT_EQ(mine.stop_signal, SIGINT);
  EXPECT_EQ(mine.ready_url, "http://{ip}:{port}/health");
  EXPECT_EQ(mine.leader.size(), 3u);
  EXPECT_EQ(mine.json, ParseJson(kWhole));
}

TEST_F(UserDescriptionTest, FourFieldsAndAClientAreEnough) {
  const UserDescription mine = Read(
      R"({"name": "m", "offers": {"set": ["add", "read"]}, "start": ["./m"],
          "ready": ["true"], "client": ["./c"]})");
  EXPECT_EQ(mine.nodes, 0);
  EXPECT_EQ(mine.stop_signal, SIGTERM);
  EXPECT_EQ(mine.log, "server.log");
  EXPECT_EQ(mine.ready, Command{"true"});
  EXPECT_EQ(mine.peer, "{ip}");
}

TEST_F(UserDescriptionTest, WhatIsNeededAndMissingIsNamedWithWhatItMustBe) {
  for (const char* field : {"name", "offers", "start", "ready", "client"}) {
    EXPECT_THAT(Refusal(field, nullptr),
                HasSubstr("mine.json: \"" + std::string(field) + "\" is missing: it must be "));
  }
}

TEST_F(UserDescriptionTest, AnUnknownWordIsRefusedWithTheNearestRightOne) {
  EXPECT_THAT(Refusal("sart", Json::array({"x"})),
              AllOf(HasSubstr("mine.json: unknown field 'sart'"), HasSubstr("mean 'start'?")));
  EXPECT_THAT(Refusal("peers", {{"seperator", ","}}),
              HasSubstr("unknown field of \"peers\" 'seperator': did you mean 'separator'?"));
  EXPECT_THAT(Refusal("offers", {{"registre", {"read"}}}),
              HasSubstr("unknown data type in \"offers\" 'registre': did you mean 'register'?"));
  EXPECT_THAT(Refusal("offers", {{"register", {"raed"}}}),
              HasSubstr("unknown function of \"register\" in \"offers\" 'raed': did you mean"));
  EXPECT_THAT(Refusal("stop", "SIGTREM"), HasSubstr("did you mean 'SIGTERM'?"));
  EXPECT_THAT(Refusal("client", Json::array({"./c", "{prot}"})),
              AllOf(HasSubstr("unknown placeholder in \"client\" 'prot': did you mean 'port'?"),
                    HasSubstr("{{prot}} is the text {prot}")));
  EXPECT_THAT(Refusal("peers", {{"each", "{data}"}}), HasSubstr("placeholder in \"peers\""));
  EXPECT_THAT(Refusal("environment", {{"X", "{nod}"}}),
              HasSubstr("placeholder in \"environment\""));
}

TEST_F(UserDescriptionTest, AFieldOfAnotherTypeIsNamedWithWhatIsExpectedAndWhatIsThere) {
  const std::vector<std::pair<std::string, Json>> wrong = {
      {"name", "two words"},
      {"name", 5},
      {"summary", 5},
      {"offers", Json::array({"register"})},
      {"offers", Json::object()},
      {"offers", {{"register", "read"}}},
      {"nodes", 0},
      {"nodes", 51},
      {"nodes", "3"},
      {"ports", {{"port", 70000}}},
      {"ports", {{"the port", 7000}}},
      {"ports", 7000},
      {"peers", {{"each", 5}}},
      {"settings", {{"quorum", 1}}},
      {"settings", {{"quorum", Json::array()}}},
      {"environment", {{"A=B", "x"}}},
      {"environment", {{"A", 1}}},
      {"start", "./mine --port 7000"},
      {"start", Json::array()},
      {"start", Json::array({""})},
      {"start", Json::array({"./mine", 5})},
      {"log", "logs/mine.log"},
      {"not_root", "yes"},
      {"stop", 15},
      {"ready", "http://localhost:80/"},
      {"ready", "http://{ip}:{port}"},
      {"ready", "udp://{ip}:{port}"},
      {"ready", true}};
  for (const auto& [field, value] : wrong) {
    EXPECT_THAT(Refusal(field, value), AllOf(HasSubstr("mine.json: \"" + field),
                                             HasSubstr(" must be "), HasSubstr(", not ")))
        << field << " " << value;
  }
}

TEST_F(UserDescriptionTest, NamesOfPlaceholdersMeanOneThing) {
  EXPECT_THAT(Refusal("ports", {{"ip", 7000}}), HasSubstr("{ip} is a placeholder already"));
  EXPECT_THAT(Refusal("settings", {{"port", {"1"}}}), HasSubstr("{port} is a placeholder already"));
}

TEST_F(UserDescriptionTest, AFileThatIsNoJsonSaysWhere) {
  EXPECT_THAT(RefusalOf("{\n \"name\": mine\n}"),
              AllOf(HasSubstr("mine.json: "), HasSubstr("line 2")));
  EXPECT_THAT(RefusalOf("[]"), HasSubstr("must be an object"));
  EXPECT_THROW(ReadUserDescription(directory_ / "none.json"), DescriptionError);
}

}  // namespace
}  // namespace cleave
