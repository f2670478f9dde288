#include "adapterx/data/sources/emoji_source.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/sources/emoji_list.h"
#include "adapterx/data/sources/source_parts.h"
#include "adapterx/io/images/font.h"
#include "adapterx/kernels/pixels/resample.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kThumbnail = 16, kLeastSubgroup = 10;
constexpr int64_t kLeastDifference = 10;  // root mean square of a thumbnail's values

Image copied(const Image& from) {
  Image image = new_image("emoji", from.width, from.height);
  std::copy_n(from.pixels.get(), from.size(), image.pixels.get());
  return image;
}

struct Drawn {
  Emoji emoji;
  Image image = {}, thumbnail = {};
  int32_t label = 0;
};

class EmojiImages : public ImageDataset {
 public:
  explicit EmojiImages(std::vector<Drawn> all) : all_(std::move(all)) {}

  int64_t size() const override { return std::ssize(all_); }
  int32_t label(int64_t i) const override { return at(i).label; }
  std::string name(int64_t i) const override {
    return fmt::format("emoji#{:X} {}", static_cast<uint32_t>(at(i).emoji.code), at(i).emoji.name);
  }
  bool in_memory() const override { return true; }
  Image image(int64_t i) const override { return copied(at(i).image); }

 private:
  const Drawn& at(int64_t i) const { return all_[static_cast<size_t>(i)]; }
  std::vector<Drawn> all_;
};

void expect_file(const fs::path& file, const char* package) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    fail(
        "{}: no such file; Debian's package {} brings it: tools/setup.sh fonts-noto-color-emoji unicode-data",
        file.string(), package);
  }
}

Image resized(const Image& from, int64_t side) {
  Image image = new_image("emoji", side, side);
  const kernels::Resizer resizer(
      {.height = from.height, .width = from.width, .resized_height = side, .resized_width = side});
  std::vector<std::byte> scratch(resizer.scratch_bytes(3));
  resizer.run(from.pixels.get(), static_cast<int64_t>(from.stride()), 3, image.pixels.get(), scratch.data());
  return image;
}

// In the middle of a white square.
Image squared(const Image& from) {
  const int64_t side = std::max(from.width, from.height);
  Image image = new_image("emoji", side, side);
  std::fill_n(image.pixels.get(), image.size(), uint8_t{255});
  for (int64_t y = 0; y < from.height; ++y) {
    std::copy_n(from.row(y), from.stride(),
                image.row(y + (side - from.height) / 2) + 3 * ((side - from.width) / 2));
  }
  return image;
}

bool alike(const Image& a, const Image& b) {
  const auto limit = kLeastDifference * kLeastDifference * static_cast<int64_t>(a.size());
  int64_t sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const int64_t difference = int64_t{a.pixels[i]} - int64_t{b.pixels[i]};
    sum += difference * difference;
  }
  return sum < limit;
}

// One of each kind, as long as the font has it and it looks like no other.
std::vector<Drawn> draw_all(const std::vector<Emoji>& list, const Font& font, int64_t side) {
  std::vector<Drawn> all;
  std::set<std::pair<std::string, std::string>> kinds;
  for (const Emoji& emoji : list) {
    if (emoji.group == "Flags" || kinds.contains({emoji.subgroup, emoji_kind(emoji.name)})) continue;
    const std::optional<Image> picture = font.picture(emoji.code);
    if (!picture) continue;
    Drawn drawn{.emoji = emoji};
    const Image square = squared(*picture);
    drawn.image = resized(square, side);
    drawn.thumbnail = resized(square, kThumbnail);
    if (std::ranges::any_of(all, [&](const Drawn& d) { return alike(d.thumbnail, drawn.thumbnail); }))
      continue;
    kinds.emplace(emoji.subgroup, emoji_kind(emoji.name));
    all.push_back(std::move(drawn));
  }
  return all;
}

// Labels by the classes' first appearance; those of classes of fewer than `least` leave.
std::vector<std::string> label_all(std::vector<Drawn>& all, std::string Emoji::*of, int64_t least) {
  std::map<std::string, int64_t> sizes;
  for (const Drawn& drawn : all) ++sizes[drawn.emoji.*of];
  std::erase_if(all, [&](const Drawn& drawn) { return sizes[drawn.emoji.*of] < least; });
  std::vector<std::string> classes;
  for (Drawn& drawn : all) {
    const auto found = std::ranges::find(classes, drawn.emoji.*of);
    drawn.label = static_cast<int32_t>(found - classes.begin());
    if (found == classes.end()) classes.push_back(drawn.emoji.*of);
  }
  return classes;
}

}  // namespace

std::vector<Setting> emoji_settings(EmojiOptions& o) {
  return {{"label", one_of(o.label, {{"group", EmojiLabel::group}, {"subgroup", EmojiLabel::subgroup}}),
           "Whether classes are the groups of Unicode's list of emoji or its subgroups."},
          size_setting(o.size, 512),
          {"test", &o.test, "Test images, the others being training images.", {0, 10'000}},
          seed_setting(o.seed),
          {"font", &o.font, "File of the coloured font."},
          {"list", &o.list, "File of Unicode's list of emoji."}};
}

ImageSplits open_emoji(const EmojiOptions& options) {
  const bool groups = options.label == EmojiLabel::group;
  const fs::path font_file = options.font, list_file = options.list;
  expect_file(font_file, "fonts-noto-color-emoji");
  expect_file(list_file, "unicode-data");
  std::vector<Drawn> all =
      draw_all(read_emoji_list(FileBytes::map(list_file)), Font(font_file), options.size);
  ImageSplits splits{
      .classes = label_all(all, groups ? &Emoji::group : &Emoji::subgroup, groups ? 1 : kLeastSubgroup)};
  if (splits.classes.size() < 2 || options.test >= std::ssize(all)) {
    fail("{}: expected emoji of two classes at least and more than {}, got {} of {} in {}",
         list_file.string(), options.test, all.size(), splits.classes.size(), font_file.string());
  }
  split_off_test(std::make_shared<EmojiImages>(std::move(all)), options.test, options.seed, "emoji.test",
                 splits);
  return splits;
}

}  // namespace ax
