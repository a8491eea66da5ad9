// The same history as JSON lines, as a JSON array and as EDN gets the same verdict, for the same
// reason, with the same evidence.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "checkers/checker.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

std::vector<Json> EventsOf(const std::filesystem::path& file) {
  std::vector<Json> events;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) events.push_back(ParseJson(line));
  return events;
}

/// Words become keywords, as Jepsen has them; other texts stay strings.
std::string ToEdn(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null: return "nil";
    case Json::value_t::string: {
      const std::string text = json;
      const bool word =
          text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-0123456789") == std::string::npos;
      return word && !text.empty() ? ":" + text : DumpJson(json);
    }
    case Json::value_t::array: {
      std::string edn = "[";
      for (const Json& element : json) edn += ToEdn(element) + " ";
      return edn + "]";
    }
    case Json::value_t::object: {
      std::string edn = "{";
      for (const auto& [name, value] : json.items()) edn += ToEdn(name) + " " + ToEdn(value) + ", ";
      return edn + "}";
    }
    default: return DumpJson(json);
  }
}

/// The texts of one history. In EDN a read completed with nil says nothing, and one with null does.
std::vector<std::string> Translations(const std::vector<Json>& events) {
  std::string lines, array, edn_lines, edn_vector, records;
  for (const Json& event : events) {
    lines += DumpJson(event) + "\n";
    array += (array.empty() ? "[" : ",\n") + DumpJson(event, 1);
    edn_lines += ToEdn(event) + "\n";
    edn_vector += (edn_vector.empty() ? "[" : "\n ") + ToEdn(event);
    records += "#jepsen.history.Op" + ToEdn(event) + " ; more\n";
  }
  return {lines, array + "]", edn_lines, edn_vector + "]", records};
}

/// What a person is told of it. Figures are left out: they count what a nil read does not say.
std::string Told(const CheckerInfo& checker, const History& history) {
  Json json = ToJson(RunChecker(checker, history, {}), history);
  json.erase("data");
  return DumpJson(json, 1);
}

TEST(Formats, TheSameHistoryHasTheSameVerdictAndEvidenceInAll) {
  int checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(CLEAVE_CHECKERS_DIR) / "testdata")) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".jsonl")) continue;
    const size_t dot = name.find('.');
    const CheckerInfo* checker =
        FindChecker(name.substr(dot + 1, name.find('.', dot + 1) - dot - 1));
    ASSERT_NE(checker, nullptr) << name;
    const std::string told = Told(*checker, ReadHistory(entry.path()));
    for (const std::string& text : Translations(EventsOf(entry.path()))) {
      EXPECT_EQ(Told(*checker, ReadHistoryText(text, "h")), told) << text;
      ++checked;
    }
  }
  EXPECT_GE(checked, 40);
}

TEST(Formats, ElleCliTellsTheSameInEdnAndJson) {
  const std::filesystem::path folder = std::filesystem::path(CLEAVE_SHARED_HISTORIES) / "elle-cli";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recorded histories in " << folder;
  const struct {
    const char *name, *model;
  } pairs[] = {{"paper-example", "list-append"}, {"rw-register", "rw-register"}, {"bank", "bank"}};
  for (const auto& [name, model] : pairs) {
    const CheckerInfo* checker = FindChecker(model);
    if (checker == nullptr) continue;
    EXPECT_EQ(Told(*checker, ReadHistory(folder / (std::string(name) + ".edn"))),
              Told(*checker, ReadHistory(folder / (std::string(name) + ".json"))))
        << name;
  }
}

TEST(Formats, ANilReadOfAnEdnRegisterConstrainsNothingAndANullReadOfAJsonOneDoes) {
  const std::string edn =
      "{:process 0, :type :invoke, :f :write, :value 1}\n"
      "{:process 0, :type :ok, :f :write, :value 1}\n"
      "{:process 0, :type :invoke, :f :read, :value nil}\n"
      "{:process 0, :type :ok, :f :read, :value nil}\n";
  const std::string json =
      R"({"process":0,"type":"invoke","f":"write","value":1}
         {"process":0,"type":"ok","f":"write","value":1}
         {"process":0,"type":"invoke","f":"read","value":null}
         {"process":0,"type":"ok","f":"read","value":null})";
  const CheckerInfo& checker = *FindChecker("cas-register");
  EXPECT_EQ(RunChecker(checker, ReadHistoryText(edn, "h"), {}).verdict, Verdict::kValid);
  EXPECT_EQ(RunChecker(checker, ReadHistoryText(json, "h"), {}).verdict, Verdict::kInvalid);
}

}  // namespace
}  // namespace cleave
