// Resizing of 8-bit images, equal bit for bit to Pillow's Image.resize(size, resample, box) for nearest,
// bilinear, bicubic and lanczos: weights of kernels/pixels/resample_filter.h in fixed point
// (resample_fixed.h), a horizontal pass into 8 bits, then a vertical one; a pass that changes nothing is left
// out. Pillow 13 changed the order of the passes for some tall images, and with it roundings (PassOrder).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "adapterx/kernels/pixels/resample_fixed.h"
#include "adapterx/kernels/scratch_layout.h"

namespace ax::kernels {

enum class PassOrder : uint8_t {
  pillow_9,   // to 12: horizontal first
  pillow_13,  // and on: vertical first where  height - resized > max(0, 2 * (width - resized))
};

struct ResizeSpec {
  struct Window {
    int64_t y = 0, x = 0, height = 0, width = 0;
  };
  struct Box {
    float x0, y0, x1, y1;  // in source pixels, fractions allowed
  };
  int64_t height = 0, width = 0;                  // of the source
  int64_t resized_height = 0, resized_width = 0;  // of the whole result
  Interpolation interpolation = Interpolation::bicubic;
  std::optional<Window> window = {};  // the part of the result to compute, a centre crop for example
  std::optional<Box> box = {};        // the part of the source that becomes the whole result
  PassOrder order = PassOrder::pillow_9;
};

// Built once for a size; run as often as wanted, by any thread with scratch of its own. The pixels of a
// window are those of the whole result; only source rows and columns that they need are read.
class Resizer {
 public:
  // Throws Error on sizes outside [1, 2^24] and on a window or box outside the image.
  explicit Resizer(const ResizeSpec& spec);

  int64_t height() const { return height_; }  // of the window
  int64_t width() const { return width_; }

  // The source rows read: [first, first + count). A decoder need not fill others.
  struct Rows {
    int64_t first, count;
  };
  Rows source_rows() const { return {vertical_.origin, vertical_.extent}; }

  size_t scratch_bytes(int channels) const { return layout(channels).size; }

  // source: [height, width, channels] of the spec, u8, rows `row_stride` bytes apart; channels >= 1.
  // out: [height(), width(), channels], contiguous; may not overlap source.
  void run(const uint8_t* source, int64_t row_stride, int channels, uint8_t* out, void* scratch) const;

 private:
  struct Layout {
    int64_t block;                        // rows the horizontal pass takes at a time
    size_t columns, results, rows, size;  // offsets in scratch, and its size
  };
  Layout layout(int channels) const;
  void narrow(const uint8_t* in, int64_t row_stride, int64_t rows, int channels, uint8_t* out, void* scratch,
              const Layout& l) const;
  void run_horizontal_first(const uint8_t* in, int64_t row_stride, int channels, uint8_t* out,
                            void* scratch) const;
  void run_vertical_first(const uint8_t* in, int64_t row_stride, int channels, uint8_t* out,
                          void* scratch) const;

  int64_t height_ = 0, width_ = 0;
  bool needs_horizontal_ = false, needs_vertical_ = false, vertical_first_ = false;
  FixedWindows horizontal_, vertical_;
};

}  // namespace ax::kernels
