// Base64 against the examples of RFC 4648, and against itself.
#include "targets/etcd/base64.h"

#include <gtest/gtest.h>

#include <utility>

namespace cleave {
namespace {

TEST(Base64, AgreesWithTheExamplesOfTheStandard) {
  const std::pair<std::string, std::string> kExamples[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : kExamples) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text), bytes);
  }
}

TEST(Base64, EveryByteSurvivesAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t before = 0; before < 3; ++before) {
      const std::string bytes = std::string(before, '\xff') + static_cast<char>(byte);
      EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
    }
  }
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text : {"Z", "Zg=", "Zg", "Z===", "Zm9v\n", "Zm 9", "====", "Zg==Zg=="}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace cleave
