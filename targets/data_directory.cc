// See data_directory.h.
#include "targets/data_directory.h"

#include <fcntl.h>
#include <stdlib.h>  // mkdtemp
#include <unistd.h>

#include <cstdlib>

#include "targets/programs.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

/// Empty where this user has no place for it.
fs::path TemplatePath(const std::string& name) {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (cache != nullptr && *cache == '/') {
    folder = cache;
  } else if (home != nullptr && *home == '/') {
    folder = fs::path(home) / ".cache";
  }
  return folder.empty() ? folder : folder / "cleave" / name;
}

/// On disk before it has its name: a template that a crash of the machine has torn would stay.
void Sync(const fs::path& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  syncfs(fd);
  close(fd);
}

/// Who comes second finds the name taken, and throws its own copy away.
void KeepTemplate(const fs::path& data, const fs::path& kept) {
  std::error_code error;
  fs::create_directories(kept.parent_path(), error);
  std::string unique = kept.string() + ".XXXXXX";
  if (error || mkdtemp(unique.data()) == nullptr) return;
  fs::copy(data, unique, fs::copy_options::recursive, error);
  Sync(unique);
  if (!error) fs::rename(unique, kept, error);
  if (error) fs::remove_all(unique, error);
}

}  // namespace

asio::awaitable<void> MakeDataDirectory(Node& node, fs::path data, std::string name,
                                        Program install) {
  const fs::path kept = TemplatePath(name);
  std::error_code error;
  if (!kept.empty() && fs::exists(kept, error)) {
    fs::copy(kept, data, fs::copy_options::recursive);
    co_return;
  }
  co_await RunToEnd(node, install);
  if (!kept.empty()) KeepTemplate(data, kept);
}

}  // namespace cleave
