// A node's durable state: the files `log` and `snapshot` in its data directory.
//
// The log is a sequence of frames, one for each batch, each with a length and a checksum; a frame
// is followed by another only after it was synced. So an invalid frame at the end is a torn tail,
// which was never acknowledged and is cut off, and an invalid frame before a valid one is
// corruption, which is refused. Writing anew goes to a temporary file that is synced and renamed,
// the snapshot first. So after a restart the log may end before the snapshot or disagree with it:
// then the snapshot stands alone. But a log that begins after the snapshot, or whose first frame is
// invalid beside a snapshot, is nothing that a crash leaves: it is refused.
#pragma once

#include <atomic>
#include <filesystem>
#include <stdexcept>

#include "targets/raft/server/core.h"

namespace cleave::raft {

/// The data directory cannot be used; the words say why, with the file's name.
class StorageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Used by one thread at a time.
class Storage {
 public:
  /// Makes the directory if need be and locks it for this process. Throws StorageError.
  explicit Storage(std::filesystem::path directory);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  /// What the disk holds. Once, before the first Write. Throws StorageError on corruption.
  Recovered Load();
  /// Makes a batch durable before it returns. Throws StorageError; the state on disk is then
  /// unknown and the process must end.
  void Write(const Batch& batch);
  /// From any thread.
  uint64_t log_bytes() const { return log_bytes_; }
  /// What Load had to mend, in words; "" for nothing.
  const std::string& mended() const { return mended_; }

 private:
  void LoadLog(Recovered& recovered);
  void Rewrite(const Batch& batch);
  void Replace(const std::string& name, const std::string& bytes);

  std::filesystem::path directory_;
  int lock_ = -1;
  int log_ = -1;
  std::atomic<uint64_t> log_bytes_ = 0;
  std::string mended_;
};

}  // namespace cleave::raft
