#include "adapterx/kernels/pixels/resample.h"

#include <algorithm>
#include <cstring>

#include "adapterx/kernels/pixels/resample_simd.h"

namespace ax::kernels {
namespace {

// The horizontal pass takes this many rows at a time, turned over: then both passes weigh contiguous rows.
// Half of them where the columns of wide images would leave the second level cache (measured with 1 MB).
constexpr int64_t kBlock = 32, kCachedBytes = 1 << 18;

int64_t block_rows(int64_t row_bytes) { return row_bytes * kBlock > kCachedBytes ? kBlock / 2 : kBlock; }

size_t bytes(int64_t a, int64_t b, int64_t c) { return static_cast<size_t>(a * b * c); }

}  // namespace

Resizer::Resizer(const ResizeSpec& s) {
  const ResizeSpec::Window window =
      s.window.value_or(ResizeSpec::Window{0, 0, s.resized_height, s.resized_width});
  const ResizeSpec::Box box =
      s.box.value_or(ResizeSpec::Box{0, 0, static_cast<float>(s.width), static_cast<float>(s.height)});
  const FilterAxis x{"width", s.width, box.x0, box.x1, s.resized_width, window.x, window.width};
  const FilterAxis y{"height", s.height, box.y0, box.y1, s.resized_height, window.y, window.height};
  horizontal_ = fixed_windows(filter_windows(s.interpolation, x));
  vertical_ = fixed_windows(filter_windows(s.interpolation, y));
  const auto changes = [](const FilterAxis& a) {
    return a.resized != a.size || a.begin != 0 || a.end != static_cast<float>(a.size);
  };
  needs_horizontal_ = changes(x);
  needs_vertical_ = changes(y);
  vertical_first_ = s.order == PassOrder::pillow_13 && needs_horizontal_ && needs_vertical_ &&
                    s.height - s.resized_height > std::max(int64_t{0}, 2 * (s.width - s.resized_width));
  height_ = window.height;
  width_ = window.width;
}

Resizer::Layout Resizer::layout(int channels) const {
  Layout l{};
  if (!needs_horizontal_) return l;
  l.block = block_rows(horizontal_.extent * channels);
  ScratchLayout parts;
  l.columns = parts.add(bytes(horizontal_.extent, channels, l.block));
  l.results = parts.add(bytes(width_, channels, l.block));
  if (vertical_first_) {
    l.rows = parts.add(bytes(horizontal_.extent, channels, height_));
  } else if (needs_vertical_) {
    l.rows = parts.add(bytes(width_, channels, vertical_.extent));
  }
  l.size = parts.size();
  return l;
}

void Resizer::run(const uint8_t* source, int64_t row_stride, int channels, uint8_t* out,
                  void* scratch) const {
  const uint8_t* in = source + vertical_.origin * row_stride + horizontal_.origin * channels;
  const int64_t n = width_ * channels;
  if (vertical_first_) {
    run_vertical_first(in, row_stride, channels, out, scratch);
  } else if (needs_horizontal_) {
    run_horizontal_first(in, row_stride, channels, out, scratch);
  } else if (needs_vertical_) {
    weigh_rows(vertical_, 0, height_, in, row_stride, n, out, n);
  } else {
    for (int64_t y = 0; y < height_; ++y) {
      std::memcpy(out + y * n, in + y * row_stride, static_cast<size_t>(n));
    }
  }
}

// The horizontal pass of at most l.block rows.
void Resizer::narrow(const uint8_t* in, int64_t row_stride, int64_t rows, int channels, uint8_t* out,
                     void* scratch, const Layout& l) const {
  auto* columns = static_cast<uint8_t*>(at(scratch, l.columns));
  auto* results = static_cast<uint8_t*>(at(scratch, l.results));
  const int64_t column = channels * rows, n = width_ * channels;
  transpose_bytes(in, row_stride, rows, horizontal_.extent * channels, columns, rows);
  weigh_rows(horizontal_, 0, width_, columns, column, column, results, column);
  transpose_bytes(results, rows, n, rows, out, n);
}

void Resizer::run_horizontal_first(const uint8_t* in, int64_t row_stride, int channels, uint8_t* out,
                                   void* scratch) const {
  const Layout l = layout(channels);
  uint8_t* rows = needs_vertical_ ? static_cast<uint8_t*>(at(scratch, l.rows)) : out;
  const int64_t n = width_ * channels;
  int64_t y = 0;
  for (int64_t first = 0; first < vertical_.extent; first += l.block) {
    const int64_t count = std::min(l.block, vertical_.extent - first);
    narrow(in + first * row_stride, row_stride, count, channels, rows + first * n, scratch, l);
    if (!needs_vertical_) continue;
    const int64_t begin = y;  // rows still in cache become output at once
    while (y < height_) {
      const FixedWindows::Window& w = vertical_.windows[static_cast<size_t>(y)];
      if (w.first + w.count > first + count) break;
      ++y;
    }
    weigh_rows(vertical_, begin, y, rows, n, n, out, n);
  }
}

void Resizer::run_vertical_first(const uint8_t* in, int64_t row_stride, int channels, uint8_t* out,
                                 void* scratch) const {
  const Layout l = layout(channels);
  auto* rows = static_cast<uint8_t*>(at(scratch, l.rows));
  const int64_t n = horizontal_.extent * channels;
  weigh_rows(vertical_, 0, height_, in, row_stride, n, rows, n);
  for (int64_t y = 0; y < height_; y += l.block) {
    narrow(rows + y * n, n, std::min(l.block, height_ - y), channels, out + y * width_ * channels, scratch,
           l);
  }
}

}  // namespace ax::kernels
