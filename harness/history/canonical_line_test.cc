// The fast reader agrees with the careful one, and damage to a file is never silent.
#include "harness/history/canonical_line.h"

#include <gtest/gtest.h>

#include <random>

#include "harness/history/journal.h"
#include "harness/history/json_event.h"
#include "harness/history/text_source.h"

namespace cleave {
namespace {

Json RandomValue(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 3 ? 6 : 8)) {
    case 0: return nullptr;
    case 1: return random() % 2 == 0;
    case 2: return static_cast<int64_t>(random());
    case 3: return random() % 1000;
    case 4: return std::string(random() % 4, static_cast<char>('!' + random() % 90));
    case 5: return random() % 8 == 0 ? Json(1.5) : Json("caf\xc3\xa9");
    case 6: {
      Json list = Json::array();
      for (auto n = random() % 4; n > 0; --n) list.push_back(RandomValue(random, depth + 1));
      return list;
    }
    default: {
      Json map = Json::object();
      for (auto n = random() % 3; n > 0; --n) {
        map["m" + std::to_string(n)] = RandomValue(random, depth + 1);
      }
      return map;
    }
  }
}

std::string RandomLine(std::mt19937_64& random) {
  constexpr const char* kNames[] = {"read", "write", "cas", "txn"};
  Event event;
  event.index = static_cast<int64_t>(random() % 1000);
  event.time = static_cast<int64_t>(random() % 1'000'000'000'000);
  event.process = static_cast<int32_t>(random() % 6) - 1;
  event.type = static_cast<EventType>(random() % 4);
  event.f = kNames[random() % 4];
  if (random() % 2) event.key = RandomValue(random, 3);
  event.value = RandomValue(random, 0);
  if (random() % 2) event.node = "n" + std::to_string(random() % 5);
  if (random() % 4 == 0) event.error = RandomValue(random, 2);
  if ((event.has_observed = random() % 4 == 0)) event.observed = RandomValue(random, 2);
  std::string line;
  AppendJsonLine(event, &line);
  return line;
}

void Mutate(std::mt19937_64& random, std::string* line) {
  constexpr std::string_view kBytes = "0123456789{}[]\",:\\ntfe.-+ \x01\x80\xff";
  for (auto n = random() % 3 + 1; n > 0; --n) {
    const size_t at = random() % (line->size() - 1);
    switch (random() % 3) {
      case 0: (*line)[at] = kBytes[random() % kBytes.size()]; break;
      case 1: line->insert(at, 1, kBytes[random() % kBytes.size()]); break;
      default:
        if (line->size() > 2) line->erase(at, 1);
        break;
    }
  }
}

/// By its text where it may hold loose lists, of which equal ones may differ in their ids.
auto Fields(const ValueTable& values, const RawEvent& e) {
  const bool loose = e.function == kTxn;
  return std::tuple(e.type, e.process, e.function, e.has_function, e.key, loose ? kNull : e.value,
                    loose ? values.ToText(e.value) : "", e.error, e.observed, e.node, e.time);
}

/// Both steps. `padded` is a line and its padding. Returns the byte behind it, or null.
const char* ReadFast(const std::string& padded, EventCollector* collector, RawEvent* event,
                     int64_t* index) {
  CanonicalLine line;
  CanonicalTape tape;
  const char* const end = CanonicalLexer().Lex(padded.data(), &line, &tape);
  if (end == nullptr) {
    EXPECT_EQ(tape.size, 0u) << padded;
    return nullptr;
  }
  *index = line.index;
  return CanonicalEvents(collector).Take(line, tape, event) ? end : nullptr;
}

TEST(CanonicalLine, WhatItAcceptsTheCarefulReaderReadsTheSame) {
  std::mt19937_64 random(1);
  EventCollector collector("h");
  JsonEventParser careful(&collector);
  size_t accepted = 0, accepted_mutants = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string line = RandomLine(random);
    const bool mutant = i % 2 == 1;
    if (mutant) Mutate(random, &line);
    const std::string padded = line + std::string(TextSource::kPadding, '\0');
    RawEvent quick, thorough;
    int64_t index = -1;
    const char* end = ReadFast(padded, &collector, &quick, &index);
    if (end == nullptr) continue;
    const size_t length = static_cast<size_t>(end - padded.data());
    std::optional<int64_t> careful_index;
    const auto problem =
        careful.Parse(std::string_view(padded).substr(0, length), &thorough, &careful_index);
    ASSERT_FALSE(problem) << *problem << "\n" << line;
    const ValueTable& values = collector.values();
    ASSERT_EQ(Fields(values, quick), Fields(values, thorough)) << line;
    ASSERT_EQ(careful_index, index) << line;
    ++(mutant ? accepted_mutants : accepted);
  }
  EXPECT_GT(accepted, 20'000u);
  EXPECT_GT(accepted_mutants, 500u);
}

TEST(CanonicalLine, TakesWhatTheJournalWritesForIntegerRegisters) {
  Event event;
  event.f = "write";
  event.key = "k4";
  event.value = 17;
  event.node = "n2";
  std::string line;
  AppendJsonLine(event, &line);
  const size_t length = line.size();
  line.append(TextSource::kPadding, '\0');
  EventCollector collector("h");
  RawEvent out;
  int64_t index;
  EXPECT_EQ(ReadFast(line, &collector, &out, &index), line.data() + length);
}

// Every line of a damaged file is an event, an error, or a warning; nothing crashes.
/// Each costs a hundred times as much where every byte is watched.
#ifdef __SANITIZE_ADDRESS__
constexpr int kDamages = 3'000;
#else
constexpr int kDamages = 30'000;
#endif

TEST(ReaderFuzz, RandomDamageNeverCrashesAndNeverLosesALineSilently) {
  std::mt19937_64 random(2);
  std::string whole;
  constexpr size_t kEvents = 12;
  Event event;
  for (size_t i = 0; i < kEvents; ++i) {
    event.index = static_cast<int64_t>(i);
    event.process = static_cast<int32_t>(i / 2 % 3);
    event.type = i % 2 == 0 ? EventType::kInvoke : EventType::kOk;
    event.f = "txn";
    event.value = ParseJson(R"([["append","x",)" + std::to_string(i) + R"(],["r","y",[1,2]]])");
    AppendJsonLine(event, &whole);
  }
  size_t errors = 0;
  for (int i = 0; i < kDamages; ++i) {
    std::string text = whole;
    for (auto n = random() % 3 + 1; n > 0; --n) {
      const size_t at = random() % text.size();
      if (random() % 2)
        text[at] = static_cast<char>(random());
      else
        text.erase(at, 1 + random() % 3);
    }
    const size_t lines =
        static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + (text.back() != '\n');
    try {
      const History h = ReadHistoryText(text, "h");
      // A newline that turned into a blank makes two events one malformed line, never one event.
      ASSERT_TRUE(h.event_count() == lines || !h.warnings().empty()) << text;
    } catch (const HistoryError&) {
      ++errors;
    }
  }
  EXPECT_GT(errors, static_cast<size_t>(kDamages / 3));
}

TEST(ReaderFuzz, RandomDamageToAnArrayNeverCrashes) {
  std::mt19937_64 random(3);
  std::string whole = "[";
  for (int i = 0; i < 8; ++i) {
    whole += R"({"process":)" + std::to_string(i / 2) + R"(,"type":")" + (i % 2 ? "ok" : "invoke") +
             R"(","f":"add","value":[")" + std::to_string(i) +
             R"(\"]"]},)"
             "\n";
  }
  whole.replace(whole.size() - 2, 2, "]\n");
  EXPECT_EQ(ReadHistoryText(whole, "h").event_count(), 8u);
  size_t read = 0;
  for (int i = 0; i < kDamages; ++i) {
    std::string text = whole;
    const size_t at = random() % text.size();
    if (random() % 2)
      text[at] = static_cast<char>(random());
    else
      text.resize(at);
    try {
      read += ReadHistoryText(text, "h").event_count() == 8;
    } catch (const HistoryError&) {
    }
  }
  EXPECT_GT(read, 0u);
}

}  // namespace
}  // namespace cleave
