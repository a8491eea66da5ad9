// Installing packages, with stand-ins for apt-get, dpkg and sudo that write down how they were
// called.
#include "targets/install.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace cleave {
namespace {

namespace fs = std::filesystem;

class InstallTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "cleave-install-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    unsetenv("CLEAVE_NO_INSTALL");
    path_ = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
    setenv("PATH", (root_.string() + ":" + path_).c_str(), 1);
    Tool("dpkg-query", "[ -e " + root_.string() + "/done ] && echo installed");
    Tool("dpkg", "echo /lib/systemd/system/etcd.service");
    Tool("sudo", "exec \"$@\"");
    Tool("systemctl", Log("systemctl"));
    Apt("touch " + root_.string() + "/done");
  }
  void TearDown() override {
    setenv("PATH", path_.c_str(), 1);
    unsetenv("CLEAVE_NO_INSTALL");
    fs::remove_all(root_);
  }
  void Tool(const std::string& name, const std::string& script) {
    const fs::path file = root_ / name;
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(file, fs::perms::owner_all);
  }
  std::string Log(const std::string& tool) {
    return "echo " + tool + " \"$@\" >>" + root_.string() + "/log";
  }
  /// apt-get that notes what the policy file would answer, and then ends with `script`.
  void Apt(const std::string& script) {
    Tool("apt-get", Log("apt-get") + "\n" + Policy().string() + "; echo policy $? >>" +
                        root_.string() + "/log\n" + script);
  }
  fs::path Policy() const { return root_ / "policy-rc.d"; }
  static std::string Contents(const fs::path& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  std::string Calls() const { return Contents(root_ / "log"); }
  int Install() {
    TargetInfo target;
    target.name = "etcd";
    target.packages = {"etcd-server"};
    testing::internal::CaptureStderr();
    const int status = InstallPackages(target, Policy());
    said_ = testing::internal::GetCapturedStderr();
    return status;
  }

  fs::path root_;
  std::string path_;
  std::string said_;
};

TEST_F(InstallTest, InstallsWhileEveryStartIsForbiddenAndLeavesNoPolicyBehind) {
  EXPECT_EQ(Install(), 0) << said_;
  EXPECT_EQ(Calls(),
            "apt-get install -y -q --no-remove --no-install-recommends etcd-server\npolicy 101\n"
            "systemctl disable --quiet etcd.service\n");
  EXPECT_FALSE(fs::exists(Policy()));
  EXPECT_THAT(said_, testing::HasSubstr("missing package etcd-server (target etcd)"));
}

TEST_F(InstallTest, AFailedInstallationIsTriedWithNewListsAndThenSaidWithThePolicyUndone) {
  Apt("exit 100");
  EXPECT_EQ(Install(), 255);
  EXPECT_THAT(Calls(), testing::HasSubstr("apt-get update"));
  EXPECT_THAT(said_, testing::HasSubstr("apt-get could not install etcd-server"));
  EXPECT_FALSE(fs::exists(Policy()));
}

TEST_F(InstallTest, APolicyThatAllowsStartsIsAsideForAsLongAndComesBackAsItWas) {
  Tool("policy-rc.d", "exit 0");
  const auto mode = fs::perms::owner_all | fs::perms::group_exec;
  fs::permissions(Policy(), mode);
  EXPECT_EQ(Install(), 0) << said_;
  EXPECT_THAT(Calls(), testing::HasSubstr("policy 101"));
  EXPECT_EQ(Contents(Policy()), "#!/bin/sh\nexit 0\n");
  EXPECT_EQ(fs::status(Policy()).permissions(), mode);
}

TEST_F(InstallTest, APolicyThatAKilledInstallationLeftAsideComesBack) {
  Tool("policy-rc.d", "exit 101");
  Tool("policy-rc.d.before-cleave", "exit 104");
  EXPECT_EQ(Install(), 0) << said_;
  EXPECT_EQ(Contents(Policy()), "#!/bin/sh\nexit 104\n");
  EXPECT_FALSE(fs::exists(Policy().string() + ".before-cleave"));
}

TEST_F(InstallTest, APackageThatIsInTheWayIsNamedAndNotRemoved) {
  Apt("case \"$*\" in *\" -s \"*) echo 'Remv systemd-etcd [1.0]' ;; *) exit 100 ;; esac");
  EXPECT_EQ(Install(), 255);
  EXPECT_THAT(said_, testing::HasSubstr("etcd-server cannot be installed beside systemd-etcd; if "
                                        "these may be removed: apt-get install etcd-server"));
}

TEST_F(InstallTest, WhatIsInstalledIsNotInstalledAgain) {
  std::ofstream(root_ / "done");
  EXPECT_EQ(Install(), 0);
  EXPECT_EQ(Calls(), "");
}

TEST_F(InstallTest, WithoutLeaveToInstallItOnlyReports) {
  setenv("CLEAVE_NO_INSTALL", "1", 1);
  EXPECT_EQ(Install(), 255);
  EXPECT_EQ(Calls(), "");
  EXPECT_THAT(said_, testing::HasSubstr("install with: apt-get install etcd-server"));
}

}  // namespace
}  // namespace cleave
