// The law of graph rewrites: with narrowing, fusion and recomputation a session computes what it computes
// without them. On random graphs, with random values kept as outputs and random parameters trained.
#include <gtest/gtest.h>

#include <random>

#include "adapterx/graph/gradient_check.h"
#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/graph/ops/reshape.h"
#include "adapterx/graph/ops/tokens.h"

namespace ax {
namespace {

constexpr int64_t kBatch = 2, kWidth = 8;

bool weights(std::string_view name, const Shape& shape, std::span<float> out) {
  const std::vector<double> v = test_values(name, shape);
  for (size_t i = 0; i < v.size(); ++i) out[i] = static_cast<float>(0.5 * v[i]);
  return true;
}

class RandomGraph {
 public:
  explicit RandomGraph(uint32_t seed) : draw_(seed) {}

  // Appends 4 to 17 ops; every value is a token list [kBatch, T, kWidth].
  void build() {
    values_.push_back(
        cast(graph_.input("in", {kBatch, 4, kWidth}), one_in(2) ? Role::residual : Role::activation));
    values_.push_back(cast(graph_.parameter("start", {kBatch, 4, kWidth}), Role::activation));
    const int count = 4 + below(14);
    for (int i = 0; i < count; ++i) {
      const Scope scope(graph_, fmt::format("n{}", i));
      values_.push_back(next(pick()));
    }
  }

  // Result, loss and gradients of one step.
  std::vector<std::vector<double>> run(const CompileOptions& options) {
    CompileRequest request;
    const Value result = scale(cast(values_.back(), Role::exact), 1.5f);
    const Value loss = sum(multiply(result, graph_.input("probe", result.shape())));
    request.outputs = {
        {"result", result}, {"loss", loss}, {"kept", values_[size_t(below(int(values_.size())))]}};
    request.frozen = std::make_shared<FrozenWeights>(weights);
    request.options = options;
    for (const int id : graph_.parameters()) {
      ValueInfo& p = graph_.info(id);
      p.use.trained = one_in(2) || p.name == "start";
    }
    request.trained = std::make_shared<TrainedParameters>(graph_);
    request.trained->initialise(weights, 0);
    request.loss = loss;
    const auto session = compile(graph_, request);
    for (const char* name : {"in", "probe"})
      weights(name, session->input(name).shape, session->input(name).f32_span());
    session->run(7, 3);

    std::vector<std::vector<double>> out;
    const auto collect = [&](const Tensor& t) { out.emplace_back(t.f32(), t.f32() + t.size()); };
    for (const char* name : {"result", "loss", "kept"}) collect(session->output(name));
    for (const auto& entry : request.trained->optimised()) collect(request.trained->gradient(entry));
    return out;
  }

 private:
  int below(int n) { return static_cast<int>(draw_() % static_cast<uint32_t>(n)); }
  bool one_in(int n) { return below(n) == 0; }
  Value pick() { return one_in(3) ? values_[size_t(below(int(values_.size())))] : values_.back(); }

  // Now and then a parameter that is there already.
  Value parameter(const Shape& shape) {
    const int id = parameters_ > 0 && one_in(5) ? below(parameters_) : parameters_++;
    return graph_.parameter(fmt::format("w{}{}", id, to_string(shape)), shape);
  }

  Value add_any(Value x, Value b) {
    if (x.shape() == b.shape()) return add(x, b);
    const int64_t last = x.shape()[1] - 1;
    return add(slice_tokens(x, last, 1), slice_tokens(b, 0, 1));
  }

  Value next(Value x) {
    const int64_t tokens = x.shape()[1];
    const Shape d{kWidth};
    switch (below(15)) {
      case 0:
      case 1:
      case 2:
        return add_any(x, pick());
      case 3:
        return multiply(x, parameter(d));
      case 4:
        return scale(x, one_in(2) ? -0.5f : 1.5f);
      case 5:
        return one_in(2) ? relu(x) : gelu(x);
      case 6:
      case 7:
      case 8: {
        const Value bias = one_in(2) ? parameter(d) : Value{};
        return linear(x, parameter({kWidth, kWidth}), bias, static_cast<Role>(below(3)));
      }
      case 9:
      case 10:
        return layer_norm(x, parameter(d), parameter(d), 1e-3f);
      case 11:
        return one_in(2) ? dropout(x, 0.4f) : drop_path(x, 0.5f);
      case 12:
        return attention(linear(x, parameter({3 * kWidth, kWidth})), 2);
      case 13: {
        if (tokens == 1) return insert_tokens(x, parameter({1, 2, kWidth}), 1);
        const int64_t begin = below(static_cast<int>(tokens));
        return slice_tokens(x, begin, 1 + below(static_cast<int>(tokens - begin)));
      }
      default: {
        if (one_in(2)) return cast(x, static_cast<Role>(below(3)));
        return reshape(reshape(x, {kBatch * tokens, kWidth}), x.shape());
      }
    }
  }

  Graph graph_;
  std::vector<Value> values_;
  int parameters_ = 0;
  std::mt19937 draw_;
};

TEST(Rewrites, ChangeNothingOnRandomGraphs) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    const auto run = [&](bool rewrites) {
      CompileOptions options;
      options.precision = Precision::fp32;
      options.fuse = options.recompute = options.narrow_tokens = rewrites;
      RandomGraph graph(seed);
      graph.build();
      return graph.run(options);
    };
    std::vector<std::vector<double>> with, without;
    try {
      with = run(true);
      without = run(false);
    } catch (const Error& error) {  // a loss that "start" doesn't reach
      ASSERT_NE(std::string(error.what()).find("depends on no trained parameter"), std::string::npos)
          << error.what();
      continue;
    }
    ASSERT_EQ(with.size(), without.size());
    for (size_t i = 0; i < with.size(); ++i) {
      double norm = 0;
      for (const double x : without[i]) norm += x * x;
      if (norm <= 1e-8) continue;
      EXPECT_LE(relative_error(with[i], without[i]), 1e-3) << "seed " << seed << ", value " << i;
    }
  }
}

}  // namespace
}  // namespace ax
