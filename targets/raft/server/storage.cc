// Frames, checksums and fsync.
#include "targets/raft/server/storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace cleave::raft {
namespace {

constexpr std::string_view kMagic = "cleave-raft 1\n";
constexpr size_t kFrameHead = 12;  // length, checksum of the length, checksum of the content

uint32_t Checksum(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

[[noreturn]] void Fail(const std::string& what, const std::filesystem::path& path) {
  throw StorageError(what + " " + path.string() + ": " + std::strerror(errno));
}

std::string Frame(const std::string& content) {
  Encoder length;
  length.U32(static_cast<uint32_t>(content.size()));
  const std::string bytes = length.Take();
  Encoder head;
  head.U32(static_cast<uint32_t>(content.size()));
  head.U32(Checksum(bytes));
  head.U32(Checksum(content));
  return head.Take() + content;
}

/// The content of the frame at the front of `bytes`, or nothing when it is torn or damaged.
std::optional<std::string_view> FrontFrame(std::string_view bytes) {
  if (bytes.size() < kFrameHead) return std::nullopt;
  Decoder head(bytes.substr(0, kFrameHead));
  const uint32_t size = head.U32();
  const uint32_t length_sum = head.U32();
  const uint32_t content_sum = head.U32();
  if (Checksum(bytes.substr(0, 4)) != length_sum) return std::nullopt;
  if (size > bytes.size() - kFrameHead) return std::nullopt;
  const std::string_view content = bytes.substr(kFrameHead, size);
  if (Checksum(content) != content_sum) return std::nullopt;
  return content;
}

/// A batch's content: hard state, then the base when the log begins with it, then entries.
std::string EncodeBatch(const Batch& batch) {
  Encoder out;
  out.U8(batch.hard_state ? 1 : 0);
  if (batch.hard_state) {
    out.U64(batch.hard_state->term);
    out.U32(batch.hard_state->vote);
  }
  out.U8(batch.snapshot ? 1 : 0);
  if (batch.snapshot) {
    out.U64(batch.base_index);
    out.U64(batch.base_term);
  }
  out.U32(static_cast<uint32_t>(batch.entries.size()));
  for (const Entry& entry : batch.entries) out.Put(entry);
  return out.Take();
}

/// False when the content, though its checksum is right, is not a batch.
bool ApplyBatch(std::string_view content, Recovered& to) {
  Decoder in(content);
  if (in.U8() != 0) {
    to.hard_state.term = in.U64();
    to.hard_state.vote = in.U32();
  }
  if (in.U8() != 0) {
    const uint64_t index = in.U64();
    to.log.Reset(index, in.U64());
  }
  const uint32_t count = in.U32();
  for (uint32_t i = 0; i < count; ++i) {
    Entry entry = in.GetEntry();
    if (!in.ok() || entry.index <= to.log.base_index() || entry.index > to.log.LastIndex() + 1) {
      return false;
    }
    to.log.Truncate(entry.index);
    to.log.Append(std::move(entry));
  }
  return in.ok() && in.AtEnd();
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Fail("cannot read", path);
  std::ostringstream out;
  out << in.rdbuf();
  if (in.bad()) Fail("cannot read", path);
  return std::move(out).str();
}

void WriteAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) Fail("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void Sync(int fd, const std::filesystem::path& path) {
  if (fdatasync(fd) != 0) Fail("cannot sync", path);
}

void SyncDirectory(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) Fail("cannot open", path);
  const int result = fsync(fd);
  close(fd);
  if (result != 0) Fail("cannot sync", path);
}

}  // namespace

Storage::Storage(std::filesystem::path directory) : directory_(std::move(directory)) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) throw StorageError("cannot make " + directory_.string() + ": " + error.message());
  const auto path = directory_ / "lock";
  lock_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) Fail("cannot open", path);
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw StorageError(directory_.string() + " is in use by another process");
  }
}

Storage::~Storage() {
  if (log_ >= 0) close(log_);
  close(lock_);
}

Recovered Storage::Load() {
  std::filesystem::remove(directory_ / "log.new");
  std::filesystem::remove(directory_ / "snapshot.new");
  Recovered recovered;
  const auto path = directory_ / "snapshot";
  if (std::filesystem::exists(path)) {
    const std::string bytes = ReadFile(path);
    const auto content = FrontFrame(bytes);
    if (!content) throw StorageError("corrupt: " + path.string() + " fails its checksum");
    auto snapshot = std::make_shared<Snapshot>();
    Decoder in(*content);
    snapshot->index = in.U64();
    snapshot->term = in.U64();
    snapshot->state = in.Text();
    if (!in.ok()) throw StorageError("corrupt: " + path.string() + " is not a snapshot");
    recovered.snapshot = std::move(snapshot);
  }
  LoadLog(recovered);
  if (recovered.snapshot) {
    const Snapshot& snapshot = *recovered.snapshot;
    Log& log = recovered.log;
    if (snapshot.index < log.base_index()) {
      throw StorageError("corrupt: " + path.string() + " is older than the log: it ends at index " +
                         std::to_string(snapshot.index) + ", the log begins after index " +
                         std::to_string(log.base_index()));
    }
    const bool covers =
        snapshot.index <= log.LastIndex() && log.Term(snapshot.index) == snapshot.term;
    if (!covers) {
      log.Reset(snapshot.index, snapshot.term);
      Batch alone;
      alone.hard_state = recovered.hard_state;
      alone.snapshot = recovered.snapshot;
      alone.base_index = snapshot.index;
      alone.base_term = snapshot.term;
      Rewrite(alone);
    }
  } else if (recovered.log.base_index() > 0) {
    throw StorageError("corrupt: " + (directory_ / "snapshot").string() + " is missing");
  }
  return recovered;
}

void Storage::LoadLog(Recovered& recovered) {
  const auto path = directory_ / "log";
  if (!std::filesystem::exists(path)) {
    if (recovered.snapshot) throw StorageError("corrupt: " + path.string() + " is missing");
    Replace("log", std::string(kMagic));
  }
  const std::string bytes = ReadFile(path);
  if (!bytes.starts_with(kMagic)) {
    throw StorageError("corrupt: " + path.string() + " is not a log of this program");
  }
  size_t at = kMagic.size();
  while (const auto content = FrontFrame(std::string_view(bytes).substr(at))) {
    if (!ApplyBatch(*content, recovered)) {
      throw StorageError("corrupt: " + path.string() + ", the record at byte " +
                         std::to_string(at) + " makes no sense");
    }
    at += kFrameHead + content->size();
  }
  for (size_t later = at + 1; later + kFrameHead <= bytes.size(); ++later) {
    if (!FrontFrame(std::string_view(bytes).substr(later))) continue;
    throw StorageError("corrupt: " + path.string() + ", the record at byte " + std::to_string(at) +
                       " fails its checksum and a good one follows at byte " +
                       std::to_string(later));
  }
  // The first record beside a snapshot was synced: with the log when it was renamed, or before the
  // snapshot was made. Only a log of no record at all, a fresh node's, may be older than that.
  if (recovered.snapshot && at == kMagic.size() && at < bytes.size()) {
    throw StorageError("corrupt: " + path.string() + ", its first record fails its checksum");
  }
  log_ = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (log_ < 0) Fail("cannot open", path);
  if (at < bytes.size()) {
    mended_ = "cut off a torn record of " + std::to_string(bytes.size() - at) + " bytes";
    if (ftruncate(log_, static_cast<off_t>(at)) != 0) Fail("cannot truncate", path);
    Sync(log_, path);
  }
  log_bytes_ = at;
}

void Storage::Write(const Batch& batch) {
  if (batch.snapshot) {
    Rewrite(batch);
    return;
  }
  const std::string frame = Frame(EncodeBatch(batch));
  WriteAll(log_, frame, directory_ / "log");
  Sync(log_, directory_ / "log");
  log_bytes_ += frame.size();
}

void Storage::Rewrite(const Batch& batch) {
  Encoder snapshot;
  snapshot.U64(batch.snapshot->index);
  snapshot.U64(batch.snapshot->term);
  snapshot.Text(batch.snapshot->state);
  Replace("snapshot", Frame(snapshot.Take()));
  const std::string log = std::string(kMagic) + Frame(EncodeBatch(batch));
  Replace("log", log);
  const auto path = directory_ / "log";
  close(log_);
  log_ = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (log_ < 0) Fail("cannot open", path);
  log_bytes_ = log.size();
}

void Storage::Replace(const std::string& name, const std::string& bytes) {
  const auto fresh = directory_ / (name + ".new");
  const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) Fail("cannot open", fresh);
  try {
    WriteAll(fd, bytes, fresh);
    Sync(fd, fresh);
  } catch (...) {
    close(fd);
    throw;
  }
  close(fd);
  std::filesystem::rename(fresh, directory_ / name);
  SyncDirectory(directory_);
}

}  // namespace cleave::raft
