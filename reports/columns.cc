// The columns of the page's operations.
#include "reports/columns.h"

#include <zlib.h>

#include <future>

#include "harness/history/check.h"
#include "reports/facts.h"
#include "reports/html.h"

namespace cleave {
namespace {

// A value longer than this is cut: history.jsonl has it whole, and a page of large sets stays
// small.
constexpr size_t kTextBytes = 200;
constexpr size_t kShortTextBytes = 24;
constexpr size_t kGenerousTexts = 32 << 20;  // bytes of texts after which they are cut harder

/// Values that operations mention, numbered from 1 in order of first use (so that deltas are
/// small).
class Texts {
 public:
  explicit Texts(const ValueTable& values) : values_(values), number_(values.size(), 0) {}

  int64_t Number(ValueId id) {
    if (id == kNoValue) return 0;
    if (number_[id] == 0) {
      number_[id] = ++count_;
      Append(id);
    }
    return number_[id];
  }
  const std::string& bytes() const { return bytes_; }
  const std::string& sizes() const { return sizes_.bytes(); }
  size_t count() const { return count_; }

 private:
  void Append(ValueId id) {
    const size_t before = bytes_.size();
    const size_t limit = before < kGenerousTexts ? kTextBytes : kShortTextBytes;
    if (values_.IsInt(id)) {
      bytes_ += std::to_string(values_.AsInt(id));
    } else if (values_.IsList(id) && values_.Elements(id).size() > limit) {
      AppendLongList(id, limit);
    } else {
      bytes_ += Printable(Shorten(values_.ToText(id), limit));
    }
    sizes_.Add(static_cast<int64_t>(bytes_.size() - before));
  }

  /// A set of a million elements need not become text before it is cut.
  void AppendLongList(ValueId id, size_t limit) {
    const auto elements = values_.Elements(id);
    std::string text = "[";
    for (size_t i = 0; text.size() < limit; ++i) {
      text += (i == 0 ? "" : ",") + values_.ToText(elements[i]);
    }
    bytes_ += Printable(Shorten(text, limit)) + " " + Grouped(elements.size()) + " elements]";
  }

  const ValueTable& values_;
  std::vector<uint32_t> number_;
  uint32_t count_ = 0;
  std::string bytes_;
  ColumnWriter sizes_{false};
};

struct ReportColumn {
  const char* name;
  const char* coding;  // "delta", "plain" or "bytes"
  std::string bytes;
};

std::string RenderColumn(const ReportColumn& column) {
  return std::string("<script type=\"text/plain\" class=\"column\" data-name=\"") + column.name +
         "\" data-coding=\"" + column.coding + "\">" + Base64(Deflate(column.bytes)) +
         "</script>\n";
}

std::vector<ReportColumn> MakeColumns(const History& history) {
  const Clock clock(history);
  Texts texts(history.values());
  ColumnWriter call(true), duration(false), process(true), function(false), outcome(false),
      node(false), key(true), position(true), completion(false), input(true), output(true),
      error(true);
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    const int64_t called = clock.Call(i), returned = clock.Return(i);
    call.Add(called);
    duration.Add(returned == kNoTime ? -1 : returned - called);
    process.Add(op.process);
    function.Add(op.function);
    outcome.Add(static_cast<int64_t>(op.outcome));
    node.Add(history.nodes()[i]);
    key.Add(op.key == kNoKey ? 0 : texts.Number(history.keys()[op.key]));
    position.Add(op.call);
    completion.Add(op.ret == kNever ? 0 : op.ret - op.call);
    input.Add(texts.Number(op.input));
    output.Add(texts.Number(op.output));
    error.Add(texts.Number(history.errors()[i]));
  }
  return {{"call", "delta", call.bytes()},
          {"duration", "plain", duration.bytes()},
          {"process", "delta", process.bytes()},
          {"function", "plain", function.bytes()},
          {"outcome", "plain", outcome.bytes()},
          {"node", "plain", node.bytes()},
          {"key", "delta", key.bytes()},
          {"position", "delta", position.bytes()},
          {"completion", "plain", completion.bytes()},
          {"input", "delta", input.bytes()},
          {"output", "delta", output.bytes()},
          {"error", "delta", error.bytes()},
          {"text-size", "plain", texts.sizes()},
          {"text", "bytes", texts.bytes()}};
}

}  // namespace

void ColumnWriter::Add(int64_t value) {
  // Unsigned arithmetic: the difference of two int64_t may not fit one, and wraps back when summed.
  const auto coded = static_cast<uint64_t>(value) - (delta_ ? static_cast<uint64_t>(last_) : 0);
  last_ = value;
  uint64_t zigzag = (coded << 1) ^ (coded >> 63 ? ~uint64_t{0} : 0);
  for (; zigzag >= 0x80; zigzag >>= 7) bytes_ += static_cast<char>(zigzag | 0x80);
  bytes_ += static_cast<char>(zigzag);
}

std::string Deflate(std::string_view bytes) {
  constexpr int kLevel = 4;  // within 5 % of the default level's size, in half its time
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                               reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), kLevel);
  CHECK(status == Z_OK) << "zlib: " << status;
  out.resize(size);
  return out;
}

std::string Base64(std::string_view bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](size_t at) -> uint32_t {
      return at < bytes.size() ? static_cast<uint8_t>(bytes[at]) : 0;
    };
    const uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += kAlphabet[bits >> 18];
    out += kAlphabet[bits >> 12 & 63];
    out += i + 1 < bytes.size() ? kAlphabet[bits >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kAlphabet[bits & 63] : '=';
  }
  return out;
}

std::string RenderColumns(const History& history) {
  const std::vector<ReportColumn> columns = MakeColumns(history);
  std::vector<std::future<std::string>> parts;
  for (const ReportColumn& column : columns) {
    parts.push_back(std::async(std::launch::async, RenderColumn, std::cref(column)));
  }
  std::string html;
  for (std::future<std::string>& part : parts) html += part.get();
  return html;
}

}  // namespace cleave
