// See check_printer.h. Every line is flushed: judging the next path may take long.
#include "harness/cli/check_printer.h"

#include <unistd.h>

#include <iostream>

namespace cleave {
namespace {

void PrintLine(const std::string& path, const char* word) {
  std::cout << path << "\t" << word << std::endl;
}

const char* Word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid: return "true";
    case Verdict::kInvalid: return "false";
    case Verdict::kUnknown:
    case Verdict::kVacuous: break;
  }
  return "unknown";
}

}  // namespace

CheckPrinter::CheckPrinter(bool json) : json_(json), terminal_(isatty(STDOUT_FILENO)) {}

void CheckPrinter::Add(const std::string& path, const Judgement& judgement,
                       const History& history) {
  ++counts_[static_cast<size_t>(judgement.verdict)];
  worst_ = std::max(worst_, judgement.verdict);
  if (json_) {
    Json json = ResultsJson(judgement, history);
    json["file"] = path;
    std::cout << DumpJson(json) << std::endl;
  } else if (terminal_) {
    std::cout << path << ": " << Summary(judgement, history) << std::flush;
  } else {
    PrintLine(path, Word(judgement.verdict));
  }
}

void CheckPrinter::AddFailure(const std::string& path, const std::string& why, int exit_code) {
  ++failures_;
  failure_ = std::max(failure_, exit_code);
  std::cerr << "cleave: " << why << "\n";
  if (json_) {
    std::cout << DumpJson(Json{{"file", path}, {"error", why}}) << std::endl;
  } else if (!terminal_) {
    PrintLine(path, "unknown");
  }
}

int CheckPrinter::End() const {
  size_t paths = failures_;
  std::string text;
  for (const Verdict verdict :
       {Verdict::kValid, Verdict::kUnknown, Verdict::kVacuous, Verdict::kInvalid}) {
    const size_t count = counts_[static_cast<size_t>(verdict)];
    paths += count;
    if (count > 0) text += ", " + std::to_string(count) + " " + VerdictName(verdict);
  }
  if (failures_ > 0) text += ", " + std::to_string(failures_) + " could not be judged";
  if (terminal_ && !json_ && paths > 1) {
    std::cout << paths << " paths: " << text.substr(2) << std::endl;
  }
  return worst_ == Verdict::kInvalid || failure_ == 0 ? ExitCode(worst_) : failure_;
}

}  // namespace cleave
