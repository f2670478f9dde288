#include "adapterx/kernels/pixels/pixels.h"

#include <cassert>

#include "adapterx/kernels/twin/pixels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/pixels/pixels.cc"
#ifndef HWY_DISABLED_TARGETS  // vectors of known length
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr int64_t kStep = 16;
using Bytes = hn::CappedTag<uint8_t, kStep>;
using Floats = hn::CappedTag<float, kStep>;
using VF = hn::Vec<Floats>;

#if HWY_TARGET != HWY_SCALAR

HWY_INLINE void normalise_step(hn::Vec<Bytes> pixels, float mean, float std, float* out) {
  HWY_ALIGN uint8_t lanes[kStep];
  hn::Store(pixels, Bytes(), lanes);
  const Floats d;
  const hn::RebindToSigned<Floats> d32;
  const hn::Rebind<uint8_t, Floats> d8;
  for (size_t i = 0; i < kStep; i += hn::Lanes(d)) {
    const VF p = hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, lanes + i)));
    const VF x = hn::Div(p, hn::Set(d, 255.0f));
    hn::StoreU(hn::Div(hn::Sub(x, hn::Set(d, mean)), hn::Set(d, std)), d, out + i);
  }
}

// Whole steps; returns the pixels done.
int64_t normalise_steps(const uint8_t* pixels, int64_t count, int channels, const PixelStats& s, float* out) {
  int64_t i = 0;
  for (; i + kStep <= count; i += kStep) {
    hn::Vec<Bytes> red, green, blue;
    if (channels == 1) {
      red = green = blue = hn::LoadU(Bytes(), pixels + i);
    } else {
      hn::LoadInterleaved3(Bytes(), pixels + 3 * i, red, green, blue);
    }
    normalise_step(red, s.mean[0], s.std[0], out + i);
    normalise_step(green, s.mean[1], s.std[1], out + count + i);
    normalise_step(blue, s.mean[2], s.std[2], out + 2 * count + i);
  }
  return i;
}

#else

int64_t normalise_steps(const uint8_t*, int64_t, int, const PixelStats&, float*) { return 0; }

#endif

void normalise_pixels_simd(const uint8_t* pixels, int64_t count, int channels, const PixelStats& s,
                           float* out) {
  for (int64_t i = normalise_steps(pixels, count, channels, s, out); i < count; ++i) {
    for (int c = 0; c < 3; ++c) {
      const auto k = static_cast<size_t>(c);
      const uint8_t pixel = pixels[i * channels + (channels == 1 ? 0 : c)];
      out[c * count + i] = twin::normalise_pixel(pixel, s.mean[k], s.std[k]);
    }
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(normalise_pixels_simd);
}  // namespace

void normalise_pixels(const uint8_t* pixels, int64_t count, int channels, const PixelStats& stats,
                      float* out) {
  assert(channels == 1 || channels == 3);
  HWY_DYNAMIC_DISPATCH(normalise_pixels_simd)(pixels, count, channels, stats, out);
}

}  // namespace ax::kernels
#endif
