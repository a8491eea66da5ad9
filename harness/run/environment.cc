// See environment.h.
#include "harness/run/environment.h"

namespace cleave {

std::map<std::string, std::string> MinimalEnvironment(const std::filesystem::path& home) {
  return {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
          {"HOME", home},
          {"LANG", "C.UTF-8"}};
}

}  // namespace cleave
