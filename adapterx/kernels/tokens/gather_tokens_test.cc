#include "adapterx/kernels/tokens/gather_tokens.h"

#include "adapterx/kernels/row_test.h"

namespace ax {
namespace {

using namespace test;

// Two samples of 5 tokens: some are picked often, token 3 never.
std::vector<int32_t> picks() { return {4, 0, 4, 4, 1, 2, 0, 2, 2, 2, 2, 2, 2, 1}; }
constexpr size_t kPicked = 7, kTokens = 5;

TEST(GatherTokens, PicksRows) {
  std::vector<int32_t> index = picks();
  for (const DType from : kTypes) {
    for (const DType to : kTypes) {
      const Owned x = random(from, {2, kTokens, 19}, 1), y(to, {2, kPicked, 19});
      kernels::gather_tokens(x, {index.data(), DType::i32, {2, kPicked}}, y);
      std::vector<double> want;
      for (size_t i = 0; i < index.size(); ++i) {
        const size_t token = i / kPicked * kTokens + static_cast<size_t>(index[i]);
        for (size_t j = 0; j < 19; ++j) want.push_back(x[token * 19 + j]);
      }
      expect_near(y, want, 0);
    }
  }
}

// The transpose of the picking, summed with more precision than bf16 has.
TEST(GatherTokens, GradientAddsUpPicksOfOneToken) {
  std::vector<int32_t> index = picks();
  for (const DType type : kTypes) {
    for (const int64_t d : {1, 37, 2500}) {
      const auto n = static_cast<size_t>(d);
      const Owned dy = random(type, {2, kPicked, d}, 1), dx = random(type, {2, kTokens, d}, 2);
      std::vector<std::byte> scratch(kernels::gather_tokens_grad_scratch(kTokens, kPicked));
      kernels::gather_tokens_grad(dy, {index.data(), DType::i32, {2, kPicked}}, dx, scratch.data());
      std::vector<double> want(2 * kTokens * n);
      for (size_t i = 0; i < index.size(); ++i) {
        const size_t token = i / kPicked * kTokens + static_cast<size_t>(index[i]);
        for (size_t j = 0; j < n; ++j) want[token * n + j] += dy[i * n + j];
      }
      expect_near(dx, want, 1e-6);
    }
  }
}

// Tokens that all samples share: as those of each, and the sum of their gradients.
TEST(GatherTokens, OneSampleIsEverySamples) {
  std::vector<int32_t> index = picks();
  const Tensor i{index.data(), DType::i32, {2, kPicked}};
  const Owned one = random(DType::f32, {1, kTokens, 19}, 1), y(DType::f32, {2, kPicked, 19}),
              y_of_each(DType::f32, {2, kPicked, 19});
  std::vector<double> twice = one.values();
  twice.insert(twice.end(), twice.begin(), twice.begin() + kTokens * 19);
  const Owned each(DType::f32, {2, kTokens, 19}, twice);
  kernels::gather_tokens(one, i, y);
  kernels::gather_tokens(each, i, y_of_each);
  EXPECT_EQ(y.values(), y_of_each.values());

  const Owned dy = random(DType::f32, {2, kPicked, 19}, 2), d(DType::f32, {1, kTokens, 19}),
              d_of_each(DType::f32, {2, kTokens, 19});
  std::vector<std::byte> scratch(kernels::gather_tokens_grad_scratch(kTokens, 2 * kPicked));
  kernels::gather_tokens_grad(dy, i, d, scratch.data());
  kernels::gather_tokens_grad(dy, i, d_of_each, scratch.data());
  std::vector<double> want(kTokens * 19);
  for (size_t k = 0; k < 2 * want.size(); ++k) want[k % want.size()] += d_of_each[k];
  expect_near(d, want, 1e-6);
}

}  // namespace
}  // namespace ax
