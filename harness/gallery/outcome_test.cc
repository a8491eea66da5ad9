// What a run must show to count.
#include "harness/gallery/outcome.h"

#include <gmock/gmock.h>

#include "harness/gallery/run_directory_test.h"

namespace cleave {
namespace {

Json AnomalyNamed(const std::string& name, const std::string& explanation = "") {
  return {{"name", name}, {"explanation", explanation}};
}

TEST(GalleryOutcome, AnomaliesAreCalledByTheWordsOfTheField) {
  EXPECT_EQ(KindOf(AnomalyNamed("stale-read")), "stale read");
  EXPECT_EQ(KindOf(AnomalyNamed("stale")), "stale read");
  EXPECT_EQ(KindOf(AnomalyNamed("lost")), "lost write");
  EXPECT_EQ(KindOf(AnomalyNamed("lost-update")), "lost update");
  EXPECT_EQ(KindOf(AnomalyNamed("double-cas")), "lost update");
  EXPECT_EQ(KindOf(AnomalyNamed("two-holders")), "two holders");
  EXPECT_EQ(KindOf(AnomalyNamed("G2-item", "T1 …. This is a write skew: each read …")),
            "write skew");
  EXPECT_EQ(KindOf(AnomalyNamed("G2-item", "T1 …")), "G2-item");
  EXPECT_EQ(KindOf(Json()), "");
}

GalleryRun RunThatSaw(const std::vector<std::string>& kinds) {
  GalleryRun run;
  run.verdict = kinds.empty() ? "valid" : "invalid";
  run.kinds = kinds;
  return run;
}

TEST(GalleryOutcome, AFindingMustBeNamedAsItsKindAndNothingForbiddenSeen) {
  Finding finding;
  finding.kind = "write skew";
  finding.never = {"lost update"};
  EXPECT_TRUE(ShowsFinding(finding, RunThatSaw({"G2-item", "write skew"})));
  EXPECT_FALSE(ShowsFinding(finding, RunThatSaw({"G2-item"})));
  EXPECT_FALSE(ShowsFinding(finding, RunThatSaw({"write skew", "lost update"})));
  EXPECT_FALSE(ShowsFinding(finding, RunThatSaw({})));
  EXPECT_TRUE(IsClean(RunThatSaw({})));
  EXPECT_FALSE(IsClean(RunThatSaw({"write skew"})));
  GalleryRun failed = RunThatSaw({});
  failed.failed = true;
  EXPECT_FALSE(IsClean(failed));
}

TEST(GalleryOutcome, FourOfFiveAreEnoughForAFindingAndNoControlMayFail) {
  GalleryRun good, bad;
  good.as_expected = true;
  GalleryEntry entry;
  entry.broken = {good, good, good, good, bad};
  entry.clean = {good, good};
  EXPECT_TRUE(entry.Holds());
  entry.broken.back().failed = true;
  EXPECT_FALSE(entry.Holds());
  entry.broken = {good, good, good, bad, bad};
  EXPECT_FALSE(entry.Holds());
  entry.broken = {good};
  entry.clean = {good, bad};
  EXPECT_FALSE(entry.Holds());
}

TEST(GalleryOutcome, ADirectoryWithoutResultsIsARunThatFailed) {
  EXPECT_TRUE(ReadGalleryRun("/nonexistent").failed);
}

TEST(GalleryOutcome, AFailedEnvironmentIsNoVerdictOnTheStore) {
  const GalleryRunDirectory directory;
  directory.Write("results.json",
                  R"({"verdict": "unknown", "counts": {"ok": 0}, "checkers": [
                      {"checker": "environment", "verdict": "unknown", "reason": "no etcd"}]})");
  const GalleryRun run = ReadGalleryRun(directory.path());
  EXPECT_TRUE(run.failed);
  EXPECT_EQ(run.reason, "no etcd");
}

TEST(GalleryOutcome, ARunIsReadFromItsDirectory) {
  const GalleryRunDirectory directory;
  directory.WriteStaleRead();
  const GalleryRun run = ReadGalleryRun(directory.path());
  EXPECT_FALSE(run.failed);
  EXPECT_EQ(run.verdict, "invalid");
  EXPECT_EQ(run.ok, 3u);
  EXPECT_EQ(run.version, "3.4");
  EXPECT_THAT(run.kinds, testing::ElementsAre("stale read", "G0"));
  Finding finding;
  finding.kind = "G0";
  EXPECT_EQ(KindsInWords(finding, run), "G0, stale read");
}

}  // namespace
}  // namespace cleave
