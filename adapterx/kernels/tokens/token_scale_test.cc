#include "adapterx/kernels/tokens/token_scale.h"

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/elementwise.h"

namespace ax {
namespace {

using namespace test;

TEST(TokenScale, ScalesAndDotsAreThoseOfTheDefinition) {
  for_each_target([] {
    for (const DType tx : kTypes) {
      for (const DType tf : kTypes) {
        for (const int64_t d : {1, 7, 192, 395}) {
          const Owned x = random(tx, {3, 11, d}, 1), z = random(tf, {3, 11, d}, 2);
          const Owned factor = random(tf, {3, 11, 1}, 3), y(tx, {3, 11, d}), dot(tf, {3, 11, 1});
          kernels::scale_tokens(x, factor, y);
          expect_near(y, twin::scale_samples(x.values(), factor.values()), 1e-6);
          kernels::dot_tokens(x, z, dot);
          expect_near(dot, twin::dot_rows(x.values(), z.values(), 33), 1e-5);
        }
      }
    }
  });
}

TEST(TokenScale, InPlace) {
  const Owned x = random(DType::f32, {5, 9}, 1), factor = random(DType::f32, {5}, 2), y = x;
  kernels::scale_tokens(y, factor, y);
  expect_near(y, twin::scale_samples(x.values(), factor.values()), 1e-6);
}

}  // namespace
}  // namespace ax
