#include "adapterx/io/images/image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <vector>

#include "adapterx/base/error_text_test.h"
#include "adapterx/io/images/exif.h"
#include "adapterx/io/tensors/safetensors.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(AX_TESTS) / "images";

std::string read(const std::string& name) {
  std::ifstream in(kFolder / name, std::ios::binary);
  if (!in) fail("{}: cannot open", name);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Decodes memory of just these bytes, so that sanitizers see a read past them.
Image decode(const std::string& bytes, const DecodeOptions& options = {}) {
  const auto* from = reinterpret_cast<const std::byte*>(bytes.data());
  return decode_image("x", std::vector<std::byte>(from, from + bytes.size()), options);
}

int orientation_of(const std::string& bytes) { return image_orientation(std::as_bytes(std::span(bytes))); }

// The text of the error decoding gives, or "no error". Anything but Error fails the test.
std::string error_of(const std::string& bytes, const DecodeOptions& options = {}) {
  return error_text([&] { decode(bytes, options); });
}

void expect_error(const std::string& bytes, const std::string& part, const DecodeOptions& options = {}) {
  const std::string text = error_of(bytes, options);
  EXPECT_NE(text.find(part), std::string::npos) << text;
  EXPECT_TRUE(text.starts_with("x: ")) << text;
}

std::vector<std::string> image_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (is_image_name(entry.path())) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

bool is_jpeg(const std::string& bytes) { return bytes.starts_with("\xff\xd8"); }

int largest_difference(const Image& image, std::span<const std::byte> want) {
  int largest = 0;
  for (size_t i = 0; i < image.size(); ++i) {
    largest = std::max(largest, std::abs(image.pixels[i] - static_cast<int>(want[i])));
  }
  return largest;
}

TEST(Image, EveryFormatEqualsPillow) {
  const TensorFile expected = read_safetensors(kFolder / "expected.safetensors");
  std::set<std::string> seen;
  for (const auto& [name, want] : expected.tensors()) {
    SCOPED_TRACE(name);
    const size_t colon = name.find(':');
    DecodeOptions options;
    if (colon != name.npos) options.jpeg_min_side = std::stoi(name.substr(colon + 1));
    const std::string bytes = read(name.substr(0, colon));
    const Image image = decode(bytes, options);
    ASSERT_EQ(want.shape, (Shape{image.height, image.width, 3}));
    EXPECT_LE(largest_difference(image, want.data), is_jpeg(bytes) ? 1 : 0);
    seen.insert(name.substr(0, colon));
  }
  for (const std::string& name : image_names()) EXPECT_TRUE(seen.contains(name)) << name;
  EXPECT_GT(seen.size(), 100u);
}

TEST(Image, OrientationsOfEveryFormat) {
  for (int i = 1; i <= 8; ++i) EXPECT_EQ(orientation_of(read(fmt::format("exif_{}.jpg", i))), i);
  for (const std::string name : {"exif_long.jpg", "xmp_6.jpg", "exif_6.png", "exif_late_6.png"}) {
    EXPECT_EQ(orientation_of(read(name)), 6) << name;
  }
  EXPECT_EQ(orientation_of(read("exif_5.webp")), 5);
  EXPECT_EQ(orientation_of(read("xmp_7.webp")), 7);
  EXPECT_EQ(orientation_of(read("xmp_8.png")), 8);
  for (const std::string name : {"exif_9.jpg", "exif_other.jpg", "420.jpg", "24.bmp", "p6.ppm"}) {
    EXPECT_EQ(orientation_of(read(name)), 1) << name;
  }
}

TEST(Image, OrientationIsAppliedOnlyWhereAskedFor) {
  for (const std::string& name : image_names()) {
    const std::string bytes = read(name);
    const int orientation = orientation_of(bytes);
    const Image upright = decode(bytes), stored = decode(bytes, {.apply_orientation = false});
    EXPECT_EQ(upright.width, orientation >= 5 ? stored.height : stored.width) << name;
    EXPECT_EQ(std::equal(upright.pixels.get(), upright.pixels.get() + upright.size(), stored.pixels.get()),
              orientation == 1)
        << name;
  }
}

// A JPEG in reduced size is never smaller than asked for, nor twice as large as need be.
TEST(Image, ReducedJpegs) {
  const std::string bytes = read("large.jpg");
  const Image whole = decode(bytes);
  for (int side = 1; side <= 300; ++side) {
    const Image image = decode(bytes, {.jpeg_min_side = side});
    const int64_t shorter = std::min(image.width, image.height);
    EXPECT_TRUE(shorter >= side || image.height == whole.height) << side;
    EXPECT_TRUE((shorter + 1) / 2 < side || (whole.height + 7) / 8 == shorter) << side;
  }
}

TEST(Image, NamesOfImages) {
  for (const char* name : {"a.jpg", "b.JPG", "c.jpeg", "d.JpE", "e.jfif", "f/g.PNG", "h.webp", "i.bmp",
                           "j.ppm", "k.pgm", "l.pbm", "m.pnm", "n.tar.png"}) {
    EXPECT_TRUE(is_image_name(name)) << name;
  }
  for (const char* name : {"a.txt", "jpg", ".jpg", "a.jpg.txt", "a.gif", "", "a."}) {
    EXPECT_FALSE(is_image_name(name)) << name;
  }
}

TEST(Image, UnknownFormats) {
  expect_error("", "expected a JPEG, PNG, WebP, BMP or PPM image, got an empty file");
  expect_error("GIF89a", "got a file that begins with 47 49 46 38 39 61");
  for (const char* start : {"RIFF", "RIFF1234WAVE", "\xff\xd8", "P7\n", "P", "B"})
    expect_error(start, "expected a JPEG");
}

TEST(Image, LimitOfPixels) {
  for (const std::string name : {"420.jpg", "lossy.webp", "filtered.png"}) {  // 37 x 29
    EXPECT_EQ(error_of(read(name), {.max_pixels = 37 * 29}), "no error");
    expect_error(read(name), "expected at most 1072 pixels, got 37 x 29", {.max_pixels = 37 * 29 - 1});
  }
  for (const std::string name : {"24.bmp", "p6.ppm", "p1.pbm", "rle8.bmp"}) {
    expect_error(read(name), "expected at most 116 pixels, got 13 x 9", {.max_pixels = 13 * 9 - 1});
  }
  expect_error("P6 9999999999 9999999999 255\n", "expected at most", {.max_pixels = INT64_MAX});
  expect_error("P6 0 5 255\n", "expected an image with pixels");
}

// Big dimensions in a small file are refused before anything is allocated for them.
TEST(Image, DimensionsThatTheFileCannotHold) {
  std::string jpeg = read("420.jpg");
  const size_t frame = jpeg.find("\xff\xc0");
  jpeg.replace(frame + 5, 4, "\x20\x00\x20\x00", 4);
  expect_error(jpeg, "expected at least 131072 bytes for 8192 x 8192");
  std::string bmp = read("24.bmp");
  bmp.replace(18, 8, std::string("\x00\x20\x00\x00\x00\x20\x00\x00", 8));
  expect_error(bmp, "bytes for 8192 x 8192 pixels of 24 bits");
  bmp.replace(18, 8, std::string("\xff\xff\xff\xff\x00\x00\x00\x80", 8));
  expect_error(bmp, "expected at most");
  bmp.replace(18, 8, std::string("\x01\x00\x00\x00\x00\x00\x00\x80", 8));
  expect_error(bmp, "2147483648", {.max_pixels = INT64_MAX});
  std::string runs = read("rle8.bmp");
  runs.replace(18, 8, std::string("\x00\x20\x00\x00\x00\x20\x00\x00", 8));
  expect_error(runs, "expected at least 65536 bytes for 8192 x 8192");
  expect_error("P6 8192 8192 255\n", "expected at least 201326592 bytes");
  expect_error("P1 8192 8192\n0 1", "expected at least 67108864 bytes");
  expect_error("P3 100 1 255\n1 2 3", "expected at least 599 bytes");
}

TEST(Image, PngDimensionsThatDeflateCannotReach) {
  std::string png = read("filtered.png");
  png.replace(16, 17,
              std::string("\0\0\x20\0\0\0\x20\0\x8\2\0\0\0\xfd\xc8\x5d\x0e", 17));  // IHDR and its checksum
  expect_error(png, "expected at least 195083 bytes for 8192 x 8192");
}

TEST(Image, JpegsThatEndEarly) {
  for (const std::string name : {"420.jpg", "progressive.jpg", "restarts.jpg", "cmyk.jpg"}) {
    const std::string whole = read(name);
    for (size_t size = 3; size < whole.size(); ++size)
      EXPECT_NE(error_of(whole.substr(0, size)), "no error") << size;
    expect_error(whole.substr(0, whole.size() / 2), "JPEG: Premature end of JPEG file");
  }
}

// The last scan of a progressive JPEG again and again.
TEST(Image, JpegsOfManyScans) {
  const std::string whole = read("progressive_grey.jpg");
  const size_t last = whole.rfind("\xff\xda"), first = whole.find("\xff\xda");
  ASSERT_LT(first, last);
  const std::string scan = whole.substr(last, whole.size() - 2 - last);
  std::string many = whole.substr(0, last);
  for (int i = 0; i < 90; ++i) many += scan;
  EXPECT_EQ(error_of(many + "\xff\xd9"), "no error");
  for (int i = 0; i < 20; ++i) many += scan;
  expect_error(many + "\xff\xd9", "expected at most 100 scans");
}

TEST(Image, DamagedPlainNumbers) {
  expect_error("P3 1 1 255\n1 2 256", "sample 2: expected 0 to 255, got 256");
  expect_error("P2 1 1 255\n-1", "expected a number");
  expect_error("P2 2 1 255\n1 #2", "got the file's end");
  expect_error("P2 1 1 255\n00000000001", "at most 10 digits");
  expect_error("P1 2 1\n12", "sample 1: expected 0 to 1, got 2");
  expect_error("P5 1 1 65536\n1234", "expected a maxval of 1 to 65535, got 65536");
  expect_error("P5 1 1 0\n1234", "expected a maxval of 1 to 65535, got 0");
}

TEST(Image, DamagedBitmaps) {
  const std::string whole = read("8_top_down.bmp");
  const auto with = [&](size_t at, char value) {
    std::string bytes = whole;
    bytes[at] = value;
    return bytes;
  };
  expect_error(with(14, 41), "expected a header of 12, 40");
  expect_error(with(28, 9), "expected 1, 4, 8, 16, 24 or 32 bits a pixel, got 9");
  expect_error(with(30, 4), "got kind 4 for 8 bits");
  expect_error(with(48, 2), "expected at most 65536 colours, got 131072");
  expect_error(with(13, 1), "expected 0 bytes at 1677");
  std::string masks = read("565.bmp");
  masks[54] = 0x10;  // bits with a gap
  expect_error(masks, "expected masks");
}

// Decoded or refused, whatever becomes of the bytes: nothing but Error is thrown; sanitizers see the rest.
TEST(Image, EveryTruncationIsDecodedOrRefused) {
  for (const std::string& name : image_names()) {
    const std::string whole = read(name);
    const size_t step = std::max<size_t>(1, whole.size() / 700);
    for (size_t size = 0; size < whole.size(); size += step) error_of(whole.substr(0, size));
  }
}

TEST(Image, MutationsAreDecodedOrRefused) {
  std::mt19937 random(1);
  const DecodeOptions options = {.max_pixels = 1 << 20};
  size_t refused = 0, tried = 0;
  for (const std::string& name : image_names()) {
    const std::string whole = read(name);
    for (int i = 0; i < 1500; ++i, ++tried) {
      std::string bytes = whole;
      const size_t reach =
          i % 2 == 0 ? std::min<size_t>(bytes.size(), 200) : bytes.size();  // headers more often
      for (size_t n = i % 3 == 0 ? 1 + random() % 8 : 1; n > 0; --n) {
        bytes[random() % reach] = static_cast<char>(i % 5 == 0 ? 255 * (random() % 2) : random());
      }
      if (i % 7 == 0) bytes.erase(random() % bytes.size(), 1 + random() % 4);
      refused += error_of(bytes, options) != "no error";
    }
  }
  EXPECT_GT(refused, tried / 20);
  EXPECT_LT(refused, tried);
}

}  // namespace
}  // namespace ax
