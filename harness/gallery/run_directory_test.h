// A run directory made up for tests, removed at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace cleave {

class GalleryRunDirectory {
 public:
  GalleryRunDirectory() {
    char name[] = "/tmp/cleave-gallery-XXXXXX";
    if (mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~GalleryRunDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  GalleryRunDirectory(const GalleryRunDirectory&) = delete;
  GalleryRunDirectory& operator=(const GalleryRunDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }

  /// Two writes that returned, and a read that was called later and saw the first.
  void WriteStaleRead() const {
    std::string history;
    int index = 0;
    const auto event = [&](const char* type, const char* f, const std::string& value, int process) {
      history += R"({"index":)" + std::to_string(index) + R"(,"type":")" + type + R"(","f":")" + f +
                 R"(","key":"k","value":)" + value + R"(,"process":)" + std::to_string(process) +
                 R"(,"time":)" + std::to_string(1000 * index) + "}\n";
      ++index;
    };
    for (const char* value : {"1", "2"}) {
      event("invoke", "write", value, 0);
      event("ok", "write", value, 0);
    }
    event("invoke", "read", "null", 1);
    event("ok", "read", "1", 1);
    Write("history.jsonl", history);
    Write("test.json", R"({"target": {"name": "etcd", "version": "3.4"}})");
    Write("results.json",
          R"({"verdict": "invalid", "counts": {"ok": 3}, "checkers": [
              {"checker": "linearizable", "verdict": "invalid", "reason": "stale",
               "anomaly-count": 3, "anomalies": [
               {"name": "stale-read", "explanation": "<b>1</b> was gone",
                              "operations": [{"index": 2}, {"index": 4}]},
                             {"name": "stale-read", "explanation": "again", "operations": []},
                             {"name": "G0", "explanation": "", "operations": []}]}]})");
  }

 private:
  std::filesystem::path path_;
};

}  // namespace cleave
