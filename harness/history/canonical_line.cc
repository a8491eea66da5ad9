// The fast reader of canonical lines. Every function takes the position and returns the one behind
// what it read, or null. A newline ends every loop: the only one in a canonical line is its last
// byte.
#include "harness/history/canonical_line.h"

#include <cstring>

namespace cleave {
namespace {

constexpr int kMaxCanonicalDepth = 32;

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

}  // namespace

const char* CanonicalLineParser::List(const char* p, ValueId* value, int depth) {
  const size_t base = stack_.size();
  if (*p == ']') {
    ++p;
  } else {
    for (;;) {
      ValueId element;
      p = Value(p, &element, depth + 1);
      if (p == nullptr) return nullptr;
      stack_.push_back(element);
      const char c = *p++;
      if (c == ']') break;
      if (c != ',') return nullptr;
    }
  }
  *value = values_->List(std::span(stack_).subspan(base));
  stack_.resize(base);
  return p;
}

const char* CanonicalLineParser::Map(const char* p, ValueId* value, int depth) {
  const size_t base = stack_.size();
  if (*p == '}') {
    ++p;
  } else {
    for (;;) {
      std::string_view key;
      if (*p != '"' || (p = PlainString(p + 1, &key)) == nullptr || *p != ':') return nullptr;
      stack_.push_back(values_->String(key));
      ValueId element;
      p = Value(p + 1, &element, depth + 1);
      if (p == nullptr) return nullptr;
      stack_.push_back(element);
      const char c = *p++;
      if (c == '}') break;
      if (c != ',') return nullptr;
    }
  }
  *value = values_->Map(std::span(stack_).subspan(base));
  stack_.resize(base);
  return p;
}

const char* CanonicalLineParser::Value(const char* p, ValueId* value, int depth) {
  switch (*p) {
    case 'n': return *value = kNull, Literal(p, "null");
    case 't': return *value = values_->Bool(true), Literal(p, "true");
    case 'f': return *value = values_->Bool(false), Literal(p, "false");
    case '[': return depth < kMaxCanonicalDepth ? List(p + 1, value, depth) : nullptr;
    case '{': return depth < kMaxCanonicalDepth ? Map(p + 1, value, depth) : nullptr;
    case '"': {
      std::string_view text;
      p = PlainString(p + 1, &text);
      if (p != nullptr) *value = values_->String(text);
      return p;
    }
    default: {
      int64_t number = 0;
      p = Integer(p, &number);
      if (p != nullptr) *value = values_->Int(number);
      return p;
    }
  }
}

const char* CanonicalLineParser::Parse(const char* p, RawEvent* event, int64_t* index) {
  *event = RawEvent();
  stack_.clear();
  const auto value = [&](const char* q, ValueId* to) { return q ? Value(q, to, 0) : nullptr; };
  if ((p = Literal(p, "{\"index\":")) == nullptr) return nullptr;
  if ((p = Integer(p, index)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"time\":")) == nullptr) return nullptr;
  if ((p = Integer(p, &event->time)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"process\":")) == nullptr) return nullptr;
  if ((p = Process(p, &event->process)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"type\":\"")) == nullptr) return nullptr;
  if ((p = Type(p, &event->type)) == nullptr) return nullptr;
  if ((p = Literal(p, ",\"f\":\"")) == nullptr) return nullptr;
  std::string_view name;
  if ((p = PlainString(p, &name)) == nullptr) return nullptr;
  // Names that are not known yet go the careful way, which bounds their number.
  if (const auto function = builder_->FindFunction(name)) {
    event->function = *function;
  } else {
    return nullptr;
  }
  if (const char* q = Literal(p, ",\"key\":")) {
    if ((p = value(q, &event->key)) == nullptr) return nullptr;
  }
  if ((p = value(Literal(p, ",\"value\":"), &event->value)) == nullptr) return nullptr;
  if (const char* q = Literal(p, ",\"node\":\"")) {
    if ((p = value(q - 1, &event->node)) == nullptr) return nullptr;
  }
  if (const char* q = Literal(p, ",\"error\":")) {
    if (*q == 'n' || (p = value(q, &event->error)) == nullptr) return nullptr;
  }
  if (const char* q = Literal(p, ",\"observed\":")) {
    if ((p = value(q, &event->observed)) == nullptr) return nullptr;
  }
  return Literal(p, "}\n");
}

}  // namespace cleave
