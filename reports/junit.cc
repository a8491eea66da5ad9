// junit.xml: one test suite a run, one test case a checker. Invariant: well-formed XML 1.0 whatever
// the results say (Printable leaves no control character that XML forbids).
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/report.h"

namespace cleave {
namespace {

/// Escape, and line ends kept in attributes, where XML would turn them into spaces. U+FFFE and
/// U+FFFF, which XML forbids, are replaced.
std::string Attribute(std::string_view text) {
  std::string out;
  for (const char c : Escape(text)) {
    if (c == '\n')
      out += "&#10;";
    else if (c == '\t')
      out += "&#9;";
    else
      out += c;
  }
  for (const char* forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (size_t at; (at = out.find(forbidden)) != std::string::npos;)
      out.replace(at, 3, "\xEF\xBF\xBD");
  }
  return out;
}

std::string Property(const std::string& name, const Json& value) {
  if (value.is_null()) return "";
  return "      <property name=\"" + Attribute(name) + "\" value=\"" +
         Attribute(value.is_string() ? value.get<std::string>() : DumpJson(value)) + "\"/>\n";
}

std::string EvidenceText(const Json& checker) {
  std::string text = TextAt(checker, "reason") + "\n";
  const Json& anomalies = At(checker, "anomalies");
  if (!anomalies.is_array()) return text;
  for (const Json& anomaly : anomalies) {
    text +=
        "\n" + TextAt(anomaly, "name", "anomaly") + ": " + TextAt(anomaly, "explanation") + "\n";
    const Json& operations = At(anomaly, "operations");
    if (!operations.is_array()) continue;
    for (const Json& op : operations) {
      text += "  event " + DumpJson(At(op, "index")) + ", process " + DumpJson(At(op, "process")) +
              ": " + Shorten(TextAt(op, "text"), 300) + " (" + TextAt(op, "outcome") + ")\n";
    }
  }
  return text;
}

std::string TestCase(const Json& checker, const std::string& suite) {
  const std::string verdict = TextAt(checker, "verdict", "unknown");
  std::string xml = "    <testcase classname=\"" + Attribute(suite) + "\" name=\"" +
                    Attribute(TextAt(checker, "checker")) + "\" time=\"0\"";
  if (verdict == "valid") return xml + "/>\n";
  const std::string element = verdict == "invalid" || verdict == "vacuous" ? "failure" : "error";
  return xml + ">\n      <" + element + " type=\"" + Attribute(verdict) + "\" message=\"" +
         Attribute(TextAt(checker, "reason")) + "\">" + Attribute(EvidenceText(checker)) + "</" +
         element + ">\n    </testcase>\n";
}

}  // namespace

std::string RenderJUnit(const ReportInput& input) {
  const Json& checkers = At(input.results, "checkers");
  std::string cases;
  size_t tests = 0, failures = 0, errors = 0;
  const std::string workload = WorkloadName(input.test);
  const std::string suite =
      "cleave." + TargetName(input.test) + (workload.empty() ? "" : "." + workload);
  if (checkers.is_array()) {
    for (const Json& checker : checkers) {
      const std::string verdict = TextAt(checker, "verdict", "unknown");
      ++tests;
      failures += verdict == "invalid" || verdict == "vacuous";
      errors += verdict != "valid" && verdict != "invalid" && verdict != "vacuous";
      cases += TestCase(checker, suite);
    }
  }
  if (tests == 0) {  // an empty suite would look like a success
    tests = errors = 1;
    cases = "    <testcase classname=\"" + Attribute(suite) +
            "\" name=\"judgement\" time=\"0\">\n"
            "      <error type=\"unknown\" message=\"the run was not judged\"/>\n    </testcase>\n";
  }
  std::string properties = Property("verdict", At(input.results, "verdict"));
  const Json& options = At(input.test, "options");
  if (options.is_object()) {
    for (const auto& [name, value] : options.items()) properties += Property(name, value);
  }
  properties +=
      Property("cleave", At(input.test, "cleave")) + Property("machine", At(input.test, "machine"));
  const Clock clock(input.history);
  char time[32];
  std::snprintf(time, sizeof time, "%.3f",
                clock.has_times() ? static_cast<double>(clock.end()) / 1e9 : 0.0);
  const std::string counts = "tests=\"" + std::to_string(tests) + "\" failures=\"" +
                             std::to_string(failures) + "\" errors=\"" + std::to_string(errors) +
                             "\" skipped=\"0\" time=\"" + time + "\"";
  const std::string started = TextAt(input.test, "started");
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
         ">\n  <testsuite name=\"" + Attribute(suite) + "\" " + counts +
         (started.empty() ? "" : " timestamp=\"" + Attribute(started) + "\"") +
         ">\n    <properties>\n" + properties + "    </properties>\n" + cases +
         "  </testsuite>\n</testsuites>\n";
}

}  // namespace cleave
