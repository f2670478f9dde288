#include "adapterx/kernels/norms/batch_norm.h"

#include <complex>
#include <limits>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/batch_norm.h"

namespace ax {
namespace {

using namespace test;
using Complex = std::complex<double>;

constexpr double kEps = 1e-3;

// Parameters and outputs of a layer over C columns.
struct Layer {
  explicit Layer(int64_t c)
      : weight(random(DType::f32, {c}, 11)),
        bias(random(DType::f32, {c}, 12)),
        running_mean(random(DType::f32, {c}, 13)),
        running_var(random(DType::f32, {c}, 14, 2, 0.1)),
        mean(DType::f32, {c}),
        rstd(DType::f32, {c}),
        scratch(kernels::batch_norm_scratch(c)) {}

  kernels::BatchNorm forward(const Owned& x, const Owned& y) {
    kernels::BatchNorm a;
    a.x = x;
    a.weight = weight;
    a.bias = bias;
    a.running_mean = running_mean;
    a.running_var = running_var;
    a.eps = static_cast<float>(kEps);
    a.y = y;
    a.mean = mean;
    a.rstd = rstd;
    a.scratch = scratch.data();
    return a;
  }
  twin::ColumnStatistics<double> running() const { return {running_mean.values(), running_var.values()}; }

  Owned weight, bias, running_mean, running_var, mean, rstd;
  std::vector<std::byte> scratch;
};

std::vector<double> normalised(const Owned& x, const twin::ColumnStatistics<double>& s, const Layer& l,
                               bool relu) {
  std::vector<double> y = twin::batch_norm(x.values(), s, l.weight.values(), l.bias.values(), kEps);
  for (double& v : y) v = relu && v < 0 ? 0 : v;
  return y;
}

TEST(BatchNormKernel, MatchesTwin) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{2, 1}, {37, 5}, {600, 16}, {9, 197}}) {
        for (const bool relu : {false, true}) {
          SCOPED_TRACE(rows);
          const Owned x = random(type, {rows, columns}, 1, 3, 2), y(type, {rows, columns});
          Layer l(columns);
          kernels::BatchNorm a = l.forward(x, y);
          a.relu = relu;
          kernels::batch_norm(a);
          const auto s = twin::column_statistics(x.values(), static_cast<size_t>(columns));
          expect_near(l.mean, s.mean, 1e-6);
          expect_near(y, normalised(x, s, l, relu), 2e-5);

          a.batch_statistics = false;
          kernels::batch_norm(a);
          expect_near(l.mean, l.running().mean, 0);
          expect_near(y, normalised(x, l.running(), l, relu), 1e-5);
        }
      }
    }
  });
}

TEST(BatchNormKernel, MovesRunningStatisticsOnlyWhenAsked) {
  const Owned x = random(DType::f32, {301, 7}, 1, 3, 2), y(DType::f32, {301, 7});
  Layer l(7);
  const auto before = l.running();
  kernels::BatchNorm a = l.forward(x, y);
  a.momentum = 0.3f;
  kernels::batch_norm(a);
  EXPECT_EQ(l.running().mean, before.mean);
  EXPECT_EQ(l.running().var, before.var);
  a.moves = true;
  kernels::batch_norm(a);
  const auto s = twin::column_statistics(x.values(), 7);
  std::vector<double> mean, var;
  for (size_t j = 0; j < 7; ++j) {
    mean.push_back(0.7 * before.mean[j] + 0.3 * s.mean[j]);
    var.push_back(0.7 * before.var[j] + 0.3 * s.var[j] * 301 / 300);
  }
  expect_near(l.running_mean, mean, 1e-6);
  expect_near(l.running_var, var, 1e-6);
}

// Means far larger than the spread, that drift from row to row and begin with outliers: no digits are lost.
TEST(BatchNormKernel, ManyRowsFarFromZero) {
  for_each_target([] {
    constexpr int64_t kRows = 20000;
    Owned x = random(DType::f32, {kRows, 3}, 1);
    for (size_t i = 0; i < 3 * kRows; ++i) {
      const double mean = i % 3 == 0 ? 1000 : i % 3 == 1 ? static_cast<double>(i) / kRows : 0;
      x.set(i, x[i] + mean + (i < 48 && i % 3 == 2 ? 300 : 0));
    }
    Layer l(3);
    kernels::BatchNorm a = l.forward(x, x);
    a.y = {};
    kernels::batch_norm(a);
    const auto s = twin::column_statistics(x.values(), 3);
    for (size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(l.mean[j], s.mean[j], 3e-7 * std::max(1.0, std::abs(s.mean[j])));
      EXPECT_NEAR(l.rstd[j] * std::sqrt(s.var[j] + kEps), 1, 1e-6) << j;
    }
  });
}

TEST(BatchNormKernel, NanReachesItsColumnAlone) {
  Owned x = random(DType::f32, {40, 3}, 1);
  x.set(31, std::numeric_limits<double>::quiet_NaN());  // of column 1
  const Owned y(DType::f32, {40, 3});
  Layer l(3);
  kernels::BatchNorm a = l.forward(x, y);
  a.relu = true;
  kernels::batch_norm(a);
  for (size_t i = 0; i < 120; ++i) EXPECT_EQ(std::isnan(y[i]), i % 3 == 1) << i;
}

TEST(BatchNormKernel, SameBitsEveryRunAndInPlace) {
  const ThreadCount threads(3);
  const Owned x = random(DType::f32, {1000, 19}, 1), y(DType::f32, {1000, 19});
  Layer first(19), second(19);
  kernels::batch_norm(first.forward(x, y));
  const Owned in_place = x;
  kernels::batch_norm(second.forward(in_place, in_place));
  EXPECT_EQ(in_place.values(), y.values());
}

// Gradients of sum dy * y by complex steps, in x [rows, columns], weight and bias.
struct Gradients {
  std::vector<double> x, weight, bias;
};

Gradients step_gradients(const Owned& x, const Owned& dy, const Layer& l, bool batch_statistics, bool relu) {
  constexpr double kStep = 1e-30;
  const size_t columns = l.weight.values().size();
  const std::vector<double> x_values = x.values(), w_values = l.weight.values(), b_values = l.bias.values();
  const auto slope = [&](size_t n, const auto& move) {
    std::vector<double> out(n);
    for (size_t i = 0; i < n; ++i) {
      std::vector<Complex> z(x_values.begin(), x_values.end()), w(w_values.begin(), w_values.end()),
          b(b_values.begin(), b_values.end());
      move(z, w, b)[i] += Complex(0, kStep);
      const auto running = l.running();
      const auto s = batch_statistics
                         ? twin::column_statistics(z, columns)
                         : twin::ColumnStatistics<Complex>{{running.mean.begin(), running.mean.end()},
                                                           {running.var.begin(), running.var.end()}};
      const std::vector<Complex> y = twin::batch_norm(z, s, w, b, kEps);
      for (size_t j = 0; j < y.size(); ++j)
        out[i] += relu && y[j].real() <= 0 ? 0 : dy[j] * y[j].imag() / kStep;
    }
    return out;
  };
  return {slope(
              x_values.size(), [](auto& z, auto&, auto&) -> auto& { return z; }),
          slope(
              columns, [](auto&, auto& w, auto&) -> auto& { return w; }),
          slope(
              columns, [](auto&, auto&, auto& b) -> auto& { return b; })};
}

kernels::BatchNormGrad gradient_of(const kernels::BatchNorm& f, const Owned& dy) {
  kernels::BatchNormGrad g;
  g.dy = dy;
  g.x = f.x;
  g.mean = f.mean;
  g.rstd = f.rstd;
  g.weight = f.weight;
  g.bias = f.bias;
  g.batch_statistics = f.batch_statistics;
  g.relu = f.relu;
  g.scratch = f.scratch;
  return g;
}

void check_gradients(DType type, int64_t rows, int64_t columns, bool batch_statistics, bool relu) {
  const Shape shape{rows, columns};
  const Owned x = random(type, shape, 1, 3, 2), dy = random(type, shape, 2), y(type, shape);
  const Owned dx(type, shape), dweight(DType::f32, {columns}), dbias(DType::f32, {columns});
  Layer l(columns);
  kernels::BatchNorm f = l.forward(x, y);
  f.batch_statistics = batch_statistics;
  f.relu = relu;
  kernels::batch_norm(f);
  kernels::BatchNormGrad g = gradient_of(f, dy);
  g.dx = dx;
  g.dweight = dweight;
  g.dbias = dbias;
  kernels::batch_norm_grad(g);
  const Gradients want = step_gradients(x, dy, l, batch_statistics, relu);
  expect_near(dx, want.x, 2e-5);
  expect_near(dweight, want.weight, 2e-5);
  expect_near(dbias, want.bias, 2e-5);

  // Each output alone, and in place.
  const Owned alone = dy;
  kernels::BatchNormGrad a = gradient_of(f, alone);
  a.dx = alone;
  if (!batch_statistics && !relu) a.x = {};
  kernels::batch_norm_grad(a);
  EXPECT_EQ(alone.values(), dx.values());
  const Owned other(DType::f32, {columns});
  kernels::BatchNormGrad b = gradient_of(f, dy);
  b.dweight = other;
  kernels::batch_norm_grad(b);
  EXPECT_EQ(other.values(), dweight.values());
}

// Of torch.nn.BatchNorm1d (tools/make_batch_norm_golden.py).
class GoldenBatchNorm : public ::testing::Test {
 protected:
  static Owned owned(const std::string& name) {
    static const TensorFile file = read_safetensors(AX_GOLDEN "/batch_norm.safetensors");
    const std::vector<float> values = file.f32(name);
    return {DType::f32, file.at(name).shape, {values.begin(), values.end()}};
  }

  // One pass, "0", "1" or "eval", and its gradients, against torch's.
  void check(Layer& l, const std::string& pass, bool relu) const {
    const std::string prefix = relu ? "relu." : "";
    const Owned x = owned(pass == "1" ? "x.1" : "x.0"), dy = owned("dy");
    const Owned y(DType::f32, x.tensor().shape), dx = y, dweight = l.weight, dbias = l.bias;
    kernels::BatchNorm f = l.forward(x, y);
    f.batch_statistics = f.moves = pass != "eval";
    f.relu = relu;
    f.momentum = 0.2f;
    kernels::batch_norm(f);
    kernels::BatchNormGrad g = gradient_of(f, dy);
    g.dx = dx;
    g.dweight = dweight;
    g.dbias = dbias;
    kernels::batch_norm_grad(g);
    expect_near(y, owned(prefix + "y." + pass).values(), 2e-6);
    expect_near(dx, owned(prefix + "dx." + pass).values(), 2e-6);
    expect_near(dweight, owned(prefix + "dweight." + pass).values(), 2e-6);
    expect_near(dbias, owned(prefix + "dbias." + pass).values(), 2e-6);
  }
};

TEST_F(GoldenBatchNorm, IsTorchs) {
  for (const bool relu : {false, true}) {
    Layer l(7);
    l.weight = owned("weight");
    l.bias = owned("bias");
    l.running_mean = owned("running_mean.0");
    l.running_var = owned("running_var.0");
    for (const std::string after : {"1", "2"}) {
      check(l, after == "1" ? "0" : "1", relu);
      expect_near(l.running_mean, owned("running_mean." + after).values(), 1e-6);
      expect_near(l.running_var, owned("running_var." + after).values(), 1e-6);
    }
    check(l, "eval", relu);
  }
}

TEST(BatchNormKernel, GradientsMatchComplexStep) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const bool batch_statistics : {true, false}) {
        for (const bool relu : {true, false}) {
          SCOPED_TRACE(fmt::format("{} batch {} relu {}", to_string(type), batch_statistics, relu));
          check_gradients(type, 41, 3, batch_statistics, relu);
          check_gradients(type, 5, 19, batch_statistics, relu);
        }
      }
    }
  });
}

}  // namespace
}  // namespace ax
