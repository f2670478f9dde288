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

// A plain space for the no-break one.
std::string plain(std::string text) {
  for (size_t at = 0; (at = text.find("\xc2\xa0")) != std::string::npos;) text.replace(at, 2, " ");
  return text;
}

TEST(Numbers, AreShownAsPeopleWriteThem) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(174'781), "174,781");
  EXPECT_EQ(with_thousands(-1'234'567), "-1,234,567");
  EXPECT_EQ(plain(percent_text(0.91254, 2)), "91.25 %");
  EXPECT_EQ(plain(small_percent_text(0.002037)), "0.204 %");
  EXPECT_EQ(plain(small_percent_text(0.0000091)), "0.000910 %");
  EXPECT_EQ(plain(small_percent_text(0.0188)), "1.88 %");
  EXPECT_EQ(plain(small_percent_text(1)), "100.00 %");
  EXPECT_EQ(plain(small_percent_text(0)), "0.00 %");
  EXPECT_EQ(plain(duration_text(0.25)), "0.2 s");
  EXPECT_EQ(plain(duration_text(59.4)), "59 s");
  EXPECT_EQ(plain(duration_text(59.6)), "1 min 0 s");
  EXPECT_EQ(plain(duration_text(3599)), "59 min 59 s");
  EXPECT_EQ(plain(duration_text(11'220)), "3 h 7 min");
  EXPECT_EQ(plain(bytes_text(999)), "999 bytes");
  EXPECT_EQ(plain(bytes_text(699'124)), "699 kB");
  EXPECT_EQ(plain(bytes_text(999'600)), "1.00 MB");
  EXPECT_EQ(plain(bytes_text(12.34e9)), "12.3 GB");
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
