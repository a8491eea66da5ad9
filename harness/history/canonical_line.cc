// The fast reader of canonical lines. Every function of the lexer takes the position and returns
// the one behind what it read, or null. A newline ends every loop: the only one in a canonical line
// is its last byte.
#include "harness/history/canonical_line.h"

#include <cstring>

namespace cleave {
namespace {

constexpr int kMaxCanonicalDepth = 32;
constexpr int kTransactionDepth = 2;  // of a transaction and its micro-operations

// Where `literal` stands at p, the position behind it. Reads at most its length: within the
// padding.
template <size_t N>
inline const char* Literal(const char* p, const char (&literal)[N]) {
  return std::memcmp(p, literal, N - 1) == 0 ? p + (N - 1) : nullptr;
}

inline bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// An integer of at most 18 digits, without a leading zero, that nothing of a float follows.
inline const char* Integer(const char* p, int64_t* value) {
  const bool negative = *p == '-';
  p += negative;
  const char* first = p;
  int64_t number = 0;
  for (; IsDigit(*p) && p - first < 18; ++p) number = number * 10 + (*p - '0');
  if (p == first || (*first == '0' && p - first > 1)) return nullptr;
  if (IsDigit(*p) || *p == '.' || *p == 'e' || *p == 'E') return nullptr;
  *value = negative ? -number : number;
  return p;
}

// A string of printable ASCII without escapes; p is behind its opening quote.
inline const char* PlainString(const char* p, std::string_view* text) {
  const char* first = p;
  for (;; ++p) {
    const auto c = static_cast<signed char>(*p);
    if (c == '"') break;
    if (c < 0x20 || c == '\\') return nullptr;  // also >= 0x80
  }
  *text = std::string_view(first, static_cast<size_t>(p - first));
  return p + 1;
}

constexpr uint64_t kEachByte = 0x0101010101010101ULL, kHighBits = 0x80 * kEachByte;

/// Its lowest bit is the high bit of the first byte that is 0; 0 where there is none.
constexpr uint64_t ZeroBytes(uint64_t word) { return (word - kEachByte) & ~word & kHighBits; }

/// A plain string of at most kMaxShortText bytes by PackText, eight bytes at once: most names end
/// before a loop over them has paid off. 0 where there is none. p is behind its opening quote.
inline uint64_t ShortString(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);  // little-endian, as PackText packs
  const uint64_t quote = ZeroBytes(word ^ '"' * kEachByte);
  if (quote == 0) return 0;
  const auto size = static_cast<unsigned>(__builtin_ctzll(quote)) / 8;
  const uint64_t inside = (uint64_t{1} << 8 * size) - 1;
  const uint64_t text = (word & inside) | (' ' * kEachByte & ~inside);
  const uint64_t control = (text - ' ' * kEachByte) & ~text;
  if (((control | text) & kHighBits) != 0 || ZeroBytes(text ^ '\\' * kEachByte) != 0) return 0;
  return (word & inside) << 4 | (size + 1);
}

const char* Type(const char* p, EventType* type) {
  if (const char* q = Literal(p, "invoke\"")) return *type = EventType::kInvoke, q;
  if (const char* q = Literal(p, "ok\"")) return *type = EventType::kOk, q;
  if (const char* q = Literal(p, "fail\"")) return *type = EventType::kFail, q;
  if (const char* q = Literal(p, "info\"")) return *type = EventType::kInfo, q;
  return nullptr;
}

const char* Process(const char* p, int32_t* process) {
  if (*p == '"') return *process = kNemesis, Literal(p, "\"nemesis\"");
  int64_t number = 0;
  p = Integer(p, &number);
  if (p == nullptr || number < 0 || number > INT32_MAX) return nullptr;
  *process = static_cast<int32_t>(number);
  return p;
}

constexpr unsigned kKindBits = 3, kLengthBits = 30, kPlaceBits = RecentTriples::kPlaceBits + 1;
constexpr int64_t kEnd = 3;  // a kConstant

constexpr int64_t Word(CanonicalKind kind, int64_t payload) {
  return payload * (1 << kKindBits) + static_cast<int64_t>(kind);
}

/// Values of one line.
class ValueLexer {
 public:
  ValueLexer(const char* line, CanonicalTape* tape, RecentTriples* recent)
      : line_(line), tape_(tape), recent_(recent), next_(tape->words.data() + tape->size) {
    limit_ = tape->words.data() + tape->words.size();
  }

  /// A whole value; its lists that are nested less than `loose_depth` deep are loose.
  const char* Whole(const char* p, int loose_depth) {
    loose_depth_ = loose_depth;
    p = Value(p, 0);
    Push(CanonicalKind::kConstant, kEnd);
    return p;
  }

  /// The line is canonical: what was pushed stays.
  void Keep() { tape_->size = Size(); }

 private:
  size_t Size() const { return static_cast<size_t>(next_ - tape_->words.data()); }

  void Push(CanonicalKind kind, int64_t payload) {
    if (next_ == limit_) Grow();
    *next_++ = Word(kind, payload);
  }

  [[gnu::noinline]] void Grow() {
    const size_t size = Size();
    tape_->words.resize(2 * size + 1024);
    next_ = tape_->words.data() + size;
    limit_ = tape_->words.data() + tape_->words.size();
  }

  const char* String(const char* p) {
    if (const uint64_t packed = ShortString(p)) {
      Push(CanonicalKind::kText, static_cast<int64_t>(packed));
      return p + (packed & 15);  // the quote too
    }
    std::string_view text;
    p = PlainString(p, &text);
    if (p == nullptr || text.size() >> kLengthBits != 0 || text.data() - line_ > INT32_MAX)
      return nullptr;
    ++long_strings_;
    Push(CanonicalKind::kString,
         (text.data() - line_) << kLengthBits | static_cast<int64_t>(text.size()));
    return p;
  }

  const char* Number(const char* p) {
    int64_t number = 0;
    p = Integer(p, &number);
    Push(CanonicalKind::kInt, number);
    return p;
  }

  const char* List(const char* p, int depth) {
    const size_t begin = Size(), long_strings = long_strings_;
    int64_t size = 0;
    if (*p == ']') {
      ++p;
    } else {
      for (;;) {
        p = IsDigit(*p) ? Number(p) : Value(p, depth + 1);
        if (p == nullptr) return nullptr;
        ++size;
        const char c = *p++;
        if (c == ']') break;
        if (c != ',') return nullptr;
      }
    }
    if (depth >= loose_depth_) {
      Push(CanonicalKind::kList, size);
    } else if (depth + 1 == loose_depth_ && Size() - begin == 3 && long_strings == long_strings_) {
      Triple(begin, size);
    } else {  // places mean one thing now and another later, and long strings only in their line
      Push(CanonicalKind::kLooseList, size << kPlaceBits | RecentTriples::kPlaces);
    }
    return p;
  }

  /// Closes a list of three words, which begin at `begin`: one word instead of them, if it is
  /// known.
  void Triple(size_t begin, int64_t size) {
    const auto place = recent_->Put(tape_->words.data() + begin);
    if (place.known) {
      next_ = tape_->words.data() + begin;
      Push(CanonicalKind::kFound, place.number);
    } else {
      Push(CanonicalKind::kLooseList, size << kPlaceBits | place.number);
    }
  }

  const char* Map(const char* p, int depth) {
    int64_t size = 0;
    if (*p == '}') {
      ++p;
    } else {
      for (;;) {
        if (*p != '"' || (p = String(p + 1)) == nullptr || *p != ':') return nullptr;
        if ((p = Value(p + 1, depth + 1)) == nullptr) return nullptr;
        size += 2;
        const char c = *p++;
        if (c == '}') break;
        if (c != ',') return nullptr;
      }
    }
    Push(CanonicalKind::kMap, size);
    return p;
  }

  const char* Value(const char* p, int depth) {
    switch (*p) {
      case 'n': return Push(CanonicalKind::kConstant, 0), Literal(p, "null");
      case 'f': return Push(CanonicalKind::kConstant, 1), Literal(p, "false");
      case 't': return Push(CanonicalKind::kConstant, 2), Literal(p, "true");
      case '[': return depth < kMaxCanonicalDepth ? List(p + 1, depth) : nullptr;
      case '{': return depth < kMaxCanonicalDepth ? Map(p + 1, depth) : nullptr;
      case '"': return String(p + 1);
      default: return Number(p);
    }
  }

  const char* const line_;
  CanonicalTape* const tape_;
  RecentTriples* const recent_;
  int64_t *next_, *limit_;
  int loose_depth_ = 0;
  size_t long_strings_ = 0;
};

const char* LexLine(const char* p, CanonicalLine* line, CanonicalTape* tape,
                    RecentTriples* recent) {
  ValueLexer lexer(p, tape, recent);
  line->text = p;
  line->values = tape->size;
  if ((p = Literal(p, "{\"index\":")) == nullptr) return nullptr;
  if ((p = Integer(p, &line->index)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"time\":")) == nullptr) return nullptr;
  if ((p = Integer(p, &line->time)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"process\":")) == nullptr) return nullptr;
  if ((p = Process(p, &line->process)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"type\":\"")) == nullptr) return nullptr;
  if ((p = Type(p, &line->type)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"f\":\"")) == nullptr) return nullptr;
  if ((p = PlainString(p, &line->function)) == nullptr) return nullptr;
  line->short_function = line->function.size() <= kMaxShortText ? PackText(line->function) : 0;
  const auto whole = [&](const char* q, int loose_depth) {
    p = q == nullptr ? nullptr : lexer.Whole(q, loose_depth);
    return p != nullptr;
  };
  const char* q = Literal(p, ",\"key\":");
  if ((line->has_key = q != nullptr) && !whole(q, 0)) return nullptr;
  const int loose_depth = line->short_function == PackText("txn") ? kTransactionDepth : 0;
  if (!whole(Literal(p, ",\"value\":"), loose_depth)) return nullptr;
  q = Literal(p, ",\"node\":\"");
  if ((line->has_node = q != nullptr) && !whole(q - 1, 0)) return nullptr;
  q = Literal(p, ",\"error\":");
  if ((line->has_error = q != nullptr) && (*q == 'n' || !whole(q, 0))) return nullptr;
  q = Literal(p, ",\"observed\":");
  if ((line->has_observed = q != nullptr) && !whole(q, 0)) return nullptr;
  if ((p = Literal(p, "}\n")) != nullptr) lexer.Keep();
  return p;
}

}  // namespace

const char* CanonicalLexer::Lex(const char* text, CanonicalLine* line, CanonicalTape* tape) {
  const uint64_t before = recent_.puts();
  const char* const end = LexLine(text, line, tape, &recent_);
  // Nobody will intern what was met here.
  if (end == nullptr && recent_.puts() != before) recent_.Forget();
  return end;
}

const int64_t* CanonicalEvents::Value(const char* line, const int64_t* word, ValueId* value) {
  ValueId* top = stack_.data();  // behind the last element
  const auto pop = [&](int64_t size, auto make) {
    top -= size;
    *top = (values_->*make)({top, static_cast<size_t>(size)});
    return *top++;
  };
  for (;; ++word) {
    const int64_t payload = *word >> kKindBits;
    switch (static_cast<CanonicalKind>(*word & ((1 << kKindBits) - 1))) {
      case CanonicalKind::kConstant:
        if (payload == kEnd) return *value = stack_[0], word + 1;
        *top++ = payload == 0 ? kNull : values_->Bool(payload == 2);
        break;
      case CanonicalKind::kInt: *top++ = values_->Int(payload); break;
      case CanonicalKind::kText:
        *top++ = values_->ShortString(static_cast<uint64_t>(payload));
        break;
      case CanonicalKind::kString: {
        const auto length = static_cast<size_t>(payload) & ((size_t{1} << kLengthBits) - 1);
        *top++ = values_->String({line + (payload >> kLengthBits), length});
        break;
      }
      case CanonicalKind::kList: pop(payload, &ValueTable::List); break;
      case CanonicalKind::kLooseList: {
        const auto place = static_cast<size_t>(payload) % (size_t{1} << kPlaceBits);
        const bool fresh = place != RecentTriples::kPlaces;  // or it would have been found
        found_[place] =
            pop(payload >> kPlaceBits, fresh ? &ValueTable::NewList : &ValueTable::LooseList);
        break;
      }
      case CanonicalKind::kFound: *top++ = found_[static_cast<size_t>(payload)]; break;
      case CanonicalKind::kMap: pop(payload, &ValueTable::Map); break;
    }
  }
}

bool CanonicalEvents::FindFunction(const CanonicalLine& line) {
  if (line.short_function != 0 && line.short_function == short_function_) return true;
  const auto function = builder_->FindFunction(line.function);
  if (!function) return false;
  function_ = *function;
  short_function_ = line.short_function;
  return true;
}

bool CanonicalEvents::Take(const CanonicalLine& line, const CanonicalTape& tape, RawEvent* event) {
  if (!FindFunction(line)) return false;
  *event = RawEvent();
  event->function = function_;
  event->type = line.type;
  event->process = line.process;
  event->time = line.time;
  const int64_t* word = tape.words.data() + line.values;
  if (stack_.size() < tape.size) stack_.resize(tape.size);  // no value has more parts
  if (line.has_key) word = Value(line.text, word, &event->key);
  word = Value(line.text, word, &event->value);
  if (line.has_node) word = Value(line.text, word, &event->node);
  if (line.has_error) word = Value(line.text, word, &event->error);
  if (line.has_observed) Value(line.text, word, &event->observed);
  return true;
}

}  // namespace cleave
