// Making and filling a run's directory.
#include "harness/run/run_directory.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <thread>

namespace cleave {
namespace {

namespace fs = std::filesystem;

constexpr char kAdvice[] = "; choose another directory with --store";

std::string Utc(std::chrono::system_clock::time_point time, const char* format) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  auto rest = time - std::chrono::system_clock::from_time_t(seconds);
  if (rest.count() < 0) {
    --seconds;
    rest += std::chrono::seconds(1);
  }
  std::tm parts;
  gmtime_r(&seconds, &parts);
  char text[40];
  size_t length = std::strftime(text, sizeof text, format, &parts);
  int millis = static_cast<int>(std::chrono::floor<std::chrono::milliseconds>(rest).count());
  std::snprintf(text + length, sizeof text - length, ".%03dZ", millis);
  return text;
}

void MakeDirectories(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw std::runtime_error("cannot create the run's directory " + directory.string() + ": " +
                             error.message() + kAdvice);
  }
}

void RequireSpace(const fs::path& directory, uint64_t space) {
  if (access(directory.c_str(), W_OK) != 0) {
    throw std::runtime_error("cannot write to the store " + directory.string() + ": " +
                             std::strerror(errno) + kAdvice);
  }
  std::error_code error;
  fs::space_info info = fs::space(directory, error);
  if (!error && info.available < space) {
    throw std::runtime_error("the store " + directory.string() + " is full: only " +
                             std::to_string(info.available >> 20) + " MiB of the " +
                             std::to_string(space >> 20) + " MiB that a run needs are free" +
                             kAdvice);
  }
}

// Replaced in one step, so that a reader never finds no link. `unique` keeps runs that begin at
// once out of each other's way.
void PointLink(const fs::path& link, const fs::path& to, const std::string& unique,
               HarnessLog& log) {
  fs::path next = link;
  next += "." + unique;
  std::error_code error, ignored;
  fs::create_symlink(to, next, error);
  if (!error) fs::rename(next, link, error);
  if (!error) return;
  fs::remove(next, ignored);
  log.Write("cannot link " + link.string() + ": " + error.message());
}

fs::path MakeRunDirectory(const fs::path& family, std::chrono::system_clock::time_point* started) {
  while (true) {
    *started = std::chrono::system_clock::now();
    fs::path path = family / UtcName(*started);
    std::error_code error;
    if (fs::create_directory(path, error)) return path;
    if (error) {
      throw std::runtime_error("cannot create the run's directory " + path.string() + ": " +
                               error.message() + kAdvice);
    }
    // Another run began in this millisecond.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

fs::path Make(const fs::path& store, const std::string& family, uint64_t space,
              std::chrono::system_clock::time_point* started) {
  fs::path absolute = fs::absolute(store);
  MakeDirectories(absolute / family);
  RequireSpace(absolute / family, space);
  return MakeRunDirectory(absolute / family, started);
}

}  // namespace

std::string UtcName(std::chrono::system_clock::time_point time) {
  return Utc(time, "%Y%m%dT%H%M%S");
}

std::string UtcText(std::chrono::system_clock::time_point time) {
  return Utc(time, "%Y-%m-%dT%H:%M:%S");
}

void HarnessLog::Write(std::string_view line) {
  out_ << UtcText(std::chrono::system_clock::now()) << " " << line << std::endl;
}

RunDirectory::RunDirectory(const fs::path& store, const std::string& target,
                           const std::string& workload, uint64_t space)
    : path_(Make(store, target + "-" + workload, space, &started_)), log_(path_ / "harness.log") {
  const fs::path family = path_.parent_path().filename(), name = path_.filename();
  const std::string unique = family.string() + "-" + name.string();
  PointLink(path_.parent_path() / "latest", name, unique, log_);
  PointLink(path_.parent_path().parent_path() / "latest", family / name, unique, log_);
}

void RunDirectory::WriteFile(const std::string& name, std::string_view content) const {
  fs::path file = path_ / name;
  errno = 0;
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out) {
    throw std::runtime_error("cannot write " + file.string() + ": " + std::strerror(errno));
  }
}

Json TestJson(const RunDirectory& directory, const TestOptions& options, const std::string& version,
              const std::string& target_version, const std::vector<std::string>& nodes) {
  utsname machine{};
  uname(&machine);
  struct sysinfo info {};
  sysinfo(&info);
  Json json;
  json["cleave"] = version;
  json["options"] = ToJson(options);
  json["command"] = options.command;
  json["started"] = UtcText(directory.started());
  json["machine"] = {{"kernel", std::string(machine.sysname) + " " + machine.release},
                     {"cores", std::thread::hardware_concurrency()},
                     {"memory", static_cast<uint64_t>(info.totalram) * info.mem_unit}};
  json["target"] = {{"name", options.target}, {"version", target_version}};
  json["nodes"] = nodes;
  return json;
}

}  // namespace cleave
