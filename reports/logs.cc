// The logs of every node: links to the whole files beside the report, and their last lines in the
// page.
#include <fstream>

#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFiles = 64, kMaxLines = 200;
constexpr uint64_t kMaxBytes = 48 << 10;  // read from the end of a file

std::vector<fs::path> LogsOf(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  auto it = fs::recursive_directory_iterator(directory, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (it->path().extension() == ".log" && it->is_regular_file(ignored))
      files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Tail(const fs::path& file, uint64_t size) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(size > kMaxBytes ? size - kMaxBytes : 0));
  std::string text(std::min(size, kMaxBytes), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(in.gcount());
  size_t start = text.size();
  for (size_t lines = 0; start > 0; --start) {
    if (text[start - 1] == '\n' && start < text.size() && ++lines == kMaxLines) break;
  }
  return text.substr(start);
}

/// A relative link: each byte that a URL does not carry as itself is percent-coded.
std::string Link(const fs::path& path) {
  std::string link;
  for (const char c : path.generic_string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-_.~/").find(c) != std::string_view::npos) {
      link += c;
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", byte);
      link += code;
    }
  }
  return link;
}

}  // namespace

std::string RenderLogs(const ReportInput& input) {
  const std::vector<fs::path> files = LogsOf(input.run_directory / "nodes");
  std::string html;
  for (size_t i = 0; i < files.size() && i < kMaxFiles; ++i) {
    std::error_code error;
    const uint64_t size = fs::file_size(files[i], error);
    if (error) continue;
    const fs::path name = files[i].lexically_relative(input.run_directory);
    const std::string tail = Tail(files[i], size);
    html += "<details class=\"log\"><summary><b>" +
            Escape(name.lexically_relative("nodes").generic_string()) +
            "</b> <span class=\"quiet\">" + Grouped((size + 1023) / 1024) +
            " KiB</span></summary><p><a href=\"" + Link(name) +
            "\">The whole file</a>, beside this report. Its last lines:</p>" +
            "<pre tabindex=\"0\" aria-label=\"Last lines of the log\">" +
            (tail.empty() ? "(empty)" : Escape(tail)) + "</pre></details>";
  }
  if (files.size() > kMaxFiles) {
    html +=
        "<p class=\"quiet\">and " + Grouped(files.size() - kMaxFiles) + " more files in nodes/</p>";
  }
  return html;
}

}  // namespace cleave
