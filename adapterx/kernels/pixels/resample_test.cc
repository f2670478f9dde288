#include "adapterx/kernels/pixels/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/kernels/pixels/pixel_test.h"
#include "adapterx/kernels/pixels/resample_planes.h"
#include "adapterx/kernels/pixels/resample_simd.h"
#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/resample.h"

namespace ax {
namespace {

using namespace test;
using kernels::Interpolation, kernels::PassOrder, kernels::Resizer, kernels::ResizeSpec;
using Bytes = std::vector<uint8_t>;

constexpr Interpolation kFilters[] = {Interpolation::nearest, Interpolation::bilinear, Interpolation::bicubic,
                                      Interpolation::lanczos};

size_t area(int64_t h, int64_t w, int64_t c) { return static_cast<size_t>(h * w * c); }

// Rows as far apart as asked, nothing after the last one.
Bytes resize(const ResizeSpec& spec, int channels, const Bytes& image, int64_t gap = 0) {
  const int64_t row = spec.width * channels, stride = row + gap;
  Bytes padded(static_cast<size_t>((spec.height - 1) * stride + row), 77);
  for (int64_t y = 0; y < spec.height; ++y) {
    std::copy_n(image.begin() + y * row, row, padded.begin() + y * stride);
  }
  const Resizer resizer(spec);
  Bytes out(area(resizer.height(), resizer.width(), channels)), scratch(resizer.scratch_bytes(channels));
  resizer.run(padded.data(), stride, channels, out.data(), scratch.data());
  return out;
}

Bytes twin_resize(const ResizeSpec& s, int channels, const Bytes& image) {
  const ResizeSpec::Box box =
      s.box.value_or(ResizeSpec::Box{0, 0, static_cast<float>(s.width), static_cast<float>(s.height)});
  const auto x = kernels::filter_windows(
      s.interpolation, {"width", s.width, box.x0, box.x1, s.resized_width, 0, s.resized_width});
  const auto y = kernels::filter_windows(
      s.interpolation, {"height", s.height, box.y0, box.y1, s.resized_height, 0, s.resized_height});
  const auto h = static_cast<size_t>(s.height), c = static_cast<size_t>(channels);
  const size_t row = static_cast<size_t>(s.resized_width) * c;
  Bytes out(static_cast<size_t>(s.resized_height) * row);
  if (s.order == PassOrder::pillow_13 &&
      s.height - s.resized_height > std::max(int64_t{0}, 2 * (s.width - s.resized_width))) {
    const size_t wide = static_cast<size_t>(s.width) * c, rows = static_cast<size_t>(s.resized_height);
    Bytes lowered(rows * wide);
    twin::resample_axis<twin::FixedPoint>(image.data(), 1, h, wide, y, lowered.data());
    twin::resample_axis<twin::FixedPoint>(lowered.data(), rows, static_cast<size_t>(s.width), c, x,
                                          out.data());
    return out;
  }
  Bytes narrowed(h * row);
  twin::resample_axis<twin::FixedPoint>(image.data(), h, static_cast<size_t>(s.width), c, x, narrowed.data());
  twin::resample_axis<twin::FixedPoint>(narrowed.data(), 1, h, row, y, out.data());
  return out;
}

Bytes crop(const Bytes& image, int64_t row, const ResizeSpec::Window& w, int channels) {
  Bytes out;
  for (int64_t y = w.y; y < w.y + w.height; ++y) {
    const auto begin = image.begin() + y * row + w.x * channels;
    out.insert(out.end(), begin, begin + w.width * channels);
  }
  return out;
}

TEST(Resample, EqualsPillow) {
  const auto cases = golden_values<int64_t>("resize.cases");
  const auto boxes = golden_values<float>("resize.boxes");
  const auto bytes = golden_values<uint8_t>("resize.bytes");
  ASSERT_GE(cases.size() / 9, 100u);
  for_each_target([&] {
    auto want = bytes.begin();
    for (size_t i = 0; i < cases.size() / 9; ++i) {
      const int64_t* k = cases.data() + 9 * i;
      const int channels = static_cast<int>(k[2]);
      ResizeSpec spec{k[0], k[1], k[3], k[4], kFilters[k[5]]};
      const float* b = boxes.data() + 4 * i;
      if (k[7] != 0) spec.box = ResizeSpec::Box{b[0], b[1], b[2], b[3]};
      if (k[8] != 0) spec.order = PassOrder::pillow_13;
      Bytes image = hash_bytes(area(k[0], k[1], channels), static_cast<size_t>(k[6]));
      if (k[6] % 3 == 0) {
        for (uint8_t& x : image) x = x < 128 ? 0 : 255;
      }
      const Bytes pillow(want, want + static_cast<int64_t>(area(k[3], k[4], channels)));
      want += static_cast<int64_t>(pillow.size());
      ASSERT_EQ(resize(spec, channels, image), pillow) << "case " << i;
      ASSERT_EQ(twin_resize(spec, channels, image), pillow) << "twin, case " << i;
    }
    ASSERT_EQ(want, bytes.end());
  });
}

// Sizes around the blocks and vectors of the fast kernel; a window of the result is a crop of the result.
TEST(Resample, MatchesTwinInEveryWindow) {
  for_each_target([] {
    size_t seed = 0;
    for (const int64_t h : {1, 15, 32, 33, 150}) {
      for (const int64_t w : {1, 5, 16, 33, 130, 2800}) {
        for (const Interpolation filter : kFilters) {
          const int channels = ++seed % 2 == 0 ? 1 : 3;
          ResizeSpec spec{h, w, 1 + static_cast<int64_t>(seed % 71), 1 + static_cast<int64_t>(seed % 67)};
          spec.interpolation = filter;
          if (seed % 3 == 0) spec.order = PassOrder::pillow_13;
          if (seed % 5 == 0) spec.resized_width = w;
          if (seed % 7 == 0) spec.resized_height = h;
          SCOPED_TRACE(
              fmt::format("{}x{}x{} -> {}x{}", h, w, channels, spec.resized_height, spec.resized_width));
          const Bytes image = hash_bytes(area(h, w, channels), seed);
          const Bytes whole = twin_resize(spec, channels, image);
          ASSERT_EQ(resize(spec, channels, image, 5), whole);
          const int64_t y = spec.resized_height / 3, x = spec.resized_width / 4;
          spec.window = ResizeSpec::Window{y, x, spec.resized_height - y, (spec.resized_width - x + 1) / 2};
          ASSERT_EQ(resize(spec, channels, image),
                    crop(whole, spec.resized_width * channels, *spec.window, channels));
        }
      }
    }
  });
}

TEST(Resample, OnlySourceRowsAreRead) {
  const int64_t h = 200, w = 40;
  ResizeSpec spec{h, w, 50, 10, Interpolation::bilinear};
  spec.window = ResizeSpec::Window{20, 2, 8, 6};
  const Resizer resizer(spec);
  const Resizer::Rows rows = resizer.source_rows();
  EXPECT_GT(rows.first, 60);
  EXPECT_LT(rows.count, 60);
  Bytes image = hash_bytes(area(h, w, 3), 1);
  const Bytes want = resize(spec, 3, image);
  for (int64_t y = 0; y < h; ++y) {
    if (y >= rows.first && y < rows.first + rows.count) continue;
    std::fill_n(image.begin() + y * w * 3, w * 3, uint8_t{200});
  }
  EXPECT_EQ(resize(spec, 3, image), want);
  // and the first and the last of them matter
  for (const int64_t y : {rows.first, rows.first + rows.count - 1}) {
    Bytes other = image;
    for (int64_t i = 0; i < w * 3; ++i) {
      uint8_t& x = other[static_cast<size_t>(y * w * 3 + i)];
      x = static_cast<uint8_t>(x ^ 0xff);
    }
    EXPECT_NE(resize(spec, 3, other), want) << y;
  }
}

TEST(Resample, ConstantImagesStayConstant) {
  for (const Interpolation filter : kFilters) {
    for (const uint8_t value : Bytes{0, 1, 128, 255}) {
      const Bytes out = resize({31, 47, 90, 13, filter}, 3, Bytes(31 * 47 * 3, value));
      EXPECT_TRUE(std::ranges::all_of(out, [&](uint8_t x) { return x == value; }));
    }
  }
}

TEST(Resample, ImpossibleSizesAreErrors) {
  const int64_t huge = std::numeric_limits<int64_t>::max();
  const auto expect_error = [](const ResizeSpec& spec, const std::string& part) {
    expect_part(error_text([&] { Resizer resizer(spec); }), part);
  };
  for (const int64_t bad : {int64_t{0}, int64_t{-1}, int64_t{1} << 25, huge, -huge}) {
    expect_error({bad, 8, 8, 8}, "height: expected sizes from 1");
    expect_error({8, bad, 8, 8}, "width: expected sizes from 1");
    expect_error({8, 8, bad, 8}, "height: expected sizes from 1");
    expect_error({8, 8, 8, bad}, "width: expected sizes from 1");
  }
  ResizeSpec spec{8, 8, 4, 4};
  for (const int64_t bad : {int64_t{-1}, int64_t{3}, huge, -huge}) {
    spec.window = ResizeSpec::Window{bad, 0, 2, 2};
    expect_error(spec, "height: expected an output window within [0, 4]");
    spec.window = ResizeSpec::Window{0, bad, 2, 2};
    expect_error(spec, "width: expected an output window within [0, 4]");
  }
  spec.window = ResizeSpec::Window{1, 1, huge, 2};
  expect_error(spec, "output window");
  spec.window = ResizeSpec::Window{1, 1, 2, 0};
  expect_error(spec, "output window");
  spec.window = {};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& [from, to] : std::vector<std::pair<float, float>>{
           {-0.5f, 3.f}, {0.f, 8.5f}, {3.f, 3.f}, {5.f, 3.f}, {nan, 3.f}, {0.f, nan}}) {
    spec.box = ResizeSpec::Box{from, 0, to, 8};
    expect_error(spec, "width: expected a box within [0, 8]");
  }
}

void resample(std::span<const float> source, const kernels::PlanesShape& shape, int64_t height, int64_t width,
              Interpolation interpolation, std::span<float> out) {
  const auto rows = kernels::whole_windows(interpolation, "height", shape.height, height);
  const auto columns = kernels::whole_windows(interpolation, "width", shape.width, width);
  kernels::resample_planes(source, shape, rows, columns, out);
}

TEST(Resample, PlanesEqualPyTorch) {
  const auto cases = golden_values<int64_t>("planes.cases");
  const auto values = golden_values<float>("planes.values");
  const float* want = values.data();
  for (size_t i = 0; i < cases.size(); i += 7) {
    const int64_t* k = cases.data() + i;
    const Bytes bytes = hash_bytes(area(k[0], k[1], k[2]), static_cast<size_t>(k[6]));
    std::vector<float> source, out(area(k[3], k[4], k[2]));
    for (const uint8_t x : bytes) source.push_back(static_cast<float>(x / 255.0 - 0.5));
    resample(source, {1, k[0], k[1], k[2]}, k[3], k[4], kFilters[k[5]], out);
    for (size_t j = 0; j < out.size(); ++j, ++want) ASSERT_NEAR(out[j], *want, 1e-6) << "case " << i / 7;
  }
  EXPECT_EQ(want, values.data() + values.size());
}

TEST(Resample, PlanesAreIndependentAndChecked) {
  std::vector<float> source, out(2 * 3 * 7), first(3 * 7);
  for (const uint8_t x : hash_bytes(2 * 5 * 4, 3)) source.push_back(x);
  const std::span<const float> both(source);
  resample(both, {2, 5, 4, 1}, 3, 7, Interpolation::bicubic, out);
  for (size_t p = 0; p < 2; ++p) {
    resample(both.subspan(p * 20, 20), {1, 5, 4, 1}, 3, 7, Interpolation::bicubic, first);
    EXPECT_TRUE(std::ranges::equal(first, std::span(out).subspan(p * 21, 21)));
  }
  std::vector<float> same(source.size());
  resample(both, {1, 5, 4, 2}, 5, 4, Interpolation::lanczos, same);
  for (size_t i = 0; i < same.size(); ++i) EXPECT_FLOAT_EQ(same[i], source[i]);

  const int64_t huge = int64_t{1} << 62;
  const auto run = [&](kernels::PlanesShape shape, int64_t h) {
    resample(both, shape, h, 7, Interpolation::bicubic, out);
  };
  EXPECT_THROW(run({2, 5, 5, 1}, 3), Error);
  EXPECT_THROW(run({2, 5, 4, 1}, 4), Error);
  EXPECT_THROW(run({2, 5, 4, 1}, 0), Error);
  EXPECT_THROW(run({huge, 8, 1, 1}, 3), Error);
  EXPECT_THROW(run({-2, -5, 4, 1}, 3), Error);
}

TEST(Resample, TransposesBytes) {
  for_each_target([] {
    for (const int64_t rows : {1, 15, 16, 17, 64}) {
      for (const int64_t columns : {1, 16, 31, 100}) {
        const Bytes in = hash_bytes(area(rows, columns, 1), 5);
        Bytes out(in.size());
        kernels::transpose_bytes(in.data(), columns, rows, columns, out.data(), rows);
        for (size_t i = 0; i < in.size(); ++i) {
          const size_t r = i / static_cast<size_t>(columns), c = i % static_cast<size_t>(columns);
          ASSERT_EQ(out[c * static_cast<size_t>(rows) + r], in[i]) << rows << "x" << columns;
        }
      }
    }
  });
}

}  // namespace
}  // namespace ax
