// The page itself: policy, style, script, and the frame around what is said.
#include "reports/frame.h"

#include "reports/columns.h"
#include "reports/html.h"
#include "reports_assets.inc"  // kCss, kScript and their digests: assets/, embedded at build

namespace cleave {
namespace {

/// The policy's form of a digest: hexadecimal, as CMake computes it, to base64.
std::string PolicyHash(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return "'sha256-" + Base64(bytes) + "'";
}

/// Only our own script and style run, whatever text found its way into the page, and nothing is
/// loaded.
std::string Policy() {
  return "default-src 'none'; script-src " + PolicyHash(kScriptSha256) + "; style-src " +
         PolicyHash(kCssSha256) + "; img-src data:; base-uri 'none'; form-action 'none'";
}

}  // namespace

std::string RenderFrame(const Frame& frame) {
  const bool script = !frame.data.empty();
  std::string page =
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      Policy() +
      "\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">"
      "<title>" +
      Escape(frame.title) + " – Cleave</title><style>" + kCss +
      "</style></head><body><a class=\"skip\" href=\"#main\">Skip to the evidence</a>"
      "<header class=\"top\"><span class=\"brand\">Cleave</span><nav aria-label=\"Sections\">" +
      frame.navigation + "</nav>";
  if (script) {
    page +=
        "<button type=\"button\" class=\"button\" id=\"theme\" aria-label=\"Switch between light "
        "and dark\">◐</button>";
  }
  page +=
      "</header><main id=\"main\">" + frame.body + "</main><footer>" + frame.footer + "</footer>";
  if (script) page += frame.data + "<script>" + kScript + "</script>";
  return page + "</body></html>\n";
}

}  // namespace cleave
