#include "adapterx/kernels/matrix/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "adapterx/base/allocation_counter.h"
#include "adapterx/base/buffer.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/base/rng.h"
#include "adapterx/kernels/twin/gemm.h"

namespace ax::kernels {
namespace {

// A matrix as the kernel reads it and, exactly the same values, in double.
struct Data {
  Data(int64_t size, DType t, std::string_view name)
      : type(t), bytes(static_cast<size_t>(size) * size_of(t)) {
    const Rng rng(7, 0, place_of(name));
    for (int64_t i = 0; i < size; ++i) set(i, rng.normal(static_cast<uint64_t>(i)));
  }
  void set(int64_t i, float value) {
    if (type == DType::bf16) {
      bytes.as<BF16>()[i] = to_bf16(value);
    } else {
      bytes.as<float>()[i] = value;
    }
  }
  double at(int64_t i) const {
    return static_cast<double>(type == DType::bf16 ? to_float(bytes.as<BF16>()[i]) : bytes.as<float>()[i]);
  }
  std::vector<double> values() const {
    std::vector<double> out(bytes.size() / size_of(type));
    for (size_t i = 0; i < out.size(); ++i) out[i] = at(static_cast<int64_t>(i));
    return out;
  }
  DType type;
  Buffer bytes;
};

double activated(Activation act, double x) {
  switch (act) {
    case Activation::none:
      return x;
    case Activation::relu:
      return std::max(x, 0.0);
    case Activation::gelu_erf:
      return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    case Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979) * (x + 0.044715 * x * x * x)));
    case Activation::quick_gelu:
      return x / (1 + std::exp(-1.702 * x));
  }
  return 0;
}

double relative_error(const Data& got, const std::vector<double>& want) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    const double d = got.at(static_cast<int64_t>(i)) - want[i];
    difference += d * d;
    norm += want[i] * want[i];
  }
  return std::sqrt(difference) / (std::sqrt(norm) + 1e-30);
}

double tolerance(DType y) { return y == DType::bf16 ? 4e-3 : 1e-5; }

std::vector<double> expected(const GemmShape& s, const GemmEpilogue& e, const Data& x, const Data& w,
                             const Data& bias, const Data& y) {
  const auto xs = x.values(), ws = w.values(), bs = bias.values(), ys = y.values();
  std::vector<double> out(ys.size());
  twin::gemm(s.m, s.n, s.k, s.transpose_weight, xs.data(), ws.data(), e.bias ? bs.data() : nullptr,
             out.data());
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<double>(e.scale) * activated(e.act, out[i]) + (e.accumulate ? ys[i] : 0.0);
  }
  return out;
}

double gemm_error(const GemmShape& s, const GemmEpilogue& e) {
  Data x(s.m * s.k, s.x, "x"), w(s.n * s.k, DType::f32, "w"), bias(s.n, DType::f32, "bias"),
      y(s.m * s.n, s.y, "y");
  if (s.x == DType::bf16) {  // on values that packing does not change
    for (int64_t i = 0; i < s.n * s.k; ++i) w.set(i, to_float(to_bf16(w.bytes.as<float>()[i])));
  }
  const auto want = expected(s, e, x, w, bias, y);
  const Gemm gemm(s, e);
  const Buffer scratch(gemm.scratch_bytes());
  const Buffer packed(gemm.packed_bytes());
  gemm.pack(w.bytes.as<float>(), packed.data(), scratch.data());
  std::fill_n(scratch.data(), scratch.size(), std::byte{0xff});  // none at all on some processors
  gemm.run(x.bytes.data(), packed.data(), e.bias ? bias.bytes.as<float>() : nullptr, y.bytes.data(),
           scratch.data());
  return relative_error(y, want);
}

class GemmTest : public testing::TestWithParam<std::tuple<DType, DType, bool>> {
 protected:
  GemmShape shape(int64_t m, int64_t n, int64_t k) const {
    return {m, n, k, std::get<2>(GetParam()), std::get<0>(GetParam()), std::get<1>(GetParam())};
  }
};

TEST_P(GemmTest, OddSizes) {
  for (const auto& [m, n, k] : std::vector<std::array<int64_t, 3>>{{1, 1, 1},
                                                                   {1, 10, 37},
                                                                   {5, 1, 37},
                                                                   {7, 10, 1},
                                                                   {197, 10, 37},
                                                                   {33, 129, 65},
                                                                   {64, 64, 768},
                                                                   {50, 192, 63},
                                                                   {40, 96, 3072}}) {
    for (const bool plain : {true, false}) {
      const GemmShape s = shape(m, n, k);
      const GemmEpilogue e = plain ? GemmEpilogue{} : GemmEpilogue{true, Activation::gelu_erf, 0.5f, true};
      EXPECT_LT(gemm_error(s, e), tolerance(s.y)) << m << " " << n << " " << k << " " << plain;
    }
  }
}

TEST_P(GemmTest, EveryEpilogue) {
  for (const Activation act : {Activation::none, Activation::relu, Activation::gelu_erf,
                               Activation::gelu_tanh, Activation::quick_gelu}) {
    for (const bool bias : {false, true}) {
      for (const float factor : {1.f, -0.25f}) {
        for (const bool accumulate : {false, true}) {
          const GemmShape s = shape(19, 45, 8);
          EXPECT_LT(gemm_error(s, {bias, act, factor, accumulate}), tolerance(s.y))
              << static_cast<int>(act) << " " << bias << " " << factor << " " << accumulate;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, GemmTest,
                         testing::Combine(testing::Values(DType::f32, DType::bf16),
                                          testing::Values(DType::f32, DType::bf16), testing::Bool()));

// Where the keys of two GEMMs agree, either may use the weight that the other packed.
TEST(PackedWeights, EqualKeysShareBytes) {
  constexpr int64_t kN = 70, kK = 37;
  for (const bool transposed : {true, false}) {
    for (const DType t : {DType::f32, DType::bf16}) {
      const Gemm a({12, kN, kK, transposed, t, DType::f32}, {});
      const Gemm b({500, kN, kK, transposed, t, DType::f32}, {.bias = true});
      ASSERT_EQ(a.layout_key(), b.layout_key());
      const Data w(kN * kK, DType::f32, "w"), x(12 * kK, t, "x");
      const Buffer scratch(std::max(a.scratch_bytes(), b.scratch_bytes()));
      const Buffer pa(a.packed_bytes()), pb(b.packed_bytes());
      a.pack(w.bytes.as<float>(), pa.data(), scratch.data());
      b.pack(w.bytes.as<float>(), pb.data(), scratch.data());
      ASSERT_EQ(pa.size(), pb.size());
      Data ya(12 * kN, DType::f32, "y"), yb(12 * kN, DType::f32, "z");
      a.run(x.bytes.data(), pa.data(), nullptr, ya.bytes.data(), scratch.data());
      a.run(x.bytes.data(), pb.data(), nullptr, yb.bytes.data(), scratch.data());
      EXPECT_EQ(std::memcmp(ya.bytes.data(), yb.bytes.data(), ya.bytes.size()), 0);
    }
  }
}

TEST(PackedWeights, KeysNameShapeAndType) {
  const auto key = [](int64_t n, int64_t k, DType t) {
    return Gemm({8, n, k, true, t, DType::f32}, {}).layout_key();
  };
  EXPECT_NE(key(64, 32, DType::f32), key(32, 64, DType::f32));
  EXPECT_NE(key(64, 32, DType::f32), key(64, 33, DType::f32));
  // A square weight W and its transpose look alike to oneDNN, and are not the same numbers.
  EXPECT_NE(key(64, 64, DType::f32), Gemm({8, 64, 64, false, DType::f32, DType::f32}, {}).layout_key());
}

TEST(GemmErrors, NameTheProduct) {
  expect_part(error_text([] { Gemm({-3, 10, 37}, {}); }), "m=-3 n=10 k=37 x f32");
}

TEST(WeightGrad, MatchesTwinAndAccumulates) {
  for (const auto& [m, n, k] : std::vector<std::array<int64_t, 3>>{
           {1, 1, 1}, {5, 10, 37}, {197, 1, 33}, {197, 64, 1}, {1, 33, 70}, {300, 64, 129}, {32, 100, 65}}) {
    for (const DType t : {DType::f32, DType::bf16}) {
      const Data dy(m * n, t, "dy"), x(m * k, t, "x");
      Data dw(n * k, DType::f32, "dw");
      auto want = dw.values();
      const auto dys = dy.values(), xs = x.values();
      const WeightGradGemm gemm(m, n, k, t);
      const Buffer scratch(gemm.scratch_bytes());
      for (int step = 0; step < 2; ++step) {
        twin::weight_grad_gemm(m, n, k, dys.data(), xs.data(), want.data());
        gemm.run(dy.bytes.data(), x.bytes.data(), dw.bytes.as<float>(), scratch.data());
      }
      EXPECT_LT(relative_error(dw, want), 1e-5) << m << " " << n << " " << k << " " << to_string(t);
    }
  }
}

TEST(WeightGrad, SameBitsEveryTime) {
  constexpr int64_t kM = 700, kN = 48, kK = 96;
  const Data dy(kM * kN, DType::bf16, "dy"), x(kM * kK, DType::bf16, "x");
  const WeightGradGemm gemm(kM, kN, kK, DType::bf16);
  const Buffer scratch(gemm.scratch_bytes());
  const Buffer first(kN * kK * sizeof(float)), second(kN * kK * sizeof(float));
  gemm.run(dy.bytes.data(), x.bytes.data(), first.as<float>(), scratch.data());
  std::fill_n(scratch.data(), scratch.size(), std::byte{0xff});  // none at all on some processors
  gemm.run(dy.bytes.data(), x.bytes.data(), second.as<float>(), scratch.data());
  EXPECT_EQ(std::memcmp(first.data(), second.data(), first.size()), 0);
}

TEST(GemmAllocations, NoneOfOurs) {
  if (!allocation_counting_available()) GTEST_SKIP() << "not counted here";
  constexpr int64_t kM = 40, kN = 64, kK = 96;
  const Gemm gemm({kM, kN, kK, true, DType::bf16, DType::bf16}, {true, Activation::gelu_tanh, 2.f, true});
  const WeightGradGemm grad(kM, kN, kK, DType::bf16);
  const Data x(kM * kK, DType::bf16, "x"), w(kN * kK, DType::f32, "w"), bias(kN, DType::f32, "b"),
      y(kM * kN, DType::bf16, "y");
  const Buffer scratch(std::max(gemm.scratch_bytes(), grad.scratch_bytes())), dw(kN * kK * sizeof(float));
  const Buffer packed(gemm.packed_bytes());
  const auto run = [&] {
    gemm.pack(w.bytes.as<float>(), packed.data(), scratch.data());
    gemm.run(x.bytes.data(), packed.data(), bias.bytes.as<float>(), y.bytes.data(), scratch.data());
    grad.run(y.bytes.data(), x.bytes.data(), dw.as<float>(), scratch.data());
  };
  run();
  const uint64_t before = allocations_counted();
  run();
  EXPECT_EQ(allocations_counted(), before);
}

}  // namespace
}  // namespace ax::kernels
