#include "adapterx/kernels/attention/attention.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/base/parallel.h"
#include "adapterx/base/rng.h"
#include "adapterx/kernels/matrix/tile_gemm.h"
#include "adapterx/kernels/twin/attention.h"

namespace ax::kernels {
namespace {

using Doubles = std::vector<double>;

struct Case {
  DType dtype;
  int64_t batch, tokens, heads, dim, query_begin, query_count;
  float spread = 1;  // standard deviation of q, k, v and dout
};

// An owned tensor, every byte 0xff (NaN in all float types) until written.
struct Owned {
  Buffer buffer;
  Tensor tensor;
  Owned(DType dtype, const Shape& shape) : buffer(static_cast<size_t>(shape.size()) * size_of(dtype)) {
    tensor = {buffer.data(), dtype, shape};
    std::memset(buffer.data(), 0xff, tensor.bytes());
  }
  double at(int64_t i) const {
    return tensor.dtype == DType::f32 ? tensor.f32()[i] : to_float(tensor.bf16()[i]);
  }
  void set(int64_t i, float x) const {
    if (tensor.dtype == DType::f32) tensor.f32()[i] = x;
    if (tensor.dtype == DType::bf16) tensor.bf16()[i] = to_bf16(x);
  }
  void fill_normal(uint32_t place, float spread) const {
    std::vector<float> x(static_cast<size_t>(tensor.size()));
    Rng(7, 0, place).fill_normal(x, 0, spread);
    for (int64_t i = 0; i < tensor.size(); ++i) set(i, x[static_cast<size_t>(i)]);
  }
};

// Scratch filled with NaN, and a fence behind it.
struct Scratch {
  static constexpr size_t kFence = 256;
  Buffer buffer;
  size_t bytes;
  explicit Scratch(size_t n) : buffer(n + kFence), bytes(n) { std::memset(buffer.data(), 0xff, n + kFence); }
  bool fence_intact() const {
    for (size_t i = 0; i < kFence; ++i) {
      if (buffer.data()[bytes + i] != std::byte{0xff}) return false;
    }
    return true;
  }
};

struct Problem {
  Case c;
  float scale;
  Owned qkv, out, lse, dout, dqkv;

  explicit Problem(const Case& x)
      : c(x),
        scale(1 / std::sqrt(static_cast<float>(x.dim))),
        qkv(x.dtype, {x.batch, x.tokens, 3 * x.heads * x.dim}),
        out(x.dtype, {x.batch, x.query_count, x.heads * x.dim}),
        lse(DType::f32, {x.batch, x.heads, x.query_count}),
        dout(x.dtype, {x.batch, x.query_count, x.heads * x.dim}),
        dqkv(x.dtype, {x.batch, x.tokens, 3 * x.heads * x.dim}) {
    qkv.fill_normal(1, c.spread);
    dout.fill_normal(2, c.spread);
  }

  void forward() const {
    const Scratch s(attention_scratch(c.dtype, c.tokens, c.query_count, c.dim));
    attention({qkv.tensor, static_cast<int>(c.heads), scale, c.query_begin, c.query_count, out.tensor,
               lse.tensor, s.buffer.data()});
    EXPECT_TRUE(s.fence_intact());
  }
  void backward() const {
    const Scratch s(attention_grad_scratch(c.dtype, c.tokens, c.query_count, c.dim));
    attention_grad({qkv.tensor, lse.tensor, dout.tensor, static_cast<int>(c.heads), scale, c.query_begin,
                    c.query_count, dqkv.tensor, s.buffer.data()});
    EXPECT_TRUE(s.fence_intact());
  }
};

// Rows [begin, begin + count) of one head of part `which` of `parts` (q, k, v).
Doubles head_of(const Owned& x, const Case& c, int64_t sample, int64_t head, int64_t parts, int64_t which,
                int64_t begin, int64_t count) {
  Doubles y;
  for (int64_t t = begin; t < begin + count; ++t) {
    const int64_t row = sample * x.tensor.shape.dim(1) + t;
    for (int64_t i = 0; i < c.dim; ++i) {
      y.push_back(x.at(((row * parts + which) * c.heads + head) * c.dim + i));
    }
  }
  return y;
}

// Squared error and squared norm, summed over heads.
struct Error {
  double error = 0, norm = 0;
  void add(const Doubles& got, const Doubles& want) {
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < got.size(); ++i) {
      error += (got[i] - want[i]) * (got[i] - want[i]);
      norm += want[i] * want[i];
    }
  }
  double relative() const { return std::sqrt(error / norm); }
};

struct Errors {
  Error out, lse, dq, dk, dv;
};

void compare_head(const Problem& p, int64_t sample, int64_t head, Errors& e) {
  const Case& c = p.c;
  const int64_t nq = c.query_count, nk = c.tokens, d = c.dim;
  const auto part = [&](const Owned& x, int64_t which, int64_t begin, int64_t count) {
    return head_of(x, c, sample, head, 3, which, begin, count);
  };
  const Doubles q = part(p.qkv, 0, c.query_begin, nq), k = part(p.qkv, 1, 0, nk), v = part(p.qkv, 2, 0, nk);
  const Doubles dout = head_of(p.dout, c, sample, head, 1, 0, 0, nq);
  const double scale = p.scale;
  Doubles lse, got_lse;
  twin::attention_probabilities(q, k, nq, nk, d, scale, &lse);
  for (int64_t i = 0; i < nq; ++i) got_lse.push_back(p.lse.at((sample * c.heads + head) * nq + i));
  e.lse.add(got_lse, lse);
  e.out.add(head_of(p.out, c, sample, head, 1, 0, 0, nq), twin::attention(q, k, v, nq, nk, d, scale));
  const auto g = twin::attention_grad(q, k, v, dout, nq, nk, d, scale);
  e.dq.add(part(p.dqkv, 0, c.query_begin, nq), g.dq);
  e.dk.add(part(p.dqkv, 1, 0, nk), g.dk);
  e.dv.add(part(p.dqkv, 2, 0, nk), g.dv);
  for (int64_t t = 0; t < nk; ++t) {
    if (t >= c.query_begin && t < c.query_begin + nq) continue;
    EXPECT_EQ(part(p.dqkv, 0, t, 1), Doubles(static_cast<size_t>(d), 0.0)) << "dq of token " << t;
  }
}

Errors run(const Case& c) {
  const Problem p(c);
  p.forward();
  p.backward();
  Errors e;
  for (int64_t sample = 0; sample < c.batch; ++sample) {
    for (int64_t head = 0; head < c.heads; ++head) compare_head(p, sample, head, e);
  }
  return e;
}

void check(const Case& c) {
  SCOPED_TRACE(testing::Message() << to_string(c.dtype) << " B " << c.batch << " T " << c.tokens << " heads "
                                  << c.heads << " d_h " << c.dim << " queries " << c.query_begin << " + "
                                  << c.query_count << " native bf16 " << internal::native_bf16());
  const Errors e = run(c);
  const bool f32 = c.dtype == DType::f32;
  EXPECT_LE(e.out.relative(), f32 ? 1e-6 : 5e-3);
  EXPECT_LE(e.lse.relative(), 1e-6);
  EXPECT_LE(e.dv.relative(), f32 ? 1e-6 : 5e-3);
  // With one key, p is 1 whatever q and k: dq and dk are 0 but for rounding.
  if (c.tokens == 1) {
    EXPECT_LE(std::sqrt(e.dq.error + e.dk.error), f32 ? 1e-4 : 1e-2);
    return;
  }
  EXPECT_LE(e.dq.relative(), f32 ? 1e-5 : 1e-2);
  EXPECT_LE(e.dk.relative(), f32 ? 1e-5 : 1e-2);
}

const int64_t kTokens[] = {1, 2, 17, 65, 197, 257};
const int64_t kDims[] = {5, 24, 32, 48, 64, 80};

void check_sizes(DType dtype) {
  for (const int64_t tokens : kTokens) {
    for (const int64_t dim : kDims) check({dtype, 1, tokens, 3, dim, 0, tokens});
  }
  check({dtype, 3, 65, 1, 64, 0, 65});
  check({dtype, 2, 50, 12, 7, 0, 50});
}

void check_query_ranges(DType dtype) {
  for (const int64_t dim : {5, 64}) {
    check({dtype, 2, 197, 3, dim, 0, 1});
    check({dtype, 2, 197, 3, dim, 196, 1});
    check({dtype, 2, 197, 3, dim, 1, 196});
    check({dtype, 2, 65, 3, dim, 13, 21});
  }
}

// Runs `body` with bf16 pairs multiplied by FMAs, as on a processor without vdpbf16ps.
template <class Body>
void with_emulated_bf16(const Body& body) {
  internal::allow_native_bf16(false);
  body();
  internal::allow_native_bf16(true);
}

TEST(Attention, F32EqualsTwin) { check_sizes(DType::f32); }
TEST(Attention, Bf16EqualsTwin) { check_sizes(DType::bf16); }
TEST(Attention, EmulatedBf16EqualsTwin) {
  with_emulated_bf16([] { check_sizes(DType::bf16); });
}

TEST(Attention, QueryRangeF32) { check_query_ranges(DType::f32); }
TEST(Attention, QueryRangeBf16) { check_query_ranges(DType::bf16); }

// DINOv2 at 518 pixels: several blocks of queries.
TEST(Attention, ManyTokens) {
  check({DType::f32, 1, 1370, 1, 64, 0, 1370});
  check({DType::bf16, 1, 1370, 1, 64, 1000, 370});
}

TEST(Attention, EveryInstructionSet) {
  std::vector<int64_t> targets = hwy::SupportedAndGeneratedTargets();
  targets.push_back(0);  // the scalar fallback
  with_emulated_bf16([&] {
    for (const int64_t target : targets) {
      hwy::GetChosenTarget().Update(target);
      SCOPED_TRACE(target == 0 ? "fallback" : hwy::TargetName(target));
      for (const DType dtype : {DType::f32, DType::bf16}) {
        check({dtype, 1, 65, 3, 24, 0, 65});
        check({dtype, 1, 34, 2, 5, 3, 19});
      }
    }
  });
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

// Scaled scores of both signs beyond 100: exp would overflow without the maximum taken off.
TEST(Attention, LargeScores) {
  for (const DType dtype : {DType::f32, DType::bf16}) {
    const Case c = {dtype, 1, 65, 2, 64, 0, 65, 8};
    const Problem p(c);
    p.forward();
    double largest = 0;
    for (int64_t i = 0; i < p.lse.tensor.size(); ++i) largest = std::max(largest, p.lse.at(i));
    EXPECT_GT(largest, 100);
    const Errors e = run(c);
    EXPECT_LE(e.out.relative(), dtype == DType::f32 ? 1e-5 : 5e-3);
    EXPECT_LE(e.lse.relative(), 1e-6);
    EXPECT_LE(e.dq.relative(), dtype == DType::f32 ? 1e-4 : 1e-2);
    EXPECT_LE(e.dk.relative(), dtype == DType::f32 ? 1e-4 : 1e-2);
    EXPECT_LE(e.dv.relative(), dtype == DType::f32 ? 1e-4 : 1e-2);
  }
}

TEST(Attention, NanReachesOutput) {
  for (const DType dtype : {DType::f32, DType::bf16}) {
    const Problem p({dtype, 1, 17, 1, 8, 0, 17});
    p.qkv.set(0, std::numeric_limits<float>::quiet_NaN());  // in q of token 0
    p.forward();
    EXPECT_TRUE(std::isnan(p.out.at(0)));
    EXPECT_FALSE(std::isnan(p.out.at(8)));
  }
}

TEST(Attention, LseMayBeAbsent) {
  const Problem p({DType::f32, 1, 17, 2, 8, 0, 17});
  p.forward();
  const Owned out(DType::f32, p.out.tensor.shape);
  const Scratch s(attention_scratch(DType::f32, 17, 17, 8));
  attention({p.qkv.tensor, 2, p.scale, 0, 17, out.tensor, {}, s.buffer.data()});
  EXPECT_EQ(std::memcmp(out.tensor.data, p.out.tensor.data, out.tensor.bytes()), 0);
}

TEST(Attention, SameBitsForAnyThreadCount) {
  const int threads = thread_count();
  const Case c = {DType::bf16, 2, 65, 3, 24, 0, 65};
  const Problem one(c), many(c);
  set_thread_count(1);
  one.forward();
  one.backward();
  set_thread_count(4);
  many.forward();
  many.backward();
  set_thread_count(threads);
  EXPECT_EQ(std::memcmp(one.out.tensor.data, many.out.tensor.data, one.out.tensor.bytes()), 0);
  EXPECT_EQ(std::memcmp(one.dqkv.tensor.data, many.dqkv.tensor.data, one.dqkv.tensor.bytes()), 0);
}

// The twin's gradient of sum(dout * attention(q, k, v)) against central differences, in double.
TEST(AttentionTwin, GradientEqualsDifferences) {
  const int64_t nq = 3, nk = 5, d = 4;
  const double scale = 0.7, step = 1e-5;
  const auto normal = [](uint32_t place, int64_t n) {
    std::vector<float> x(static_cast<size_t>(n));
    Rng(3, 0, place).fill_normal(x, 0, 1);
    return Doubles(x.begin(), x.end());
  };
  Doubles q = normal(1, nq * d), k = normal(2, nk * d), v = normal(3, nk * d);
  const Doubles dout = normal(4, nq * d);
  const auto g = twin::attention_grad(q, k, v, dout, nq, nk, d, scale);
  const auto loss = [&] {
    const Doubles out = twin::attention(q, k, v, nq, nk, d, scale);
    double sum = 0;
    for (size_t i = 0; i < out.size(); ++i) sum += out[i] * dout[i];
    return sum;
  };
  const auto expect_gradient = [&](Doubles& x, const Doubles& dx) {
    for (size_t i = 0; i < x.size(); ++i) {
      const double at = x[i];
      x[i] = at + step;
      const double above = loss();
      x[i] = at - step;
      const double below = loss();
      x[i] = at;
      EXPECT_NEAR(dx[i], (above - below) / (2 * step), 1e-8);
    }
  };
  expect_gradient(q, g.dq);
  expect_gradient(k, g.dk);
  expect_gradient(v, g.dv);
}

}  // namespace
}  // namespace ax::kernels
