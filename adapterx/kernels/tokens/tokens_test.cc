#include "adapterx/kernels/tokens/tokens.h"

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/tokens.h"

namespace ax {
namespace {

using namespace test;

TEST(Tokens, CopyMovesARunAndLeavesTheRest) {
  for (const DType from : kTypes) {
    for (const DType to : kTypes) {
      const Owned src = random(from, {3, 5, 19}, 1), dst = random(to, {3, 7, 19}, 2), before = dst;
      kernels::copy_tokens(src, 1, dst, 4, 3);
      for (size_t b = 0; b < 3; ++b) {
        for (size_t t = 0; t < 7; ++t) {
          for (size_t j = 0; j < 19; ++j) {
            const size_t at = (b * 7 + t) * 19 + j;
            const double copied = t >= 4 ? src[(b * 5 + t - 3) * 19 + j] : before[at];
            const double tolerance = t >= 4 && to == DType::bf16 ? std::abs(copied) / 256 : 0;
            ASSERT_NEAR(dst[at], copied, tolerance) << b << " " << t << " " << j;
          }
        }
      }
    }
  }
}

TEST(Tokens, CopyRepeatsASingleSample) {
  const Owned src = random(DType::f32, {1, 1, 40}, 1), dst(DType::f32, {6, 3, 40});
  kernels::copy_tokens(src, 0, dst, 0, 1);
  for (size_t b = 0; b < 6; ++b) {
    for (size_t j = 0; j < 40; ++j) {
      ASSERT_EQ(dst[b * 120 + j], src[j]);
      ASSERT_EQ(dst[b * 120 + 40 + j], 0);
    }
  }
}

TEST(Tokens, Zero) {
  for (const DType type : kTypes) {
    const Owned x = random(type, {4, 9, 21}, 1), before = x;
    kernels::zero_tokens(x, 2, 3);
    for (size_t i = 0; i < 4 * 9 * 21; ++i) {
      const size_t t = i / 21 % 9;
      ASSERT_EQ(x[i], t >= 2 && t < 5 ? 0 : before[i]);
    }
  }
}

TEST(Tokens, MeanAndItsGradient) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const int64_t d : {1, 37, 2500}) {
        const auto n = static_cast<size_t>(d);
        const Owned x = random(type, {3, 11, d}, 1), y(type, {3, 1, d});
        kernels::mean_tokens(x, 1, 9, y);
        expect_near(y, twin::mean_tokens(x.values(), 3, 11, n, 1, 9), 1e-6);

        const Owned dy = random(DType::f32, {3, d}, 2), dx = random(type, {3, 11, d}, 3);
        kernels::mean_tokens_grad(dy, 1, 9, dx);
        std::vector<double> want(3 * 11 * n);
        for (size_t i = 0; i < want.size(); ++i) {
          const size_t b = i / n / 11, t = i / n % 11;
          if (t >= 1 && t < 10) want[i] = dy[b * n + i % n] / 9;
        }
        expect_near(dx, want, 1e-6);
      }
    }
  });
}

// 22 x 33 with patches of 5: what the last patches leave over takes no part, its gradient is 0.
TEST(Tokens, PatchifyAndItsGradient) {
  for (const DType type : kTypes) {
    for (const int64_t p : {5, 11}) {
      const Owned image = random(DType::f32, {2, 3, 22, 33}, 1);
      const Shape shape{2, (22 / p) * (33 / p), 3 * p * p};
      const Owned patches(type, shape), dpatches = random(type, shape, 2);
      const Owned dimage = random(DType::f32, {2, 3, 22, 33}, 3);
      kernels::patchify(image, p, patches);
      kernels::patchify_grad(dpatches, p, dimage);
      const std::vector<size_t> pixels = twin::patch_pixels(2, 3, 22, 33, static_cast<size_t>(p));
      std::vector<double> want, want_image(2 * 3 * 22 * 33);
      for (const size_t pixel : pixels) want.push_back(image[pixel]);
      for (size_t i = 0; i < pixels.size(); ++i) want_image[pixels[i]] = dpatches[i];
      expect_near(patches, want, 0);
      expect_near(dimage, want_image, 0);
    }
  }
}

}  // namespace
}  // namespace ax
