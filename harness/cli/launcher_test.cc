// The launcher, copied into a checkout of its own, with stand-ins for the tools it calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/program_test.h"

namespace cleave {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class Launcher : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* folder :
         {"harness", "nemesis", "checkers", "workloads", "targets", "reports", "tools"}) {
      fs::create_directory(root_.path() / folder);
    }
    root_.Write("CMakeLists.txt", "");
    fs::copy_file(fs::path(__FILE__).parent_path() / "../../cleave", root_.path() / "cleave");
    Tool("dpkg-query", "[ -e " + Path("missing") + " ] || echo installed");
    Tool("id", "echo 0");
    Tool("apt-get", Log("apt-get \"$@\"") + "\n" + Log("policy $(cat " + Path("policy") + ")"));
    Tool("cmake", Log("cmake \"$@\"") +
                      "\nmkdir -p \"$6/harness/history\" \"$6/harness/run\" \"$6/checkers\"");
    // The program that it builds says how it was called.
    Tool("ninja", Log("ninja \"$@\"") +
                      "\nprintf '#!/bin/sh\\necho \"program $CLEAVE_COMMAND:\" \"$@\"\\n' "
                      ">\"$2/cleave\"\nchmod 755 \"$2/cleave\"");
    Tool("ctest", Log("ctest \"$@\"") + "\necho '100% tests passed'; mkdir -p " +
                      "\"$2/Testing/Temporary\"; touch \"$2/Testing/Temporary/LastTest.log\"");
  }
  std::string Path(const std::string& name) const { return (root_.path() / name).string(); }
  void Tool(const std::string& name, const std::string& script) {
    const std::string file = root_.Write("tools/" + name, "#!/bin/sh\n" + script + "\n");
    fs::permissions(file, fs::perms::owner_all);
  }
  std::string Log(const std::string& words) const { return "echo " + words + " >>" + Path("log"); }
  std::string Calls() const {
    std::ifstream in(Path("log"));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// The beginning of a command line that starts the launcher.
  std::string Environment() const {
    return "cd " + Path("") + " && unset CLEAVE_NO_INSTALL CLEAVE_BUILD && PATH=" + Path("tools") +
           ":$PATH CLEAVE_POLICY=" + Path("policy") + " ";
  }
  ProgramResult Launch(const std::string& arguments) const {
    return RunShell(Environment() + "./cleave " + arguments);
  }
  void MissPackages() { root_.Write("missing", ""); }

  TemporaryDirectory root_;
};

TEST_F(Launcher, BuildsOnceAndBecomesTheProgramThatKnowsHowItWasCalled) {
  const ProgramResult first = Launch("test raft");
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_THAT(first.output, HasSubstr("program ./cleave: test raft\n"));
  EXPECT_EQ(Launch("doctor").output, "program ./cleave: doctor\n");
}

TEST_F(Launcher, InstallsWithoutRemovingAndWhileStartsAreForbidden) {
  MissPackages();
  const ProgramResult result = Launch("doctor");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(Calls(), HasSubstr("apt-get install -y -q --no-remove --no-install-recommends g++"));
  EXPECT_THAT(Calls(), HasSubstr("policy #!/bin/sh exit 101"));
  EXPECT_FALSE(fs::exists(Path("policy")));
}

TEST_F(Launcher, SaysWhichPackagesAreInTheWayAndWhatToType) {
  MissPackages();
  Tool("apt-get",
       "case \" $* \" in *' -s '*) echo 'Remv libboost1.74-dev [1.74.0]' ;; *) exit 100; esac");
  const ProgramResult result = Launch("doctor");
  EXPECT_EQ(result.exit_code, 255);
  EXPECT_THAT(result.output, HasSubstr("cannot be installed beside libboost1.74-dev; "
                                       "if these may be removed: apt-get install g++ cmake"));
  EXPECT_FALSE(fs::exists(Path("policy")));
}

TEST_F(Launcher, AnInterruptedInstallationPutsThePolicyBackThatWasThere) {
  MissPackages();
  root_.Write("policy", "the user's own");
  Tool("apt-get", "kill -TERM $PPID; exit 1");
  const ProgramResult result = Launch("doctor");
  EXPECT_EQ(result.exit_code, 255);
  EXPECT_THAT(result.output, HasSubstr("interrupted while installing"));
  std::ifstream policy(Path("policy"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(policy), {}), "the user's own");
}

TEST_F(Launcher, WithoutRootAndSudoItSaysSoAtOnce) {
  MissPackages();
  Tool("id", "echo 1000");
  for (const char* tool : {"bash", "dirname", "readlink", "mkdir", "flock", "find"}) {
    fs::create_symlink(fs::path("/usr/bin") / tool, root_.path() / "tools" / tool);
  }
  const ProgramResult result =
      RunShell("cd " + Path("") + " && PATH=" + Path("tools") + " bash ./cleave doctor");
  EXPECT_EQ(result.exit_code, 255);
  EXPECT_THAT(result.output, HasSubstr("there is no sudo; as root: apt-get install g++ cmake"));
  EXPECT_EQ(Calls(), "");
}

TEST_F(Launcher, AFailedBuildWithManyErrorsExits255AndNamesItsLog) {
  Tool("ninja", "i=0; while [ $i -lt 20000 ]; do echo error: $i; i=$((i + 1)); done; exit 1");
  const ProgramResult result = Launch("doctor");
  EXPECT_EQ(result.exit_code, 255);
  EXPECT_THAT(result.output, HasSubstr("error: 59\n"));
  EXPECT_THAT(result.output, Not(HasSubstr("error: 60\n")));
  EXPECT_THAT(result.output,
              HasSubstr("all of its output is in " + Path("build/release/build.log")));
}

TEST_F(Launcher, ABuildDirectoryThatCannotBeMadeExits255WithWords) {
  root_.Write("build", "not a directory");
  const ProgramResult result = Launch("doctor");
  EXPECT_EQ(result.exit_code, 255);
  EXPECT_THAT(result.output, HasSubstr("cleave: line "));
}

TEST_F(Launcher, TwoAtOnceBuildOnce) {
  const std::string launch = "(" + Environment() + "./cleave doctor) ";
  const ProgramResult result = RunShell("{ " + launch + "& " + launch + "; wait; }");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("program ./cleave: doctor\n"));
  const std::string calls = Calls();
  EXPECT_EQ(calls.find("ninja"), calls.rfind("ninja")) << calls;
}

TEST_F(Launcher, TheProgramDoesNotHoldTheLock) {
  Tool("ninja", "printf '#!/bin/sh\\nflock -n " + Path("build/release/lock") +
                    " echo free\\n' >\"$2/cleave\"\nchmod 755 \"$2/cleave\"");
  EXPECT_THAT(Launch("doctor").output, HasSubstr("free\n"));
}

TEST_F(Launcher, ARelativeBuildDirectoryIsTheCallers) {
  fs::create_directory(root_.path() / "elsewhere");
  const ProgramResult result =
      RunShell(Environment() + "sh -c 'cd elsewhere && CLEAVE_BUILD=b ../cleave selftest'");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(Calls(), HasSubstr("ctest --test-dir " + Path("elsewhere/b/test")));
}

TEST_F(Launcher, HelpOfSelftestAndBenchIsTheProgramsAndBuildsNothingElse) {
  for (const char* arguments : {"selftest --help", "selftest -R x -h", "bench --help"}) {
    const ProgramResult result = Launch(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_THAT(result.output, HasSubstr(" --help\n"));
  }
  EXPECT_THAT(Calls(), Not(HasSubstr("build/test")));
}

TEST_F(Launcher, AnUnknownOptionOfSelftestOrBenchIsRefusedBeforeAnythingIsBuilt) {
  for (const char* arguments : {"selftest --bogus", "selftest -R", "bench --bogus"}) {
    EXPECT_EQ(Launch(arguments).exit_code, 254) << arguments;
  }
  EXPECT_EQ(Calls(), "");
}

TEST_F(Launcher, TheUsersChoiceOfTestsIsJoinedWithItsOwn) {
  EXPECT_EQ(Launch("selftest -R history -E slow -j 1").exit_code, 0);
  EXPECT_THAT(Calls(), HasSubstr("build/test --output-on-failure --no-tests=error -j2 -R history "
                                 "-E slow --repeat until-pass:2 -j 1\n"));
  EXPECT_THAT(Calls(), HasSubstr("build/asan --output-on-failure --no-tests=ignore -j2 -R history "
                                 "-E EndToEnd|Browser|EveryTiny|"));
  EXPECT_THAT(Calls(), HasSubstr("|1[01])$|slow --repeat until-pass:2 -j 1\n"));
  EXPECT_EQ(Launch("selftest --repeat until-fail:9").exit_code, 0);
  EXPECT_THAT(Calls(), HasSubstr("-j2 --repeat until-fail:9\n"));
}

class LauncherFuzz : public Launcher {
 protected:
  void SetUp() override {
    Launcher::SetUp();
    fs::create_directories(root_.path() / "checkers/fuzz");
    root_.Write("checkers/fuzz/object_fuzz.cc", "");
    root_.Write("checkers/fuzz/witness_fuzz.cc", "");
    Tool("ninja", Log("ninja \"$@\"") +
                      "\nmkdir -p \"$2/checkers\"\nfor name in object witness; do cp " +
                      Path("tools/target") + " \"$2/checkers/${name}_fuzz\"; done");
    Target("printf '#812\\tDONE   cov: 33 ft: 71 corp: 5/42Kb lim: 1369 exec/s: 99 rss: 9Mb\\n'");
  }
  void Target(const std::string& script) { Tool("target", Log("target \"$@\"") + "\n" + script); }
};

TEST_F(LauncherFuzz, BuildsWithClangAndSaysWhatEachTargetDid) {
  const ProgramResult result = Launch("fuzz");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  const std::string did = ": ok, 812 executions, 99 a second; 33 edges covered by a corpus of 5\n";
  EXPECT_THAT(result.output, HasSubstr("object" + did));
  EXPECT_THAT(result.output, HasSubstr("witness" + did));
  EXPECT_THAT(Calls(), HasSubstr("-DCLEAVE_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++\n"));
  EXPECT_THAT(Calls(), HasSubstr("-max_total_time=60"));
  EXPECT_THAT(Calls(), HasSubstr("checkers/fuzz/seeds/witness\n"));
}

TEST_F(LauncherFuzz, SecondsAndTargetsAreTheUsers) {
  EXPECT_EQ(Launch("fuzz 7 object").exit_code, 0);
  EXPECT_THAT(Calls(), HasSubstr("-max_total_time=7"));
  EXPECT_THAT(Calls(), Not(HasSubstr("seeds/witness")));
}

TEST_F(LauncherFuzz, AnUnknownTargetIsRefusedWithTheList) {
  const ProgramResult result = Launch("fuzz 7 objekt");
  EXPECT_EQ(result.exit_code, 254);
  EXPECT_THAT(result.output, HasSubstr("no fuzz target 'objekt': object, witness; see"));
  EXPECT_EQ(Calls(), "");
}

TEST_F(LauncherFuzz, AFindingExits1AndNamesItsInputAndHowToRepeatIt) {
  Target("echo 'x.cc:3: CHECK(a == b) failed'; echo 'Test unit written to ./crash-1'; exit 77");
  const ProgramResult result = Launch("fuzz 1 object");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("CHECK(a == b) failed\nobject: FOUND: ./crash-1; "));
  EXPECT_THAT(result.output, HasSubstr("build/fuzz/checkers/object_fuzz ./crash-1\n"));
}

TEST_F(LauncherFuzz, SelftestGivesEachTargetAMomentUnlessTestsWereChosen) {
  EXPECT_EQ(Launch("selftest -R history").exit_code, 0);
  EXPECT_THAT(Calls(), Not(HasSubstr("-max_total_time")));
  EXPECT_EQ(Launch("selftest").exit_code, 0);
  EXPECT_THAT(Calls(), HasSubstr("-max_total_time=5"));
}

TEST_F(Launcher, ATestThatPassedOnlyAtTheSecondAttemptIsNamed) {
  Tool("ctest", "echo '1/1 Test #1: race ....***Failed 1 sec'; echo '100% tests passed'");
  const ProgramResult result = Launch("selftest");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("passed only at the second attempt: race\n"));
}

TEST_F(Launcher, AChoiceOfNoTestIsBadUsageAndFailedTestsExit1) {
  Tool("ctest", "echo 'No tests were found!!!'; exit 8");
  EXPECT_EQ(Launch("selftest -R nothing").exit_code, 254);
  EXPECT_EQ(Launch("selftest").exit_code, 255);
  Tool("ctest", "echo '50% tests passed, 1 tests failed out of 2'; exit 8");
  EXPECT_EQ(Launch("selftest").exit_code, 1);
}

}  // namespace
}  // namespace cleave
