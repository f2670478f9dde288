#include "adapterx/kernels/tokens/features.h"

#include "adapterx/kernels/row_test.h"

namespace ax {
namespace {

using namespace test;

TEST(Features, CopyRepeatsASingleTokenAndLeavesTheRest) {
  for (const DType from : kTypes) {
    for (const DType to : kTypes) {
      for (const size_t tokens : {size_t{1}, size_t{7}}) {
        const Owned src = random(from, {3, static_cast<int64_t>(tokens), 19}, 1);
        const Owned dst = random(to, {3, 7, 23}, 2), before = dst;
        kernels::copy_features(src, 2, dst, 5, 17);
        std::vector<double> want = before.values();
        for (size_t t = 0; t < 21; ++t) {
          const size_t source = tokens == 1 ? t / 7 : t;
          for (size_t j = 0; j < 17; ++j) want[t * 23 + 5 + j] = src[source * 19 + 2 + j];
        }
        expect_near(dst, want, 0);
      }
    }
  }
}

TEST(Features, AddChangesTheFeaturesNamedAlone) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const int64_t begin : {0, 3, 6}) {
        const Owned y = random(type, {3, 7, 23}, 1), x = random(type, {3, 7, 17}, 2), out(type, {3, 7, 23});
        std::vector<double> want = y.values();
        for (size_t t = 0; t < 21; ++t) {
          for (size_t j = 0; j < 17; ++j) want[t * 23 + static_cast<size_t>(begin) + j] += x[t * 17 + j];
        }
        kernels::add_features(y, x, begin, out);
        expect_near(out, want, 2e-6);
        kernels::add_features(y, x, begin, y);
        EXPECT_EQ(y.values(), out.values());
      }
    }
  });
}

TEST(Features, SumOverTokens) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const int64_t count : {1, 37, 2500}) {
        const auto n = static_cast<size_t>(count);
        const Owned x = random(type, {3, 11, count + 4}, 1), y(type, {3, 1, count});
        kernels::sum_features(x, 3, y);
        std::vector<double> want(3 * n);
        for (size_t t = 0; t < 33; ++t) {
          for (size_t j = 0; j < n; ++j) want[t / 11 * n + j] += x[t * (n + 4) + 3 + j];
        }
        expect_near(y, want, 2e-6);
      }
    }
  });
}

}  // namespace
}  // namespace ax
