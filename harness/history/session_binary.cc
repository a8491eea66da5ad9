// See session_binary.h.
#include "harness/history/session_binary.h"

#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

namespace cleave {
namespace {

/// Takes numbers from bytes. Throws std::runtime_error at the end of them.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, bool big_endian) : bytes_(bytes), big_(big_endian) {}

  bool AtEnd() const { return at_ == bytes_.size(); }
  size_t at() const { return at_; }
  uint8_t Byte() { return static_cast<uint8_t>(Take(1)[0]); }
  int64_t Number() {
    const std::string_view bytes = Take(8);
    uint64_t number = 0;
    for (size_t i = 0; i < 8; ++i) {
      const auto byte = static_cast<uint8_t>(bytes[big_ ? i : 7 - i]);
      number = number << 8 | byte;
    }
    return static_cast<int64_t>(number);
  }
  bool Boolean() {
    const uint8_t byte = Byte();
    if (byte > 1) throw std::runtime_error("a truth value is 0 or 1");
    return byte == 1;
  }
  std::string_view Take(uint64_t size) {
    if (size > bytes_.size() - at_) throw std::runtime_error("the file ends too early");
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

 private:
  std::string_view bytes_;
  const bool big_;
  size_t at_ = 0;
};

std::string_view LoadAll(TextSource* source) {
  while (source->Load()) {
  }
  return source->pending();
}

void DbcopBincode(std::string_view bytes, EventCollector* collector, SessionTransactions* out) {
  ByteReader in(bytes, false);
  ValueTable& values = collector->values();
  in.Take(5 * 8);  // how the history was made: an id, nodes, variables, transactions, events
  for (int text = 0; text < 3; ++text) in.Take(static_cast<uint64_t>(in.Number()));
  for (int64_t sessions = in.Number(); sessions > 0; --sessions) {
    const uint32_t session = out->NewSession();
    for (int64_t n = in.Number(); n > 0; --n) {
      const uint32_t transaction = out->Begin(session, 1);
      uint32_t failed = transaction;  // where writes go that failed by themselves
      for (int64_t events = in.Number(); events > 0; --events) {
        const bool write = in.Boolean();
        const ValueId key = values.Int(in.Number()), value = values.Int(in.Number());
        if (in.Boolean()) {
          write ? out->Write(transaction, key, value) : out->Read(transaction, key, value);
        } else if (write) {
          if (failed == transaction) out->Abort(failed = out->Begin(session, 1));
          out->Write(failed, key, value);
        }
      }
      if (!in.Boolean()) out->Abort(transaction);
    }
  }
  if (!in.AtEnd()) throw std::runtime_error("there is more behind the last session");
}

void DbcopEvent(const Json& event, uint32_t transaction, ValueTable* values,
                SessionTransactions* out) {
  const auto add = [&](bool write, const Json& variable, const Json& version) {
    const ValueId key = values->FromJson(variable), value = values->FromJson(version);
    write ? out->Write(transaction, key, value) : out->Read(transaction, key, value);
  };
  if (event.is_array() && event.size() == 3 && (event[0] == "r" || event[0] == "w")) {
    return add(event[0] == "w", event[1], event[2]);
  }
  if (event.is_object() && event.size() == 1) {
    const bool write = event.contains("Write");
    if (write || event.contains("Read")) {
      const Json& fields = event.front();
      return add(write, fields.at("variable"), fields.at("version"));
    }
  }
  throw std::runtime_error("an event is a Read or a Write of a variable and a version, not " +
                           DumpJson(event).substr(0, 80));
}

void DbcopJson(std::string_view text, EventCollector* collector, SessionTransactions* out) {
  const Json json = ParseJson(text);
  const Json& sessions = json.is_object() ? json.at("data") : json;
  if (!sessions.is_array()) throw std::runtime_error("the sessions are an array");
  for (const Json& transactions : sessions) {
    if (!transactions.is_array()) throw std::runtime_error("a session is an array");
    const uint32_t session = out->NewSession();
    for (const Json& txn : transactions) {
      const uint32_t transaction = out->Begin(session, 1);
      if (!txn.at("committed").get<bool>()) out->Abort(transaction);
      for (const Json& event : txn.at("events")) {
        DbcopEvent(event, transaction, &collector->values(), out);
      }
    }
  }
}

/// The write that a read of Cobra's names, or nothing where it names the initial state.
ValueId CobraValue(int64_t writer, int64_t write, ValueTable* values) {
  constexpr int64_t kInitialId = 0xbebeebee, kNullId = 0xdeadbeef;
  const bool initial =
      writer == kInitialId || writer == kNullId || write == kInitialId || write == kNullId;
  return initial ? kNull : values->Int(write);
}

}  // namespace

void ReadDbcop(TextSource* source, size_t lines, EventCollector* collector) {
  SessionTransactions out(collector);
  const std::string_view text = LoadAll(source);
  try {
    // Bincode begins with a small number of 8 bytes; JSON has no NUL.
    if (text.substr(0, 8).find('\0') != std::string_view::npos)
      DbcopBincode(text, collector, &out);
    else
      DbcopJson(text, collector, &out);
  } catch (const HistoryError&) {
    throw;
  } catch (const std::exception& error) {  // also Json's
    collector->Abort(lines + 1, std::string("no history of dbcop: ") + error.what());
  }
  out.ZeroIsInitial();
  out.Finish();
}

void ReadCobraLog(TextSource* source, EventCollector* collector, SessionTransactions* out) {
  ByteReader in(LoadAll(source), true);
  ValueTable& values = collector->values();
  const uint32_t session = out->NewSession();
  int64_t id = 0;
  bool open = false;
  uint32_t transaction = 0;
  try {
    while (!in.AtEnd()) {
      const char kind = static_cast<char>(in.Byte());
      if ((kind == 'S') == open) {
        throw std::runtime_error(open ? "a transaction begins inside another"
                                      : "something lies between two transactions");
      }
      if (kind == 'S') {
        id = in.Number();
        open = true;
        transaction = out->Begin(session, 1);
      } else if (kind == 'C') {
        if (in.Number() != id) throw std::runtime_error("a commit is of another transaction");
        open = false;
      } else if (kind == 'W') {
        const ValueId value = values.Int(in.Number());
        out->Write(transaction, values.Int(in.Number()), value);
        in.Number();  // a hash of the value
      } else if (kind == 'R') {
        const int64_t writer = in.Number(), write = in.Number();
        out->Read(transaction, values.Int(in.Number()), CobraValue(writer, write, &values));
        in.Number();
      } else {
        throw std::runtime_error("an entry begins with S, R, W or C");
      }
    }
    if (open) throw std::runtime_error("the last transaction does not end");
  } catch (const std::runtime_error& error) {
    collector->Abort(1,
                     "no log of Cobra's, at byte " + std::to_string(in.at()) + ": " + error.what());
  }
}

}  // namespace cleave
