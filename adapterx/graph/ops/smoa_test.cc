// The mixture against its scalar definition and against laws: what it must not depend on.
#include "adapterx/graph/ops/smoa.h"

#include <gtest/gtest.h>

#include <numeric>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/parallel.h"
#include "adapterx/graph/gradient_check.h"
#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/graph/ops/tokens.h"

namespace ax {
namespace {

struct Sizes {
  int64_t batch = 2, tokens = 5, width = 24, experts = 3, rank = 4, route_width = 2;
  bool cosine = true, learned_temperature = false;
  bool norm = false, token_scale = false;  // of the experts
  bool stream_scale = false;
};

SmoaParameters parameters(Graph& g, const Sizes& s, int64_t heads) {
  const int64_t d_h = s.width / heads;
  SmoaParameters p;
  p.router = g.parameter("router", {s.cosine ? s.route_width : s.experts, d_h});
  if (s.cosine) p.embed = g.parameter("embed", {s.experts, s.route_width});
  if (s.learned_temperature) p.log_temperature = g.parameter("log_temperature", {1});
  p.down = g.parameter("down", {s.experts, s.rank, d_h});
  p.up = g.parameter("up", {s.experts, d_h, s.rank});
  if (s.norm) {
    p.norm_weight = g.parameter("norm_weight", {s.experts, d_h});
    p.norm_bias = g.parameter("norm_bias", {s.experts, d_h});
  }
  if (s.token_scale) {
    p.scale_weight = g.parameter("scale_weight", {s.experts, d_h});
    p.scale_bias = g.parameter("scale_bias", {s.experts});
  }
  if (s.stream_scale) p.stream_scale = g.buffer("stream_scale", {1}, Init{Init::Kind::constant, 0.6f, 0});
  return p;
}

Value input_tokens(Graph& g, const Sizes& s) {
  return cast(g.parameter("u", {s.batch, s.tokens, s.width}), Role::activation);
}

struct Case {
  const char* name;
  Sizes sizes;
  SmoaOptions options;
  Value (*result)(const Smoa&) = [](const Smoa& s) { return s.a; };
};

SmoaOptions options_of(int64_t heads, int64_t top_k = 1) {
  SmoaOptions o;
  o.heads = heads;
  o.top_k = top_k;
  o.temperature = 0.5f;
  o.scale = 0.7f;
  return o;
}

// Result and balance loss together, so that both reach the router.
Value with_balance(const Smoa& s) {
  const Value a = cast(s.a, Role::exact);
  return add(a, broadcast_scalar(s.balance, a.shape(), Role::exact));
}

// Experts with a norm and a scale of their own for each token (DAPT's adapter).
std::vector<Case> dynamic_cases() {
  const auto dynamic = [](const char* name, Sizes sizes, SmoaOptions options) {
    sizes.norm = sizes.token_scale = true;
    options.act = Activation::gelu_erf;
    return Case{name, sizes, options, with_balance};
  };
  std::vector<Case> all = {
      dynamic("dynamic", {}, options_of(2)),
      dynamic("dynamic_one_head", {2, 70, 8, 2, 8, 2}, options_of(1)),
      dynamic("dynamic_odd_widths", {2, 9, 15, 4, 3, 3}, options_of(3)),
      dynamic("dynamic_rank_16", {2, 9, 32, 3, 16, 2}, options_of(2)),
  };
  Case c = dynamic("dynamic_top_2_narrowed_with_dropout", {2, 9, 24, 4, 6, 3}, options_of(2, 2));
  c.options.dropout = 0.3f;
  c.result = [](const Smoa& s) { return slice_tokens(s.a, 2, 3); };
  all.push_back(c);
  c = dynamic("dynamic_prompt", {}, options_of(2));
  c.result = [](const Smoa& s) { return insert_tokens(s.a, s.mean, 1); };
  all.push_back(c);
  c = dynamic("dynamic_no_gate", {}, options_of(2, 2));
  c.options.gate = false;
  all.push_back(c);
  c = dynamic("norm_alone", {}, options_of(2));
  c.sizes.token_scale = false;
  all.push_back(c);
  c = dynamic("scale_alone", {}, options_of(2));
  c.sizes.norm = false;
  all.push_back(c);
  return all;
}

std::vector<Case> cases() {
  std::vector<Case> all = {
      {"one_head", {}, options_of(1)},
      {"heads", {}, options_of(4)},
      {"many_tokens", {2, 70, 8, 2, 5, 2}, options_of(2)},
      {"odd_widths", {2, 7, 15, 4, 3, 3}, options_of(3)},
      {"one_expert", {2, 5, 16, 1, 4, 2}, options_of(2)},
      {"mean", {}, options_of(2), [](const Smoa& s) { return s.mean; }},
      {"balance", {3, 6, 24, 5, 4, 3}, options_of(2), [](const Smoa& s) { return s.balance; }},
      {"result_and_balance", {}, options_of(2), with_balance},
      {"result_and_mean", {}, options_of(2), [](const Smoa& s) { return add(s.a, slice_tokens(s.a, 0, 5)); }},
      {"narrowed", {}, options_of(2), [](const Smoa& s) { return slice_tokens(s.a, 1, 2); }},
      {"narrowed_with_balance",
       {},
       options_of(2),
       [](const Smoa& s) {
         const Value a = cast(slice_tokens(s.a, 0, 1), Role::exact);
         return add(a, broadcast_scalar(s.balance, a.shape(), Role::exact));
       }},
      {"a_slice_of_tokens_put_together",
       {},
       options_of(2),
       [](const Smoa& s) { return slice_tokens(insert_tokens(s.a, s.mean, 1), 3, 2); }},
      {"prompt", {}, options_of(2), [](const Smoa& s) { return insert_tokens(s.a, s.mean, 1); }},
  };
  Case c{"linear_router", {}, options_of(2), with_balance};
  c.sizes.cosine = false;
  all.push_back(c);
  c = {"learned_temperature", {}, options_of(2), with_balance};
  c.sizes.learned_temperature = true;
  all.push_back(c);
  c = {"token_norm", {2, 5, 24, 3, 4, 3}, options_of(2), with_balance};
  c.options.token_norm = true;
  all.push_back(c);
  c = {"top_2", {2, 9, 24, 4, 4, 3}, options_of(2, 2), with_balance};
  all.push_back(c);
  c.name = "top_2_narrowed_with_dropout";
  c.options.dropout = 0.3f;
  c.result = [](const Smoa& s) { return slice_tokens(s.a, 2, 3); };
  all.push_back(c);
  c = {"all_experts", {2, 9, 24, 4, 4, 3}, options_of(1, 4), with_balance};
  all.push_back(c);
  c = {"stream_scale", {}, options_of(2), with_balance};
  c.sizes.stream_scale = true;
  all.push_back(c);
  c = {"no_gate", {}, options_of(2, 2), with_balance};
  c.options.gate = false;
  all.push_back(c);
  c = {"dropout_and_gelu", {2, 20, 24, 3, 6, 2}, options_of(2), with_balance};
  c.options.dropout = 0.4f;
  c.options.act = Activation::gelu_erf;
  all.push_back(c);
  for (const Case& dynamic : dynamic_cases()) all.push_back(dynamic);
  return all;
}

// Values that bf16 holds exactly: the types of the products then differ in the rounding of hidden units
// alone, and no sub-token changes its expert.
std::vector<double> exact_values(std::string_view name, const Shape& shape) {
  std::vector<double> v = test_values(name, shape);
  for (double& x : v) x = static_cast<double>(to_float(to_bf16(static_cast<float>(x))));
  return v;
}

CheckResult check(const Case& c, Precision precision, int threads) {
  const ThreadCount count(threads);
  CheckOptions options;
  options.compile.precision = precision;
  options.feed = exact_values;
  return check_graph(
      [&](Graph& g) {
        return c.result(smoa(input_tokens(g, c.sizes), parameters(g, c.sizes, c.options.heads), c.options));
      },
      options);
}

TEST(Smoa, ForwardAndGradientsAreThoseOfTheDefinition) {
  for (const Case& c : cases()) {
    for (const int threads : {1, 3}) {
      const CheckResult r = check(c, Precision::fp32, threads);
      EXPECT_LE(r.forward_error, 1e-5) << c.name;
      EXPECT_LE(r.worst_gradient_error, 1e-4) << c.name << ": " << r.worst_parameter;
    }
  }
}

TEST(Smoa, ForwardAndGradientsInBf16) {
  for (const Case& c : cases()) {
    const CheckResult r = check(c, Precision::bf16, 2);
    EXPECT_LE(r.forward_error, 2e-2) << c.name;
    const double rounded = c.sizes.norm ? 5e-2 : 3e-2;  // a norm's output is rounded, too
    EXPECT_LE(r.worst_gradient_error, rounded) << c.name << ": " << r.worst_parameter;
  }
}

struct Forward {
  std::vector<float> a, load;
  std::vector<int32_t> choice;
  float balance = 0;
};

// The forward with parameters by `feed`.
Forward forward(const Sizes& s, const SmoaOptions& options, const WeightSource& feed) {
  Graph g;
  const Smoa m = smoa(input_tokens(g, s), parameters(g, s, options.heads), options);
  CompileRequest request;
  request.outputs = {{"a", m.a}, {"load", m.load}, {"balance", m.balance}, {"choice", m.choice}};
  request.options.precision = Precision::fp32;
  request.frozen = std::make_shared<FrozenWeights>(feed);
  const auto session = compile(g, request);
  session->run();
  const auto floats = [&](const char* name) {
    const auto span = session->output(name).f32_span();
    return std::vector<float>(span.begin(), span.end());
  };
  const Tensor choice = session->output("choice");
  return {floats("a"), floats("load"), {choice.i32(), choice.i32() + choice.size()}, floats("balance")[0]};
}

WeightSource values() {
  return [](std::string_view name, const Shape& shape, std::span<float> out) {
    const std::vector<double> v = test_values(name, shape);
    std::transform(v.begin(), v.end(), out.begin(), [](double x) { return static_cast<float>(x); });
    return true;
  };
}

TEST(Smoa, EverySubTokenIsRoutedOnce) {
  const Sizes s{3, 11, 32, 5, 4, 3};
  const Forward r = forward(s, options_of(4), values());
  ASSERT_EQ(r.choice.size(), static_cast<size_t>(s.batch * s.tokens * 4));
  std::vector<double> counted(5);
  for (const int32_t i : r.choice) counted.at(static_cast<size_t>(i)) += 1;
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(static_cast<double>(r.load[i]) * static_cast<double>(r.choice.size()), counted[i], 1e-3);
  }
  EXPECT_NEAR(std::accumulate(r.load.begin(), r.load.end(), 0.0f), 1.0f, 1e-6f);
}

// Experts renumbered: the same function.
TEST(Smoa, PermutedExpertsGiveTheSameResult) {
  const Sizes s{3, 11, 32, 5, 4, 3};
  const std::vector<size_t> order = {3, 0, 4, 1, 2};
  const WeightSource permuted = [&](std::string_view name, const Shape& shape, std::span<float> out) {
    values()(name, shape, out);
    if (name != "embed" && name != "down" && name != "up") return true;
    const std::vector<float> old(out.begin(), out.end());
    const size_t part = out.size() / order.size();
    for (size_t i = 0; i < order.size(); ++i) {
      std::copy_n(old.begin() + static_cast<ptrdiff_t>(order[i] * part), part,
                  out.begin() + static_cast<ptrdiff_t>(i * part));
    }
    return true;
  };
  const Forward a = forward(s, options_of(4), values()), b = forward(s, options_of(4), permuted);
  for (size_t i = 0; i < a.a.size(); ++i) ASSERT_NEAR(a.a[i], b.a[i], 1e-6f);
  EXPECT_NEAR(a.balance, b.balance, 1e-6f);
  for (size_t i = 0; i < order.size(); ++i) EXPECT_FLOAT_EQ(b.load[i], a.load[order[i]]);
}

// Equal scores: the lowest index is chosen, and the load is all on it.
TEST(Smoa, TiesGoToTheLowestIndex) {
  const WeightSource equal = [](std::string_view name, const Shape& shape, std::span<float> out) {
    values()(name, shape, out);
    if (name == "embed") std::fill(out.begin(), out.end(), 0.5f);
    return true;
  };
  const Forward r = forward({}, options_of(2, 2), equal);
  for (size_t i = 0; i < r.choice.size(); ++i) ASSERT_EQ(r.choice[i], static_cast<int32_t>(i % 2));
  EXPECT_FLOAT_EQ(r.balance, 1.0f);  // equal probabilities: the least it can be
}

// One expert's gate is 1: the mixture is a plain adapter on each sub-token.
TEST(Smoa, OneExpertIsAPlainAdapter) {
  const Sizes s{2, 7, 24, 1, 4, 2};
  const SmoaOptions options = options_of(2);
  const Forward mixture = forward(s, options, values());
  Graph g;
  const Value u = g.parameter("u", {s.batch * s.tokens * 2, s.width / 2});
  const Value h = activate(linear(u, g.parameter("down", {s.rank, s.width / 2})), options.act);
  const Value a = scale(linear(h, g.parameter("up", {s.width / 2, s.rank})), options.scale);
  CompileRequest request;
  request.outputs = {{"a", a}};
  request.options.precision = Precision::fp32;
  request.frozen = std::make_shared<FrozenWeights>(values());
  const auto session = compile(g, request);
  session->run();
  for (size_t i = 0; i < mixture.a.size(); ++i) {
    ASSERT_NEAR(mixture.a[i], session->output("a").f32()[i], 1e-5f);
  }
}

TEST(Smoa, ShapeErrorsNameWhatDoesNotFit) {
  const auto error_of = [](const Sizes& s, int64_t heads, int64_t top_k) -> std::string {
    Graph g;
    return error_text([&] { smoa(input_tokens(g, s), parameters(g, s, 2), options_of(heads, top_k)); });
  };
  EXPECT_EQ(error_of({}, 5, 1), "smoa: u: expected a width divisible by 5 heads, got [2, 5, 24]");
  EXPECT_EQ(error_of({}, 4, 1), "smoa: down: expected [3, 4, 6], got [3, 4, 12]");
  EXPECT_EQ(error_of({}, 2, 4), "smoa: top_k: expected 1 to 3, got 4");
}

TEST(Smoa, ANormNeedsItsBias) {
  Graph g;
  const Sizes s;
  SmoaParameters p = parameters(g, s, 2);
  p.norm_weight = g.parameter("norm_weight", {s.experts, s.width / 2});
  EXPECT_EQ(error_text([&] { smoa(input_tokens(g, s), p, options_of(2)); }),
            "smoa: norm_bias: expected [3, 12], got none");
}

}  // namespace
}  // namespace ax
