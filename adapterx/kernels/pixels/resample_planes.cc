#include "adapterx/kernels/pixels/resample_planes.h"

#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/kernels/twin/resample.h"

namespace ax::kernels {
namespace {

void check(const char* name, size_t values, const PlanesShape& s) {
  size_t want = 1;
  bool fits = true;
  for (const int64_t n : {s.planes, s.height, s.width, s.channels}) {
    fits = fits && n > 0 && !__builtin_mul_overflow(want, static_cast<size_t>(n), &want);
  }
  if (!fits || values != want) {
    fail("resize: {}: expected values of shape [{}, {}, {}, {}], got {} values", name, s.planes, s.height,
         s.width, s.channels, values);
  }
}

}  // namespace

void resample_planes(std::span<const float> source, const PlanesShape& shape, const FilterWindows& rows,
                     const FilterWindows& columns, std::span<float> out) {
  const int64_t out_height = std::ssize(rows.windows), out_width = std::ssize(columns.windows);
  check("source", source.size(), shape);
  check("out", out.size(), {shape.planes, out_height, out_width, shape.channels});
  const auto planes = static_cast<size_t>(shape.planes), height = static_cast<size_t>(shape.height);
  const auto width = static_cast<size_t>(shape.width), channels = static_cast<size_t>(shape.channels);
  const size_t row = static_cast<size_t>(out_width) * channels;
  std::vector<float> narrowed(planes * height * row);
  using twin::FloatingPoint, twin::resample_axis;
  resample_axis<FloatingPoint>(source.data(), planes * height, width, channels, columns, narrowed.data());
  resample_axis<FloatingPoint>(narrowed.data(), planes, height, row, rows, out.data());
}

}  // namespace ax::kernels
