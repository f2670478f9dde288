#include "adapterx/kernels/tokens/max_tokens.h"

#include <limits>

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/tokens.h"

namespace ax {
namespace {

using namespace test;

struct Result {
  std::vector<double> y;
  std::vector<int32_t> token;
};

Result run(const Owned& x, int64_t begin, int64_t count) {
  const Shape& s = x.tensor().shape;
  const Owned y(x.tensor().dtype, s.with(1, 1));
  Result r;
  r.token.assign(static_cast<size_t>(s[0] * s[2]), -1);
  kernels::max_tokens(x, begin, count, y, {r.token.data(), DType::i32, s.with(1, 1)});
  r.y = y.values();
  return r;
}

void expect_twin(const Owned& x, int64_t begin, int64_t count) {
  const Shape& s = x.tensor().shape;
  const Result r = run(x, begin, count);
  const auto tokens = static_cast<size_t>(s[1]), d = static_cast<size_t>(s[2]);
  const std::vector<size_t> want = twin::max_tokens(x.values(), static_cast<size_t>(s[0]), tokens, d,
                                                    static_cast<size_t>(begin), static_cast<size_t>(count));
  for (size_t i = 0; i < want.size(); ++i) {
    ASSERT_EQ(static_cast<size_t>(r.token[i]), want[i]) << i;
    const double best = x[(i / d * tokens + want[i]) * d + i % d];
    ASSERT_TRUE(r.y[i] == best || (std::isnan(r.y[i]) && std::isnan(best))) << i;
  }
}

TEST(MaxTokens, IsTheFirstLargest) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const int64_t d : {1, 5, 16, 37, 200}) {
        SCOPED_TRACE(d);
        Owned x = random(type, {3, 21, d}, 1);
        const size_t size = x.values().size();
        expect_twin(x, 0, 21);
        expect_twin(x, 2, 1);
        expect_twin(x, 20, 1);
        // Small numbers, so that many are equal; zeros of either sign are.
        for (size_t i = 0; i < size; ++i) x.set(i, std::round(x[i]));
        expect_twin(x, 1, 17);
        for (size_t i = 0; i < size; i += 13) {
          x.set(i, i % 2 == 0 ? std::numeric_limits<double>::quiet_NaN()
                              : -std::numeric_limits<double>::infinity());
        }
        expect_twin(x, 0, 21);
      }
    }
  });
}

TEST(MaxTokens, OfInfinitiesAlone) {
  const double least = -std::numeric_limits<double>::infinity();
  const Owned x(DType::f32, {1, 9, 1}, std::vector<double>(9, least));
  const Result r = run(x, 3, 5);
  EXPECT_EQ(r.token, std::vector<int32_t>{3});
  EXPECT_EQ(r.y, std::vector<double>{least});
}

TEST(MaxTokens, WithoutTokensTheSame) {
  const Owned x = random(DType::bf16, {4, 19, 33}, 1), y(DType::bf16, {4, 1, 33});
  kernels::max_tokens(x, 2, 15, y, {});
  EXPECT_EQ(y.values(), run(x, 2, 15).y);
}

TEST(MaxTokens, GradientGoesToTheToken) {
  for_each_target([] {
    for (const DType type : kTypes) {
      const Owned x = random(type, {3, 11, 19}, 1), dy = random(type, {3, 1, 19}, 2),
                  dx = random(type, {3, 11, 19}, 3);
      Result r = run(x, 1, 9);
      kernels::max_tokens_grad(dy, {r.token.data(), DType::i32, {3, 1, 19}}, dx);
      std::vector<double> want(3 * 11 * 19);
      for (size_t i = 0; i < 3 * 19; ++i) {
        want[(i / 19 * 11 + static_cast<size_t>(r.token[i])) * 19 + i % 19] = dy[i];
      }
      expect_near(dx, want, 0);
    }
  });
}

}  // namespace
}  // namespace ax
