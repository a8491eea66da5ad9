// What all pages share: the policy that lets nothing foreign run, the style, the bar at the top.
#pragma once

#include <string>

namespace cleave {

/// Everything but the title is HTML whose foreign text is escaped already.
struct Frame {
  std::string title;
  std::string navigation;  // links to the sections
  std::string body;
  std::string footer;
  /// What the script draws from (reports/README.md); "": a page without script.
  std::string data = {};
};

/// A whole page, which loads nothing.
std::string RenderFrame(const Frame& frame);

}  // namespace cleave
