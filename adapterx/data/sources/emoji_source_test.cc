#include "adapterx/data/sources/emoji_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "adapterx/data/sources/emoji_list.h"
#include "adapterx/data/sources/image_sources.h"
#include "adapterx/io/images/font.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFont = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
constexpr const char* kList =
    "# Version 15.0\n"
    "1F9D0 ; fully-qualified # \U0001F9D0 E5.0 of no group\n\n"
    "# group: Animals & Nature\n"
    "# subgroup: animal-bird\n"
    "1F424 ; fully-qualified # \U0001F424 E0.6 baby chick\n"
    "1F54A FE0F ; fully-qualified # \U0001F54A E0.7 dove\n"
    "1F54A ; unqualified # \U0001F54A E0.7 dove\n"
    "1F427 ; fully-qualified # \U0001F427 E0.6 penguin\n"
    "1F426 200D 2B1B ; fully-qualified # \U0001F426 E15.0 black bird\n"
    "# group: Objects\n"
    "# subgroup: book-paper\n"
    "1F4D7 ; fully-qualified # \U0001F4D7 E0.6 green book\n"
    "1F4D8 ; fully-qualified # \U0001F4D8 E0.6 blue book\n"
    "1F4C3 ; fully-qualified # \U0001F4C3 E0.6 page with curl\n"
    "# subgroup: tool\n"
    "1F528 ; fully-qualified # \U0001F528 E0.6 hammer\n"
    "1F529 ; fully-qualified # \U0001F529 E0.6 nut and bolt\n"
    "# group: Flags\n"
    "# subgroup: flag\n"
    "1F3C1 ; fully-qualified # \U0001F3C1 E0.6 chequered flag\n";

std::vector<Emoji> read(const std::string& text) {
  return read_emoji_list(FileBytes::borrow("list.txt", std::as_bytes(std::span(text))));
}

TEST(EmojiList, HasThoseOfOneCharacter) {
  const std::vector<Emoji> list = read(kList);
  std::vector<std::string> names;
  for (const Emoji& emoji : list) names.push_back(emoji.name);
  EXPECT_EQ(names, (std::vector<std::string>{"baby chick", "dove", "penguin", "green book", "blue book",
                                             "page with curl", "hammer", "nut and bolt", "chequered flag"}));
  EXPECT_EQ(list[1].code, char32_t{0x1F54A});
  EXPECT_EQ(list[1].group, "Animals & Nature");
  EXPECT_EQ(list[6].subgroup, "tool");
}

TEST(EmojiList, SaysWhereItIsDamaged) {
  EXPECT_EQ(error_text([] { read("# group: A\n# subgroup: b\n1F6G0 ; fully-qualified # x E1.0 face\n"); }),
            "list.txt:3: expected a character's number in hexadecimal, got `1F6G0`");
  for (const char* line :
       {"1F600", "1F600 ; fully-qualified", "1F600 # ; x E1.0 y", "1F600 ; z # x E1.0", "1F600 ; z # x"}) {
    EXPECT_NE(error_text([&] { read(line); }).find("list.txt:1: expected `CODES"), std::string::npos) << line;
  }
}

TEST(EmojiList, VariantsAreOfOneKind) {
  EXPECT_EQ(emoji_kind("green book"), emoji_kind("blue book"));
  EXPECT_EQ(emoji_kind("nine-thirty"), emoji_kind("twelve o’clock"));
  EXPECT_EQ(emoji_kind("old woman"), emoji_kind("boy"));
  EXPECT_EQ(emoji_kind("speaker high volume"), "speaker volume");
  EXPECT_NE(emoji_kind("hammer"), emoji_kind("axe"));
}

class EmojiSource : public testing::Test {
 protected:
  EmojiSource() {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "list.txt") << kList;
  }
  ~EmojiSource() override { fs::remove_all(folder_); }

  ImageSplits open(const std::string& options) const {
    return open_image_source("emoji:list=" + (folder_ / "list.txt").string() + "," + options);
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "emoji_source_test";
};

TEST_F(EmojiSource, KeepsOneOfEachKindAndNoFlag) {
  const ImageSplits splits = open("test=0,size=32");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"Animals & Nature", "Objects"}));
  std::vector<std::string> names;
  for (int64_t i = 0; i < splits.train->size(); ++i) names.push_back(splits.train->name(i));
  EXPECT_EQ(names,
            (std::vector<std::string>{"emoji#1F424 baby chick", "emoji#1F54A dove", "emoji#1F427 penguin",
                                      "emoji#1F4D7 green book", "emoji#1F4C3 page with curl",
                                      "emoji#1F528 hammer", "emoji#1F529 nut and bolt"}));
  EXPECT_EQ(splits.train->label(2), 0);
  EXPECT_EQ(splits.train->label(3), 1);
}

TEST_F(EmojiSource, ShowsThemOverWhite) {
  const ImageSplits splits = open("test=0,size=32");
  const auto mean = [&](int64_t i) {
    const Image image = splits.train->image(i);
    EXPECT_EQ(image.width, 32);
    EXPECT_EQ(image.height, 32);
    std::array<double, 3> sum = {};
    for (size_t p = 0; p < image.size(); ++p) sum[p % 3] += image.pixels[p] / 1024.0;
    EXPECT_EQ(image.pixels[0] + image.pixels[1] + image.pixels[2], 765);  // the corner
    return sum;
  };
  const auto chick = mean(0), green_book = mean(3);
  EXPECT_GT(chick[0], chick[2] + 40);  // yellow
  EXPECT_GT(green_book[1], green_book[0] + 20);
  EXPECT_GT(green_book[1], green_book[2] + 20);
}

TEST_F(EmojiSource, CutsTestImagesOffBySeed) {
  std::set<std::string> drawn;
  for (int seed = 0; seed < 8; ++seed) {
    const ImageSplits splits = open("test=3,size=16,seed=" + std::to_string(seed));
    ASSERT_EQ(splits.test->size(), 3);
    ASSERT_EQ(splits.train->size(), 4);
    std::set<std::string> names;
    for (int64_t i = 0; i < 4; ++i) names.insert(splits.train->name(i));
    for (int64_t i = 0; i < 3; ++i) names.insert(splits.test->name(i));
    EXPECT_EQ(names.size(), 7u);
    drawn.insert(splits.test->name(0) + splits.test->name(1) + splits.test->name(2));
  }
  EXPECT_GT(drawn.size(), 2u);
}

TEST_F(EmojiSource, SaysWhatIsMissing) {
  EXPECT_EQ(error_text([&] { open("font=/none.ttf"); }),
            "/none.ttf: no such file; Debian's package fonts-noto-color-emoji brings it: tools/setup.sh "
            "fonts-noto-color-emoji unicode-data");
  EXPECT_NE(error_text([] { open_image_source("emoji:list=/none.txt"); }).find("package unicode-data"),
            std::string::npos);
  EXPECT_NE(error_text([&] { open("test=7"); }).find("more than 7, got 7 of 2"), std::string::npos);
  EXPECT_NE(error_text([&] { open("label=subgroup"); }).find("got 0 of 0"), std::string::npos);
  EXPECT_NE(
      error_text([&] { open("font=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf,test=0"); }).find("got 0"),
      std::string::npos);
}

TEST(Font, HasPicturesOrOutlines) {
  EXPECT_FALSE(Font(kFont).outline(U'1').has_value());
  EXPECT_FALSE(Font(kFont).picture(U'\u4e00').has_value());
  const Font letters("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
  EXPECT_TRUE(letters.outline(U'A').has_value());
  EXPECT_FALSE(letters.picture(U'A').has_value());
}

}  // namespace
}  // namespace ax
