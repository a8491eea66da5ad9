// test.json as it is: every option, the machine, the versions.
#include "reports/facts.h"
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {

std::string RenderOptions(const ReportInput& input) {
  if (input.test.is_null()) return "";
  return "<details><summary>test.json</summary><pre tabindex=\"0\">" +
         Escape(DumpJson(input.test, 2)) + "</pre></details>";
}

}  // namespace cleave
