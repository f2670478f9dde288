#include "adapterx/io/images/font.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "adapterx/base/error.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSans = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";  // of fonts-dejavu-core

fs::path scratch_file(const std::string& bytes) {
  const fs::path file = fs::path(testing::TempDir()) / "ax_font_test.ttf";
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

// DejaVu's capitals are 1493 of its 2048 units high; an H is two stems and a bar, of twelve corners.
TEST(Font, GivesOutlinesInFontUnits) {
  const Font font(kSans);
  const GlyphOutline h = font.outline(U'H').value();
  EXPECT_EQ(h.contour_ends, std::vector<int16_t>{11});
  ASSERT_EQ(h.points.size(), 24u);
  EXPECT_TRUE(std::ranges::all_of(h.tags, [](uint8_t tag) { return tag == 1; }));  // all on the curve
  int lowest = INT16_MAX, highest = INT16_MIN;
  for (size_t i = 1; i < 24; i += 2) {
    lowest = std::min<int>(lowest, h.points[i]);
    highest = std::max<int>(highest, h.points[i]);
  }
  EXPECT_EQ(lowest, 0);
  EXPECT_EQ(highest, 1493);
  EXPECT_EQ(font.outline(U'O').value().contour_ends.size(), 2u);
  EXPECT_EQ(font.outline(U'\u00EB').value().contour_ends.size(),
            4u);  // e and two dots, of parts of other glyphs
}

TEST(Font, HasNothingToShowForBlanksAndWhatItLacks) {
  const Font font(kSans);
  for (const char32_t code : {U' ', U'\u200B', U'\u3042', char32_t{0x10FFFF}, char32_t{0}}) {
    EXPECT_FALSE(font.outline(code)) << static_cast<uint32_t>(code);
  }
}

TEST(Font, DamagedFilesAreErrorsOrLackCharacters) {
  std::ifstream stream(kSans, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  ASSERT_GT(whole.size(), 100'000u);
  EXPECT_THROW(Font(scratch_file("")), Error);
  EXPECT_THROW(Font("/nowhere/font.ttf"), Error);
  for (size_t part = 0; part < 40; ++part) {
    std::string bytes = whole.substr(0, whole.size() * (part + 1) / 41);
    for (size_t i = part; i < bytes.size(); i += 997) bytes[i] = static_cast<char>(bytes[i] ^ 0x5A);
    const fs::path file = scratch_file(bytes);
    try {
      const Font font(file);
      for (char32_t code = 33; code < 127; ++code) font.outline(code);
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("expected a font"), std::string::npos) << error.what();
    }
  }
  fs::remove(scratch_file(""));
}

}  // namespace
}  // namespace ax
