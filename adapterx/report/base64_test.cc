#include "adapterx/report/base64.h"

#include <gtest/gtest.h>

#include "adapterx/base/error.h"

namespace ax {
namespace {

std::string encoded(std::string_view text) { return to_base64(std::as_bytes(std::span(text))); }

// The vectors of RFC 4648, section 10.
TEST(Base64, WritesTheVectorsOfTheRfc) {
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(encoded("fooba"), "Zm9vYmE=");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Base64, ReadsWhatItWrote) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    bytes.push_back(static_cast<std::byte>(i * 37 ^ i >> 3));
  }
}

TEST(Base64, RefusesOtherText) {
  EXPECT_THROW(from_base64("Zg"), Error);
  EXPECT_THROW(from_base64("Zg=a"), Error);
  EXPECT_THROW(from_base64("Z==="), Error);
  EXPECT_THROW(from_base64("Zm\"v"), Error);
  EXPECT_THROW(from_base64("\xff\xff\xff\xff"), Error);
}

}  // namespace
}  // namespace ax
