#include "adapterx/graph/ops/smoa.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/kernels/experts/experts.h"
#include "adapterx/kernels/experts/route.h"
#include "adapterx/kernels/scratch_layout.h"
#include "adapterx/kernels/tokens/tokens.h"
#include "adapterx/kernels/twin/activation.h"
#include "adapterx/kernels/twin/layer_norm.h"
#include "adapterx/kernels/twin/smoa.h"

namespace ax {
namespace {

constexpr size_t kU = 0, kRouter = 1, kEmbed = 2, kLogTemperature = 3, kDown = 4, kUp = 5, kNormWeight = 6,
                 kNormBias = 7, kScaleWeight = 8, kScaleBias = 9, kOperands = 10;
constexpr size_t kA = 0, kMean = 1, kBalance = 2, kChoice = 3, kLoad = 4, kProbs = 5;

struct SmoaAttributes : SmoaOptions {
  explicit SmoaAttributes(const SmoaOptions& options) : SmoaOptions(options) {}
  uint32_t place = 0;
  int64_t token_begin = 0;
  int64_t token_count = -1;  // of the result; -1: all. Routed are all tokens, as the balance loss wants.
};

// u as sub-tokens [M, d_h].
Tensor sub_tokens(const Tensor& u, int64_t heads) {
  return {u.data, u.dtype, {u.shape.rows() * heads, u.shape[2] / heads}};
}

// Sizes that shape rule, cost and scratch need.
struct SmoaDims {
  int64_t batch, tokens, d, sub_tokens, experts, rank, computed;

  SmoaDims(const SmoaAttributes& a, const Shape& u, const Shape& down)
      : batch(u[0]),
        tokens(u[1]),
        d(u[2]),
        sub_tokens(batch * tokens * a.heads),
        experts(down[0]),
        rank(down[1]),
        computed(a.token_count < 0 ? tokens : a.token_count) {}

  // Of the experts' products and of the router's, forward.
  double expert_flops(const SmoaAttributes& a) const {
    return 4.0 * static_cast<double>(batch * computed * a.top_k * d) * static_cast<double>(rank);
  }
  double router_flops(const Shape& router) const {
    return 2.0 * static_cast<double>(sub_tokens) * static_cast<double>(router.size());
  }
};

kernels::Router router_of(const SmoaAttributes& a, const Binding& b) {
  return {b.input(kRouter), b.input(kEmbed), b.input(kLogTemperature), a.temperature, a.token_norm};
}

kernels::Experts experts_of(const SmoaAttributes& a, const Binding& b) {
  kernels::Experts e;
  e.u = b.input(kU);
  e.down = b.input(kDown);
  e.up = b.input(kUp);
  e.norm_weight = b.input(kNormWeight);
  e.norm_bias = b.input(kNormBias);
  e.norm_eps = a.norm_eps;
  e.scale_weight = b.input(kScaleWeight);
  e.scale_bias = b.input(kScaleBias);
  e.heads = a.heads;
  e.act = a.act;
  e.scale = a.scale;
  e.gate = a.gate;
  e.dropout = a.dropout;
  e.token_begin = a.token_begin;
  e.token_count = SmoaDims(a, e.u.shape, e.down.shape).computed;
  e.choice.shape = {e.u.shape[0], e.u.shape[1], a.heads, a.top_k};
  return e;
}

size_t router_scratch(const SmoaAttributes& a, const Binding& b) {
  const Shape& down = b.input(kDown).shape;
  return kernels::route_scratch(down[0], b.input(kRouter).shape[0], b.input(kU).shape[2] / a.heads);
}

// An output where somebody reads it, else room in scratch.
class OutputPlace {
 public:
  OutputPlace(const Tensor& output, Tensor otherwise, kernels::ScratchLayout& layout)
      : tensor_(output ? output : otherwise), offset_(output ? 0 : layout.add(otherwise.bytes())) {}
  Tensor in(void* scratch) const {
    Tensor t = tensor_;
    if (t.data == nullptr) t.data = kernels::at(scratch, offset_);
    return t;
  }

 private:
  Tensor tensor_;
  size_t offset_;
};

// Operands: those of SmoaOp, then probs, choice, load, da, dmean, dbalance.
struct SmoaGradOp : Op {
  explicit SmoaGradOp(const SmoaAttributes& attributes) : a(attributes) {}
  SmoaAttributes a;
  static constexpr size_t kProbsIn = kOperands, kChoiceIn = kProbsIn + 1, kLoadIn = kProbsIn + 2,
                          kDa = kProbsIn + 3, kDmean = kProbsIn + 4, kDbalance = kProbsIn + 5;

  std::string_view name() const override { return "smoa_grad"; }

  // The gradients of the operands.
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    std::vector<OutputSpec> out = {{c.shape(kU), Role::activation}};
    for (size_t i = kRouter; i < kOperands; ++i)
      out.push_back({c.present(i) ? c.shape(i) : Shape{1}, Role::exact});
    return out;
  }

  Kernel bind(Binding& b) const override {
    kernels::RouteGrad r;
    r.router = router_of(a, b);
    r.z = sub_tokens(b.input(kU), a.heads);
    r.top_k = a.top_k;
    r.probs = b.input(kProbsIn);
    r.choice = b.input(kChoiceIn);
    r.load = b.input(kLoadIn);
    r.dbalance = b.input(kDbalance);
    if (b.output(kU)) r.dz = sub_tokens(b.output(kU), a.heads);
    r.dweight = b.output(kRouter);
    r.dembed = b.output(kEmbed);
    r.dlog_temperature = b.output(kLogTemperature);

    kernels::ExpertsGrad e;
    e.forward = experts_of(a, b);
    e.forward.probs = r.probs;
    e.forward.choice = r.choice;
    e.dout = b.input(kDa);
    e.dmean = b.input(kDmean);
    e.du = b.output(kU);
    e.ddown = b.output(kDown);
    e.dup = b.output(kUp);
    e.dnorm_weight = b.output(kNormWeight);
    e.dnorm_bias = b.output(kNormBias);
    e.dscale_weight = b.output(kScaleWeight);
    e.dscale_bias = b.output(kScaleBias);

    kernels::ScratchLayout layout;
    layout.add(std::max(router_scratch(a, b), kernels::experts_grad_scratch(e.forward)));
    const size_t gate_offset = layout.add(a.gate ? r.choice.bytes() : 0);
    b.need_scratch(layout.size());
    return [=, gate = a.gate, place = a.place](const StepState& s) mutable {
      const bool reached = e.dout || e.dmean;
      if (gate && reached)
        r.dgate = e.dgate = {kernels::at(s.scratch, gate_offset), DType::f32, r.choice.shape};
      e.forward.rng = Rng(s.seed, s.step, place);
      e.forward.scratch = r.scratch = s.scratch;
      if (reached) kernels::experts_grad(e);
      if (!reached) zero(e);
      kernels::route_grad(r);
    };
  }

  // The gradients where only the balance loss is differentiated.
  static void zero(const kernels::ExpertsGrad& e) {
    for (const Tensor& t :
         {e.du, e.ddown, e.dup, e.dnorm_weight, e.dnorm_bias, e.dscale_weight, e.dscale_bias}) {
      if (t) std::memset(t.data, 0, t.bytes());
    }
  }

  Cost cost(std::span<const Shape> in) const override {
    const SmoaDims d(a, in[kU], in[kDown]);
    return {2 * (d.expert_flops(a) + d.router_flops(in[kRouter]))};
  }
};

// Operands: u, router, embed, log_temperature, down, up, norm_weight, norm_bias, scale_weight, scale_bias.
struct SmoaOp : Op {
  explicit SmoaOp(const SmoaAttributes& attributes) : a(attributes) {}
  SmoaAttributes a;

  std::string_view name() const override { return "smoa"; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(kU, "u", 3);
    c.expect_rank(kDown, "down", 3);
    const Shape& u = c.shape(kU);
    if (a.heads < 1 || u[2] % a.heads != 0) {
      c.reject("u", fmt::format("a width divisible by {} heads", a.heads), to_string(u));
    }
    const int64_t d_h = u[2] / a.heads, n = c.shape(kDown)[0], r = c.shape(kDown)[1];
    c.expect_shape(kDown, "down", {n, r, d_h});
    c.expect_shape(kUp, "up", {n, d_h, r});
    c.expect_rank(kRouter, "router", 2);
    const int64_t width = c.present(kEmbed) ? c.shape(kRouter)[0] : n;
    c.expect_shape(kRouter, "router", {width, d_h});
    if (c.present(kEmbed)) c.expect_shape(kEmbed, "embed", {n, width});
    if (c.present(kLogTemperature)) c.expect_shape(kLogTemperature, "log_temperature", {1});
    expect_pair(c, kNormWeight, "norm_weight", {n, d_h}, "norm_bias", {n, d_h});
    expect_pair(c, kScaleWeight, "scale_weight", {n, d_h}, "scale_bias", {n});
    if (a.top_k < 1 || a.top_k > n) {
      c.reject("top_k", fmt::format("1 to {}", n), fmt::format("{}", a.top_k));
    }
    if (!(a.temperature > 0)) c.reject("temperature", "above 0", fmt::format("{}", a.temperature));
    if (!(a.dropout >= 0 && a.dropout < 1)) {
      c.reject("dropout", "a number in [0, 1)", fmt::format("{}", a.dropout));
    }
    const SmoaDims d(a, u, c.shape(kDown));
    return {{u.with(1, d.computed), Role::activation},
            {u.with(1, 1), Role::activation},
            {Shape{}, Role::exact},
            {Shape{d.batch, d.tokens, a.heads, a.top_k}, Role::index},
            {Shape{n}, Role::exact},
            {Shape{d.sub_tokens, n}, Role::exact}};
  }

  // Operands i and i + 1: both or neither.
  static void expect_pair(const ShapeContext& c, size_t i, std::string_view first, const Shape& first_shape,
                          std::string_view second, const Shape& second_shape) {
    if (!c.present(i) && !c.present(i + 1)) return;
    if (!c.present(i)) c.reject(first, to_string(first_shape), "none");
    if (!c.present(i + 1)) c.reject(second, to_string(second_shape), "none");
    c.expect_shape(i, first, first_shape);
    c.expect_shape(i + 1, second, second_shape);
  }

  void backward(Gradients& g, const Node& node) const override {
    std::vector<Value> operands;
    for (size_t i = kU; i < kOperands; ++i) operands.push_back(g.input(node, i));
    for (const size_t i : {kProbs, kChoice, kLoad}) operands.push_back(g.output(node, i));
    operands.push_back(cast(g.of(node, kA), Role::activation));
    operands.push_back(cast(g.of(node, kMean), Role::activation));
    operands.push_back(g.of(node, kBalance));
    const std::vector<Value> gradients = g.graph().append(std::make_shared<SmoaGradOp>(a), operands);
    for (size_t i = kU; i < kOperands; ++i) g.add(node, i, gradients[i]);
  }

  Kernel bind(Binding& b) const override {
    kernels::Route r;
    r.router = router_of(a, b);
    r.z = sub_tokens(b.input(kU), a.heads);
    r.top_k = a.top_k;
    kernels::Experts e = experts_of(a, b);
    const int64_t m = r.z.shape[0], n = e.down.shape[0];

    kernels::ScratchLayout layout;
    layout.add(std::max(router_scratch(a, b), kernels::experts_scratch(e)));
    const auto place = [&](size_t i, DType dtype, const Shape& shape) {
      return OutputPlace(b.output(i), {nullptr, dtype, shape}, layout);
    };
    const OutputPlace out = place(kA, e.u.dtype, e.u.shape.with(1, e.token_count));
    const OutputPlace probs = place(kProbs, DType::f32, {m, n});
    const OutputPlace choice = place(kChoice, DType::i32, e.choice.shape);
    const OutputPlace load = place(kLoad, DType::f32, {n});
    const OutputPlace balance = place(kBalance, DType::f32, {});
    b.need_scratch(layout.size());
    return [=, place = a.place, mean = b.output(kMean)](const StepState& s) mutable {
      r.probs = e.probs = probs.in(s.scratch);
      r.choice = e.choice = choice.in(s.scratch);
      r.load = load.in(s.scratch);
      r.balance = balance.in(s.scratch);
      r.scratch = e.scratch = s.scratch;
      kernels::route(r);
      e.rng = Rng(s.seed, s.step, place);
      kernels::experts(e, out.in(s.scratch));
      if (mean) kernels::mean_tokens(out.in(s.scratch), 0, e.token_count, mean);
    };
  }

  void evaluate(TwinNode& t) const override;
  std::shared_ptr<const Op> narrowed(int64_t begin, int64_t count, int64_t) const override {
    SmoaAttributes part = a;
    part.token_begin += begin;
    part.token_count = count;
    return std::make_shared<SmoaOp>(part);
  }
  bool narrowing_keeps_output(size_t i) const override { return i != kMean; }

  Cost cost(std::span<const Shape> in) const override {
    const SmoaDims d(a, in[kU], in[kDown]);
    return {d.expert_flops(a) + d.router_flops(in[kRouter])};
  }
};

// What unit j of a slot of sub-token m is multiplied by.
double kept(const SmoaAttributes& a, const TwinNode& t, int64_t draw) {
  const Rng rng(t.state.seed, t.state.step, a.place);
  const bool keeps = rng.uniform(static_cast<uint64_t>(draw)) >= a.dropout;
  return a.dropout == 0 ? 1 : keeps ? 1 / (1 - static_cast<double>(a.dropout)) : 0;
}

// Sub-token z as expert i takes it.
std::vector<double> expert_input(const SmoaAttributes& a, const TwinNode& t, size_t i, const double* z,
                                 size_t d_h) {
  std::vector<double> y(z, z + d_h);
  if (!t.in[kNormWeight]) return y;
  twin::normalise(d_h, z, static_cast<double>(a.norm_eps), y.data());
  for (size_t c = 0; c < d_h; ++c) {
    y[c] = y[c] * t.in[kNormWeight]->v[i * d_h + c] + t.in[kNormBias]->v[i * d_h + c];
  }
  return y;
}

void SmoaOp::evaluate(TwinNode& t) const {
  const std::vector<double>&u = t.in[kU]->v, &down = t.in[kDown]->v, &up = t.in[kUp]->v;
  const SmoaDims d(a, t.in[kU]->shape, t.in[kDown]->shape);
  const auto d_h = static_cast<size_t>(d.d / a.heads), r = static_cast<size_t>(d.rank),
             n = static_cast<size_t>(d.experts);
  const double tau =
      t.in[kLogTemperature] ? std::exp(t.in[kLogTemperature]->v[0]) : static_cast<double>(a.temperature);
  const std::vector<double> embed = t.in[kEmbed] ? t.in[kEmbed]->v : std::vector<double>();
  std::vector<std::vector<double>> probs;
  std::vector<std::vector<size_t>> choices;
  for (int64_t m = 0; m < d.sub_tokens; ++m) {
    const double* z = &u[static_cast<size_t>(m) * d_h];
    probs.push_back(twin::router_probabilities(z, d_h, t.in[kRouter]->v, embed, n, tau, a.token_norm));
    choices.push_back(twin::chosen_experts(probs.back(), static_cast<size_t>(a.top_k)));
    const int64_t token = m / a.heads, sample = token / d.tokens, at = token % d.tokens - a.token_begin;
    if (at < 0 || at >= d.computed) continue;
    double* out =
        &t.out[kA].v[static_cast<size_t>(((sample * d.computed + at) * a.heads + m % a.heads)) * d_h];
    for (size_t slot = 0; slot < choices.back().size(); ++slot) {
      const size_t i = choices.back()[slot];
      double factor = static_cast<double>(a.scale);
      factor *= a.gate ? probs.back()[i] : 1 / static_cast<double>(a.top_k);
      const std::vector<double> y = expert_input(a, t, i, z, d_h);
      if (t.in[kScaleWeight]) {
        factor *= twin::token_scale(y.data(), d_h, &t.in[kScaleWeight]->v[i * d_h], t.in[kScaleBias]->v[i]);
      }
      const int64_t first_draw = (m * a.top_k + static_cast<int64_t>(slot)) * d.rank;
      twin::add_expert(
          y.data(), d_h, &down[i * r * d_h], &up[i * d_h * r], r, factor,
          [&](double x) { return twin::activate(a.act, x); },
          [&](size_t j) { return kept(a, t, first_draw + static_cast<int64_t>(j)); }, out);
    }
  }
  const auto width = static_cast<size_t>(d.d), count = static_cast<size_t>(d.computed);
  for (size_t i = 0; i < t.out[kA].v.size(); ++i) {
    t.out[kMean].v[i / (count * width) * width + i % width] += t.out[kA].v[i] / static_cast<double>(count);
  }
  t.out[kBalance].v[0] = twin::balance_loss(probs, choices);
}

}  // namespace

Smoa smoa(Value u, const SmoaParameters& p, const SmoaOptions& options) {
  SmoaAttributes a(options);
  if (a.dropout > 0) a.place = u.graph->claim_place("smoa");
  const Value operands[] = {cast(u, Role::activation),
                            p.router,
                            p.embed,
                            p.log_temperature,
                            p.down,
                            p.up,
                            p.norm_weight,
                            p.norm_bias,
                            p.scale_weight,
                            p.scale_bias};
  const std::vector<Value> out = u.graph->append(std::make_shared<SmoaOp>(a), operands);
  return {out[kA], out[kMean], out[kBalance], out[kChoice], out[kLoad]};
}

}  // namespace ax
