#include "adapterx/report/html_text.h"

#include <gtest/gtest.h>

#include "adapterx/io/images/image.h"
#include "adapterx/io/images/png_writer.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

constexpr const char* kBad = "\xef\xbf\xbd";

TEST(Escape, LeavesNoMarkup) {
  EXPECT_EQ(escape("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(escape("Schuhgröße → 42 👟\n\t"), "Schuhgröße → 42 👟\n\t");
}

TEST(Escape, ReplacesWhatIsNoText) {
  for (const char* bad : {"\x01", "\x1b", "\x7f", "\xff", "\x80", "\xc2\x85"}) {
    EXPECT_EQ(escape(std::string("a") + bad + "b"), std::string("a") + kBad + "b");
  }
  EXPECT_EQ(escape(std::string_view("a\0b", 3)), std::string("a") + kBad + "b");
  // Overlong `<`, a surrogate, beyond U+10FFFF, cut short: a mark for each byte, and nothing after is lost.
  EXPECT_EQ(escape("\xc0\xbc!"), std::string(kBad) + kBad + "!");
  EXPECT_EQ(escape("\xed\xa0\x80!"), std::string(kBad) + kBad + kBad + "!");
  EXPECT_EQ(escape("\xf4\x90\x80\x80!"), std::string(kBad) + kBad + kBad + kBad + "!");
  EXPECT_EQ(escape("\xe2\x86<"), std::string(kBad) + kBad + "&lt;");
  EXPECT_EQ(escape("\xe2"), kBad);
}

TEST(Shorten, CountsCodePoints) {
  EXPECT_EQ(shorten("größe", 5), "größe");
  EXPECT_EQ(shorten("größen", 5), "größ…");
  EXPECT_EQ(shorten("", 5), "");
  EXPECT_EQ(shorten("\xff\xff\xff", 2), std::string(kBad) + "…");
}

TEST(Unbroken, KeepsNumbersAndUnitsTogether) {
  EXPECT_EQ(unbroken("12 min 5 s"), "12\u00a0min\u00a05\u00a0s");
  EXPECT_EQ(unbroken("999"), "999");
  EXPECT_EQ(unbroken(""), "");
}

TEST(DataUri, TakesPicturesOnly) {
  const std::vector<std::byte> png = encode_png(new_image("x", 63, 5));
  EXPECT_TRUE(data_uri("x", png).starts_with("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_TRUE(is_tiny(png));
  EXPECT_FALSE(is_tiny(encode_png(new_image("x", 64, 5))));
  EXPECT_FALSE(is_tiny(encode_png(new_image("x", 5, 300))));
  EXPECT_FALSE(is_tiny(std::span(png).first(20)));
  expect_part(error_text([] { data_uri("x", bytes_of("<svg onload=...>")); }),
              "x: expected a PNG or JPEG file");
}

}  // namespace
}  // namespace ax
