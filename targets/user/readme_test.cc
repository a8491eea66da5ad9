// The guide names every field, placeholder and error code that there is.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "targets/user/data_types.h"
#include "targets/user/description.h"
#include "targets/user/errors.h"

namespace cleave {
namespace {

std::filesystem::path UserFolder() { return std::filesystem::path(__FILE__).parent_path(); }

std::string UserGuide() {
  std::ifstream in(UserFolder() / "README.md", std::ios::binary);
  EXPECT_TRUE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(UserReadme, SaysOfEveryErrorCodeWhetherItIsDefinite) {
  const std::string guide = UserGuide();
  for (const UserError& error : UserErrors()) {
    const size_t row = guide.find("\n| `" + std::string(error.code) + "`");
    ASSERT_NE(row, std::string::npos) << error.code;
    const size_t column = guide.find('|', row + 3);
    EXPECT_EQ(guide.substr(column, 6), error.definite ? "| yes " : "| no |") << error.code;
  }
}

TEST(UserReadme, NamesEveryFieldPlaceholderAndFunction) {
  const std::string guide = UserGuide();
  for (const std::string& field : UserDescriptionFields()) {
    EXPECT_NE(guide.find("\n| `" + field + "` |"), std::string::npos) << field;
  }
  for (const std::string& name : UserPlaceholders()) {
    EXPECT_NE(guide.find("`{" + name + "}`"), std::string::npos) << name;
  }
  for (const std::string& interface : UserInterfaces()) {
    EXPECT_NE(guide.find("\n| `" + interface + "` | `"), std::string::npos) << interface;
    for (const std::string& f : UserFunctions(interface)) {
      EXPECT_NE(guide.find("| `" + f + "` | "), std::string::npos) << f;
    }
  }
}

TEST(UserReadme, ItsExamplesAreDescriptions) {
  for (const char* example : {"store/store.json", "redis/redis.json"}) {
    EXPECT_NO_THROW(ReadUserDescription(UserFolder() / "examples" / example)) << example;
  }
}

}  // namespace
}  // namespace cleave
