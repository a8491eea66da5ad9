// Reads EDN (github.com/edn-format/edn, and what Clojure prints beyond it) into interned values, in
// one pass over its bytes. Values become what JSON makes of them, so that the same history in both
// is the same history: keywords, symbols and characters are strings; lists, vectors and sets are
// lists (a set's in the order of its ids, as equal sets must be equal); the keys of maps are
// strings. Tags are dropped. Invariant: no byte is looked at twice unless the text ended too early,
// and nothing is allocated per value once warm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/history/value.h"

namespace cleave {

/// A position goes in and the one behind what was read comes out, or null: then either the text
/// ended inside (ended(): more of it may help) or it is wrong (problem()). Behind the text lie
/// TextSource::kPadding zero bytes. Recursion is bounded by kMaxDepth.
class EdnScanner {
 public:
  static constexpr int kMaxDepth = 1024;

  explicit EdnScanner(ValueTable* values) : values_(values) {}

  /// What follows is read from a text that ends at `end`, from line `line` on.
  void Begin(const char* end, size_t line);

  /// Past blanks, commas, comments and discarded forms.
  const char* Blank(const char* p) {
    p += *p == ',';  // mostly there is one space, or a comma and one
    p += *p == ' ';
    if (static_cast<unsigned char>(*p) > ' ' && *p != ',' && *p != ';' && *p != '#') return p;
    return SlowBlank(p);
  }
  /// The value that begins at p.
  const char* Value(const char* p, ValueId* value);
  /// The same of a transaction: it and its micro-operations are loose lists.
  const char* Transaction(const char* p, ValueId* value);
  /// The same, and interns nothing.
  const char* Skip(const char* p);
  /// An integer of at most 18 digits, or null without a problem where there is none.
  const char* Integer(const char* p, int64_t* value) const;
  /// A keyword's or symbol's text, its colons included.
  const char* Token(const char* p, std::string_view* text);
  /// True where p begins a tagged form: #name form.
  static bool AtTag(const char* p);
  /// The tag at p, and where its form begins.
  const char* Tag(const char* p, std::string_view* name);

  bool AtEnd(const char* p) const { return p >= end_; }
  /// The line of the last position that came out, or of the problem.
  size_t line() const { return line_; }
  bool ended() const { return ended_; }
  const char* problem() const { return problem_; }
  const char* problem_at() const { return problem_at_; }
  /// Notes what is wrong at p, and is null.
  const char* Fail(const char* p, const char* problem);

 private:
  const char* SlowBlank(const char* p);
  const char* Comment(const char* p);
  const char* Discard(const char* p);
  const char* Elements(const char* p, char close);
  const char* Sequence(const char* p, char close, ValueId* value);
  const char* Set(const char* p, ValueId* value);
  const char* Map(const char* p, ValueId* value);
  const char* Hash(const char* p, ValueId* value);
  const char* String(const char* p, ValueId* value);
  const char* EscapedString(const char* first, const char* p, ValueId* value);
  const char* Character(const char* p, ValueId* value);
  const char* Number(const char* p, ValueId* value);
  const char* Symbol(const char* p, ValueId* value);
  const char* Text(const char* at, std::string_view text, ValueId* value);
  const char* Enter(const char* p);
  const char* Ended() {
    ended_ = true;
    return nullptr;
  }
  ValueId Name(ValueId key);

  ValueTable* values_;
  const char* end_ = nullptr;
  size_t line_ = 0;
  int depth_ = 0;
  int loose_depth_ = 0;  // lists that are nested less deep are loose
  int skipping_ = 0;     // forms that are read for nothing
  bool ended_ = false;
  const char* problem_ = nullptr;
  const char* problem_at_ = nullptr;
  std::vector<ValueId> stack_;  // elements of the lists that are open, reused
  std::string unescaped_;       // reused
};

}  // namespace cleave
