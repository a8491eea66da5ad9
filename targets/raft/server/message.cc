// Binary coding of messages and log entries.
#include "targets/raft/server/message.h"

namespace cleave::raft {

void Encoder::U32(uint32_t v) {
  for (int i = 0; i < 4; ++i) out_.push_back(static_cast<char>(v >> (8 * i)));
}

void Encoder::U64(uint64_t v) {
  for (int i = 0; i < 8; ++i) out_.push_back(static_cast<char>(v >> (8 * i)));
}

void Encoder::Text(std::string_view text) {
  U32(static_cast<uint32_t>(text.size()));
  out_.append(text);
}

void Encoder::Put(const Entry& entry) {
  U64(entry.index);
  U64(entry.term);
  Text(entry.command);
}

uint8_t Decoder::U8() {
  if (bytes_.empty()) {
    ok_ = false;
    return 0;
  }
  const auto v = static_cast<uint8_t>(bytes_[0]);
  bytes_.remove_prefix(1);
  return v;
}

uint32_t Decoder::U32() {
  uint32_t v = 0;
  for (int i = 0; i < 4; ++i) v |= static_cast<uint32_t>(U8()) << (8 * i);
  return v;
}

uint64_t Decoder::U64() {
  uint64_t v = 0;
  for (int i = 0; i < 8; ++i) v |= static_cast<uint64_t>(U8()) << (8 * i);
  return v;
}

std::string Decoder::Text() {
  const uint32_t size = U32();
  if (!ok_ || size > bytes_.size()) {
    ok_ = false;
    return {};
  }
  std::string text(bytes_.substr(0, size));
  bytes_.remove_prefix(size);
  return text;
}

Entry Decoder::GetEntry() {
  Entry entry;
  entry.index = U64();
  entry.term = U64();
  entry.command = Text();
  return entry;
}

std::string Encode(const Message& m) {
  Encoder out;
  out.U8(static_cast<uint8_t>(m.type));
  out.U32(m.from);
  out.U32(m.to);
  out.U64(m.term);
  out.U64(m.index);
  out.U64(m.log_term);
  out.U64(m.hint);
  out.U64(m.commit);
  out.U64(m.round);
  out.U8(m.granted ? 1 : 0);
  out.U64(m.request);
  out.U32(static_cast<uint32_t>(m.status));
  out.U32(static_cast<uint32_t>(m.entries.size()));
  for (const Entry& entry : m.entries) out.Put(entry);
  out.Text(m.payload);
  return out.Take();
}

std::optional<Message> DecodeMessage(std::string_view bytes) {
  Decoder in(bytes);
  Message m;
  const uint8_t type = in.U8();
  if (type >= kMessageTypes) return std::nullopt;
  m.type = static_cast<MessageType>(type);
  m.from = in.U32();
  m.to = in.U32();
  m.term = in.U64();
  m.index = in.U64();
  m.log_term = in.U64();
  m.hint = in.U64();
  m.commit = in.U64();
  m.round = in.U64();
  m.granted = in.U8() != 0;
  m.request = in.U64();
  m.status = static_cast<int32_t>(in.U32());
  const uint32_t entries = in.U32();
  for (uint32_t i = 0; i < entries && in.ok(); ++i) m.entries.push_back(in.GetEntry());
  m.payload = in.Text();
  if (!in.ok() || !in.AtEnd()) return std::nullopt;
  return m;
}

}  // namespace cleave::raft
