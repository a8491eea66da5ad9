// The page over all findings says what was seen, and trusts no text.
#include "harness/gallery/page.h"

#include <gmock/gmock.h>

#include "harness/gallery/run_directory_test.h"

namespace cleave {
namespace {

using testing::HasSubstr;
using testing::Not;

Finding StaleReads() {
  Finding finding;
  finding.name = "stale";
  finding.title = "Reads are <stale>";
  finding.kind = "stale read";
  finding.target = "etcd";
  finding.breaks = "--serializable";
  finding.holds = "--nodes 3";
  finding.why = "because";
  finding.source = "somebody";
  finding.link = "https://example.org/?a&b";
  return finding;
}

TEST(GalleryPage, ShowsTheEvidenceOfAFindingBesideItsControl) {
  const GalleryRunDirectory directory;
  directory.WriteStaleRead();
  const Finding finding = StaleReads();
  GalleryEntry entry;
  entry.finding = &finding;
  GalleryRun run = ReadGalleryRun(directory.path());
  run.as_expected = true;
  run.seed = 7;
  entry.broken = {run};
  const std::string page = RenderGallery({entry}, directory.path().parent_path());
  EXPECT_THAT(page, HasSubstr("Every finding is as expected."));
  EXPECT_THAT(page, HasSubstr("✓ 1 of 1"));
  EXPECT_THAT(page, HasSubstr("not run"));  // the control
  EXPECT_THAT(page, HasSubstr("cleave test etcd --serializable"));
  EXPECT_THAT(page, HasSubstr("cleave test etcd --nodes 3"));
  EXPECT_THAT(page, HasSubstr("Reads are &lt;stale&gt;"));
  EXPECT_THAT(page, HasSubstr("https://example.org/?a&amp;b"));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;1&lt;/b&gt; was gone"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("href=\"" + directory.path().filename().string() + "/report.html"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(GalleryPage, SaysWhatIsNotAsExpected) {
  const Finding finding = StaleReads();
  GalleryEntry entry;
  entry.finding = &finding;
  GalleryRun failed = ReadGalleryRun("/nonexistent");
  failed.reason = "etcd is not installed";
  entry.broken = {failed};
  const std::string page = RenderGallery({entry}, "/");
  EXPECT_THAT(page, HasSubstr("0 of 1 findings are as expected."));
  EXPECT_THAT(page, HasSubstr("etcd is not installed"));
  EXPECT_THAT(page, HasSubstr("✗ not as expected"));
}

}  // namespace
}  // namespace cleave
