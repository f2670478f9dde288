#include "adapterx/kernels/loss/cross_entropy.h"

#include <complex>

#include "adapterx/base/error_text_test.h"
#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/cross_entropy.h"

namespace ax {
namespace {

using namespace test;
using Complex = std::complex<double>;

struct Targets {
  std::vector<int32_t> labels;
  std::vector<double> one_hot;
  Tensor tensor() { return {labels.data(), DType::i32, {static_cast<int64_t>(labels.size())}}; }
};

Targets targets(size_t batch, size_t classes) {
  Targets t{{}, std::vector<double>(batch * classes)};
  for (size_t b = 0; b < batch; ++b) {
    t.labels.push_back(static_cast<int32_t>(b * 7 % classes));
    t.one_hot[b * classes + b * 7 % classes] = 1;
  }
  return t;
}

std::vector<double> step_grad(const std::vector<double>& x, const std::vector<double>& target,
                              const std::vector<size_t>& heads, double smoothing, size_t batch) {
  std::vector<Complex> z(x.begin(), x.end());
  std::vector<double> dx(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    z[i] += Complex(0, 1e-30);
    dx[i] = twin::cross_entropy(z.data(), target.data(), heads, smoothing, batch).imag() * 1e30;
    z[i] = x[i];
  }
  return dx;
}

void check(const Owned& logits, const Tensor& target, const std::vector<double>& probabilities,
           double smoothing, size_t batch, const std::vector<size_t>& sizes) {
  const std::vector<int64_t> heads(sizes.begin(), sizes.end());
  const Owned loss(DType::f32, {}), norm(DType::f32, {static_cast<int64_t>(batch), std::ssize(heads)});
  const Owned dloss(DType::f32, {}, {0.5}), dlogits(logits.tensor().dtype, logits.tensor().shape);
  const auto s = static_cast<float>(smoothing);
  const std::vector<double> x = logits.values();
  kernels::cross_entropy(logits, target, heads, s, loss, norm);
  EXPECT_NEAR(loss[0], twin::cross_entropy(x.data(), probabilities.data(), sizes, smoothing, batch), 1e-5);
  kernels::cross_entropy_grad(logits, target, heads, s, norm, dloss, dlogits);
  std::vector<double> want = step_grad(x, probabilities, sizes, smoothing, batch);
  for (double& v : want) v *= 0.5;
  expect_near(dlogits, want, 2e-7);

  const Owned in_place = logits;
  kernels::cross_entropy_grad(in_place, target, heads, s, norm, dloss, in_place);
  EXPECT_EQ(in_place.values(), dlogits.values());
}

TEST(CrossEntropy, MatchesTwin) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const size_t classes : {2u, 10u, 37u}) {
        for (const double smoothing : {0.0, 0.1}) {
          constexpr size_t kBatch = 5;
          const Shape shape{kBatch, static_cast<int64_t>(classes)};
          const Owned logits = random(type, shape, 1, 0, 4);
          Targets t = targets(kBatch, classes);
          check(logits, t.tensor(), t.one_hot, smoothing, kBatch, {classes});

          Owned mixed(DType::f32, shape);
          for (size_t i = 0; i < t.one_hot.size(); ++i)
            mixed.set(i, 0.75 * t.one_hot[i] + 0.25 / static_cast<double>(classes));
          check(logits, mixed, mixed.values(), smoothing, kBatch, {classes});
        }
      }
    }
  });
}

// Rows with targets in all heads, in one alone, in none, and, as mixup leaves them, shares in two.
TEST(CrossEntropy, OfSeveralHeadsMatchesTwin) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const double smoothing : {0.0, 0.1}) {
        const Owned logits = random(type, {4, 24}, 1, 0, 4);
        Owned target(DType::f32, {4, 24});
        for (const size_t at : {2u, 10u, 23u, 24u + 12u}) target.set(at, 1);
        target.set(72 + 1, 0.75);
        target.set(72 + 20, 0.25);
        check(logits, target, target.values(), smoothing, 4, {3, 17, 4});
      }
    }
  });
}

TEST(CrossEntropy, HeadsDontSeeEachOther) {
  Owned logits = random(DType::f32, {2, 9}, 1), target(DType::f32, {2, 9});
  for (const size_t at : {1u, 9u + 6u}) target.set(at, 1);
  const Owned a(DType::f32, {}), b(DType::f32, {}), norm(DType::f32, {2, 2});
  const std::vector<int64_t> heads = {4, 5};
  kernels::cross_entropy(logits, target, heads, 0.1f, a, norm);
  for (const size_t at : {4u, 8u, 9u, 12u}) logits.set(at, 30);  // of the head that the row has no target in
  kernels::cross_entropy(logits, target, heads, 0.1f, b, norm);
  EXPECT_EQ(a[0], b[0]);
}

TEST(CrossEntropy, LargeLogitsDontOverflow) {
  const Owned logits(DType::f32, {1, 3}, {1000, 999, -1000}), loss(DType::f32, {}), norm(DType::f32, {1});
  int32_t label = 1;
  kernels::cross_entropy(logits, {&label, DType::i32, {1}}, {}, 0, loss, norm);
  EXPECT_NEAR(loss[0], 1.3132617, 1e-4);
}

TEST(CrossEntropy, NanShows) {
  for_each_target([] {
    const Owned logits(DType::f32, {1, 3}, {1, NAN, 2}), loss(DType::f32, {}), norm(DType::f32, {1});
    int32_t label = 0;
    kernels::cross_entropy(logits, {&label, DType::i32, {1}}, {}, 0, loss, norm);
    EXPECT_TRUE(std::isnan(loss[0]));
  });
}

TEST(CrossEntropy, SameLossForAnyThreadCount) {
  const Owned logits = random(DType::f32, {1001, 10}, 1), norm(DType::f32, {1001});
  const Owned a(DType::f32, {}), b(DType::f32, {});
  Targets t = targets(1001, 10);
  kernels::cross_entropy(logits, t.tensor(), {}, 0.1f, a, norm);
  const int threads = thread_count();
  set_thread_count(3);
  kernels::cross_entropy(logits, t.tensor(), {}, 0.1f, b, norm);
  set_thread_count(threads);
  EXPECT_EQ(a[0], b[0]);
}

TEST(CrossEntropy, LabelOutOfRangeNamesTheSample) {
  const Owned logits(DType::f32, {3, 4}), loss(DType::f32, {}), norm(DType::f32, {3});
  int32_t labels[] = {0, 4, 1};
  EXPECT_EQ(error_text([&] {
              kernels::cross_entropy(logits, {labels, DType::i32, {3}}, {}, 0, loss, norm);
            }),
            "cross_entropy: sample 1: expected a label in [0, 4), got 4");
}

}  // namespace
}  // namespace ax
