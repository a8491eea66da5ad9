// See edn_scanner.h. A zero byte ends every loop: it is either the padding behind the text or
// wrong.
#include "harness/history/edn_scanner.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/history/edn_text.h"

namespace cleave {
namespace {

// What ends a keyword, symbol or number: a blank, a bracket, a quote, a comment, a control byte.
constexpr std::array<bool, 256> kDelimiter = [] {
  std::array<bool, 256> table{};
  for (size_t c = 0; c <= ' '; ++c) table[c] = true;
  for (const char c : {',', '(', ')', '[', ']', '{', '}', '"', ';', '\\'}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

inline bool IsDelimiter(char c) { return kDelimiter[static_cast<unsigned char>(c)]; }
inline bool IsDecimal(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// True where what the text ends with may yet become an escape.
bool IsCutEscape(const char* p, const char* end) {
  const std::string_view rest(p, static_cast<size_t>(end - p));
  return rest.find_first_not_of("\\u0123456789abcdefABCDEF") == std::string_view::npos;
}

constexpr const char* kNotUtf8 = "not UTF-8";
constexpr const char* kNul = "a NUL byte: the file is binary or damaged";

}  // namespace

void EdnScanner::Begin(const char* end, size_t line) {
  end_ = end;
  line_ = line;
  depth_ = skipping_ = 0;
  ended_ = false;
  problem_ = problem_at_ = nullptr;
  stack_.clear();
}

const char* EdnScanner::Fail(const char* p, const char* problem) {
  if (AtEnd(p)) return Ended();
  problem_ = *p == '\0' ? kNul : problem;
  problem_at_ = p;
  return nullptr;
}

const char* EdnScanner::Enter(const char* p) {
  if (++depth_ > kMaxDepth) return Fail(p, "nested deeper than 1,024 levels");
  return p;
}

const char* EdnScanner::SlowBlank(const char* p) {
  while (p != nullptr) {
    switch (*p) {
      case '\n': ++line_; [[fallthrough]];
      case ' ':
      case ',':
      case '\t':
      case '\r':
      case '\f': ++p; break;
      case ';': p = Comment(p); break;
      case '#':
        if (p[1] != '_') return p;
        p = Discard(p);
        break;
      default: return p;
    }
  }
  return nullptr;
}

const char* EdnScanner::Comment(const char* p) {
  while (*p != '\n' && !AtEnd(p)) ++p;
  return AtEnd(p) ? Ended() : p;
}

const char* EdnScanner::Discard(const char* p) {
  if (Enter(p) == nullptr) return nullptr;
  p = SlowBlank(p + 2);
  if (p != nullptr) p = Skip(p);
  --depth_;
  return p;
}

const char* EdnScanner::Skip(const char* p) {
  ++skipping_;
  ValueId ignored;
  p = Value(p, &ignored);
  --skipping_;
  return p;
}

const char* EdnScanner::Value(const char* p, ValueId* value) {
  switch (*p) {
    case '[': return Sequence(p, ']', value);
    case '(': return Sequence(p, ')', value);
    case '{': return Map(p, value);
    case '"': return String(p, value);
    case '\\': return Character(p, value);
    case '#': return Hash(p, value);
    case ']':
    case ')':
    case '}': return Fail(p, "a bracket that closes nothing");
    case '+':
    case '-': return IsDecimal(p[1]) ? Number(p, value) : Symbol(p, value);
    default: return IsDecimal(*p) ? Number(p, value) : Symbol(p, value);
  }
}

// The elements up to the closing bracket onto the stack; p is behind the opening one.
const char* EdnScanner::Elements(const char* p, char close) {
  if (Enter(p) == nullptr) return nullptr;
  for (;;) {
    if ((p = Blank(p)) == nullptr) return nullptr;
    if (*p == close) break;
    ValueId element;
    if ((p = Value(p, &element)) == nullptr) return nullptr;
    if (skipping_ == 0) stack_.push_back(element);
  }
  --depth_;
  return p + 1;
}

const char* EdnScanner::Sequence(const char* p, char close, ValueId* value) {
  const size_t base = stack_.size();
  if ((p = Elements(p + 1, close)) == nullptr) return nullptr;
  const auto elements = std::span(stack_).subspan(base);
  *value = skipping_               ? kNull
           : depth_ < loose_depth_ ? values_->LooseList(elements)
                                   : values_->List(elements);
  stack_.resize(base);
  return p;
}

const char* EdnScanner::Transaction(const char* p, ValueId* value) {
  loose_depth_ = depth_ + 2;
  p = Value(p, value);
  loose_depth_ = 0;
  return p;
}

const char* EdnScanner::Set(const char* p, ValueId* value) {
  const size_t base = stack_.size();
  if ((p = Elements(p + 2, '}')) == nullptr) return nullptr;
  std::sort(stack_.begin() + static_cast<ptrdiff_t>(base), stack_.end());
  *value = skipping_ ? kNull : values_->List(std::span(stack_).subspan(base));
  stack_.resize(base);
  return p;
}

// JSON's objects have strings for keys.
ValueId EdnScanner::Name(ValueId key) {
  if (values_->kind(key) == ValueKind::kString) return key;
  if (!values_->IsInt(key)) return values_->String(values_->ToText(key));
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, values_->AsInt(key)).ptr;
  return values_->String(std::string_view(digits, static_cast<size_t>(end - digits)));
}

const char* EdnScanner::Map(const char* p, ValueId* value) {
  const char* const begin = p;
  const size_t base = stack_.size();
  if (Enter(p) == nullptr) return nullptr;
  for (++p;;) {
    ValueId key, element;
    if ((p = Blank(p)) == nullptr) return nullptr;
    if (*p == '}') break;
    if ((p = Value(p, &key)) == nullptr || (p = Blank(p)) == nullptr) return nullptr;
    if (*p == '}') return Fail(begin, "a map in which a key has no value");
    if ((p = Value(p, &element)) == nullptr) return nullptr;
    if (skipping_ != 0) continue;
    stack_.push_back(Name(key));
    stack_.push_back(element);
  }
  --depth_;
  *value = skipping_ ? kNull : values_->Map(std::span(stack_).subspan(base));
  stack_.resize(base);
  return p + 1;
}

bool EdnScanner::AtTag(const char* p) {
  return p[0] == '#' && p[1] != '#' && p[1] != '_' && !IsDelimiter(p[1]);
}

const char* EdnScanner::Tag(const char* p, std::string_view* name) {
  p = Token(p + 1, name);
  return p == nullptr ? nullptr : Blank(p);
}

// A set, ##Inf and its like, or a tagged form.
const char* EdnScanner::Hash(const char* p, ValueId* value) {
  std::string_view name;
  if (p[1] == '{') return Set(p, value);
  if (p[1] == '#') {
    const char* const behind = Token(p, &name);
    return behind == nullptr ? nullptr : Text(p, name, value) == nullptr ? nullptr : behind;
  }
  if (AtEnd(p + 1)) return Ended();
  if (!AtTag(p)) return Fail(p, "a # that begins nothing");
  if (Enter(p) == nullptr || (p = Tag(p, &name)) == nullptr) return nullptr;
  p = Value(p, value);
  --depth_;
  return p;
}

const char* EdnScanner::Token(const char* p, std::string_view* text) {
  const char* const first = p;
  unsigned char bits = 0;
  for (; !IsDelimiter(*p); ++p) bits |= static_cast<unsigned char>(*p);
  if (AtEnd(p)) return Ended();
  *text = std::string_view(first, static_cast<size_t>(p - first));
  if (bits >= 0x80 && !IsUtf8(*text)) return Fail(first, kNotUtf8);
  return p;
}

// Interns a text that was read at `at`; null where it is not UTF-8.
const char* EdnScanner::Text(const char* at, std::string_view text, ValueId* value) {
  if (!IsUtf8(text)) return Fail(at, kNotUtf8);
  *value = skipping_ ? kNull : values_->String(text);
  return at;
}

const char* EdnScanner::Symbol(const char* p, ValueId* value) {
  const char* const first = p;
  std::string_view text;
  if ((p = Token(p, &text)) == nullptr) return nullptr;
  if (text.empty() || text == ":") return Fail(first, "malformed EDN: no value begins like this");
  if (skipping_ != 0) {
    *value = kNull;
  } else if (text[0] == ':') {
    *value = values_->String(text.substr(1));
  } else if (text == "nil") {
    *value = kNull;
  } else if (text == "true" || text == "false") {
    *value = values_->Bool(text == "true");
  } else {
    *value = values_->String(text);
  }
  return p;
}

const char* EdnScanner::Integer(const char* p, int64_t* value) const {
  const bool negative = *p == '-';
  p += negative;
  const char* const first = p;
  int64_t number = 0;
  for (; IsDecimal(*p) && p - first < 18; ++p) number = number * 10 + (*p - '0');
  if (p == first || (*first == '0' && p - first > 1) || !IsDelimiter(*p)) return nullptr;
  *value = negative ? -number : number;
  return p;
}

const char* EdnScanner::Number(const char* p, ValueId* value) {
  int64_t number = 0;
  if (const char* behind = Integer(p, &number)) {
    if (AtEnd(behind)) return Ended();
    *value = skipping_ ? kNull : values_->Int(number);
    return behind;
  }
  const char* const first = p;
  std::string_view text;
  if ((p = Token(p, &text)) == nullptr) return nullptr;
  *value = skipping_ ? kNull : NumberValue(text, values_);
  return *value == kNoValue ? Fail(first, "a malformed number") : p;
}

const char* EdnScanner::String(const char* p, ValueId* value) {
  const char* const first = ++p;
  unsigned char bits = 0;
  for (; *p != '"'; ++p) {
    if (*p == '\\') return EscapedString(first, p, value);
    if (*p == '\0') return Fail(p, kNul);
    line_ += *p == '\n';
    bits |= static_cast<unsigned char>(*p);
  }
  const std::string_view text(first, static_cast<size_t>(p - first));
  if (bits >= 0x80) return Text(first, text, value) == nullptr ? nullptr : p + 1;
  *value = skipping_ ? kNull : values_->String(text);
  return p + 1;
}

// p is at the first backslash.
const char* EdnScanner::EscapedString(const char* first, const char* p, ValueId* value) {
  unescaped_.assign(first, p);
  while (*p != '"') {
    if (*p == '\0') return Fail(p, kNul);
    line_ += *p == '\n';
    if (*p != '\\') {
      unescaped_.push_back(*p++);
      continue;
    }
    const char* const behind = AppendEscape(p + 1, &unescaped_);
    if (behind == nullptr) return IsCutEscape(p, end_) ? Ended() : Fail(p, "a malformed escape");
    p = behind;
  }
  return Text(first, unescaped_, value) == nullptr ? nullptr : p + 1;
}

const char* EdnScanner::Character(const char* p, ValueId* value) {
  const char* const first = p;
  if (*++p == '\0') return Fail(p, kNul);
  do {
    ++p;
  } while (!IsDelimiter(*p));
  if (AtEnd(p)) return Ended();
  const std::string_view name(first + 1, static_cast<size_t>(p - first - 1));
  if (!IsUtf8(name)) return Fail(first, kNotUtf8);
  const std::string text = CharacterText(name);
  if (text.empty()) return Fail(first, "an unknown character");
  line_ += text == "\n" && name[0] == '\n';
  *value = skipping_ ? kNull : values_->String(text);
  return p;
}

}  // namespace cleave
