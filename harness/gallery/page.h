// gallery.html: all findings on one page, each with its evidence beside its control.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/gallery/outcome.h"

namespace cleave {

/// The whole page; it loads nothing, and links to the runs' reports, whose directories are below
/// `directory`. Reads the history of one run of each finding. Throws HistoryError where that cannot
/// be read.
std::string RenderGallery(const std::vector<GalleryEntry>& entries,
                          const std::filesystem::path& directory);

}  // namespace cleave
