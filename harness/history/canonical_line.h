// A line of history.jsonl in exactly the form that the Journal writes, read in two steps that two
// threads can share: the lexer passes over its bytes once, and CanonicalEvents interns what it
// found. Invariant: what they accept, JsonEventParser accepts too, with the same result (tested);
// any other line is left to that one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/history/event_collector.h"
#include "harness/history/recent_triples.h"

namespace cleave {

/// Values as words, a list or map behind its elements. The lowest three bits of a word are its
/// kind; the rest, signed, are
enum class CanonicalKind : uint8_t {
  kConstant,   // 0 null, 1 false, 2 true; 3: a whole value ends here
  kInt,        // the number
  kText,       // a string by PackText
  kString,     // a longer one: where it begins in the line (times 2^30), and its length
  kList,       // the number of elements
  kLooseList,  // of one that nobody compares (see ValueTable::LooseList): the number of elements
               // (times 2^11), and the place where it may be found again
  kFound,      // the place of a loose list that came before
  kMap,        // the number of keys and values
};
struct CanonicalTape {
  std::vector<int64_t> words;  // room that is used again
  size_t size = 0;             // the words of it that say something
};

/// What a line says beside its values. Those are on the tape: key, value, node, error, observed, of
/// which only the value is always there.
struct CanonicalLine {
  const char* text;  // where it begins
  size_t values;     // where they begin on the tape
  std::string_view function;
  uint64_t short_function;  // the same by PackText, 0 where it is longer
  int64_t index, time;
  int32_t process;
  EventType type;
  bool has_key, has_node, has_error, has_observed;
};

/// Of the lines of one history, in their order.
class CanonicalLexer {
 public:
  /// Lexes the line at `text`, which must end with a newline that TextSource::kPadding readable
  /// bytes follow, and appends its values to the tape. Returns the byte behind its newline, or null
  /// where the line is not canonical; the tape is then as it was. O(bytes).
  const char* Lex(const char* text, CanonicalLine* line, CanonicalTape* tape);

 private:
  RecentTriples recent_;  // micro-operations
};

/// All lines that a lexer has lexed become events of one history.
class CanonicalEvents {
 public:
  explicit CanonicalEvents(EventCollector* collector)
      : values_(&collector->values()), builder_(&collector->builder()) {}

  /// The event of a line. False, and nothing is interned, where nobody has named its function yet:
  /// the careful reader bounds how many names there are.
  bool Take(const CanonicalLine& line, const CanonicalTape& tape, RawEvent* event);

 private:
  /// Returns the word behind the value.
  const int64_t* Value(const char* line, const int64_t* word, ValueId* value);

  /// The line's function, from its text only where the line before had another one: the text lies
  /// in the cache of whoever lexed it.
  bool FindFunction(const CanonicalLine& line);

  ValueTable* values_;
  HistoryBuilder* builder_;
  uint64_t short_function_ = 0;  // of the line before
  FunctionId function_ = 0;
  std::vector<ValueId> found_ = std::vector<ValueId>(RecentTriples::kPlaces + 1);  // by place
  std::vector<ValueId> stack_;  // elements of lists that are open, reused
};

}  // namespace cleave
