// The scalar definition of the op smoa.
#include <cmath>

#include "adapterx/base/rng.h"
#include "adapterx/graph/ops/smoa/operands.h"
#include "adapterx/graph/ops/smoa/smoa_op.h"
#include "adapterx/kernels/twin/activation.h"
#include "adapterx/kernels/twin/layer_norm.h"
#include "adapterx/kernels/twin/smoa.h"

namespace ax {
namespace {

using Operands = SmoaOperands<const TwinTensor*>;

// Of one sub-token: the router's probability of each expert, and the experts chosen.
struct Routed {
  std::vector<double> probs;
  std::vector<size_t> choice;
};

Routed route(const SmoaAttributes& a, const Operands& in, const double* z, size_t d_h) {
  const auto experts = static_cast<size_t>(in.down->shape[0]);
  const double tau =
      in.log_temperature ? std::exp(in.log_temperature->v[0]) : static_cast<double>(a.temperature);
  const std::vector<double> embed = in.embed ? in.embed->v : std::vector<double>();
  Routed r;
  r.probs = twin::router_probabilities(z, d_h, in.router->v, embed, experts, tau, a.token_norm);
  r.choice = twin::chosen_experts(r.probs, static_cast<size_t>(a.top_k));
  return r;
}

// What a hidden unit is multiplied by; `draw` numbers the units of all slots of all sub-tokens.
double kept(const SmoaAttributes& a, const StepState& state, int64_t draw) {
  const Rng rng(state.seed, state.step, a.place);
  const bool keeps = rng.uniform(static_cast<uint64_t>(draw)) >= a.dropout;
  return a.dropout == 0 ? 1 : keeps ? 1 / (1 - static_cast<double>(a.dropout)) : 0;
}

// Sub-token z as expert i takes it.
std::vector<double> expert_input(const SmoaAttributes& a, const Operands& in, size_t i, const double* z,
                                 size_t d_h) {
  std::vector<double> y(z, z + d_h);
  if (!in.norm_weight) return y;
  twin::normalise(d_h, z, static_cast<double>(a.norm_eps), y.data());
  for (size_t c = 0; c < d_h; ++c) {
    y[c] = y[c] * in.norm_weight->v[i * d_h + c] + in.norm_bias->v[i * d_h + c];
  }
  return y;
}

// Adds to out [d_h] what the experts chosen make of sub-token z, the m-th of all.
void add_experts(const SmoaAttributes& a, const Operands& in, const StepState& state, const Routed& routed,
                 int64_t m, const double* z, size_t d_h, double* out) {
  const auto r = static_cast<size_t>(in.down->shape[1]);
  for (size_t slot = 0; slot < routed.choice.size(); ++slot) {
    const size_t i = routed.choice[slot];
    double factor = static_cast<double>(a.scale);
    if (in.stream_scale) factor *= in.stream_scale->v[0];
    factor *= a.gate ? routed.probs[i] : 1 / static_cast<double>(a.top_k);
    const std::vector<double> y = expert_input(a, in, i, z, d_h);
    if (in.scale_weight) {
      factor *= twin::token_scale(y.data(), d_h, &in.scale_weight->v[i * d_h], in.scale_bias->v[i]);
    }
    const int64_t first_draw = (m * a.top_k + static_cast<int64_t>(slot)) * in.down->shape[1];
    twin::add_expert(
        y.data(), d_h, &in.down->v[i * r * d_h], &in.up->v[i * d_h * r], r, factor,
        [&](double x) { return twin::activate(a.act, x); },
        [&](size_t j) { return kept(a, state, first_draw + static_cast<int64_t>(j)); }, out);
  }
}

}  // namespace

void SmoaOp::evaluate(TwinNode& t) const {
  const auto in = Operands::of(t.in);
  const SmoaDims d(a, in.u->shape, in.down->shape);
  const auto d_h = static_cast<size_t>(d.d / a.heads);
  TwinTensor &result = t.out[kSmoaResult.a], &mean = t.out[kSmoaResult.mean];
  std::vector<std::vector<double>> probs;
  std::vector<std::vector<size_t>> choices;
  for (int64_t m = 0; m < d.sub_tokens; ++m) {
    const double* z = &in.u->v[static_cast<size_t>(m) * d_h];
    const Routed routed = route(a, in, z, d_h);
    probs.push_back(routed.probs);
    choices.push_back(routed.choice);
    const int64_t token = m / a.heads, sample = token / d.tokens, at = token % d.tokens - a.token_begin;
    if (at < 0 || at >= d.computed) continue;
    const auto place = static_cast<size_t>((sample * d.computed + at) * a.heads + m % a.heads);
    add_experts(a, in, t.state, routed, m, z, d_h, &result.v[place * d_h]);
  }
  const auto width = static_cast<size_t>(d.d), count = static_cast<size_t>(d.computed);
  for (size_t i = 0; i < result.v.size(); ++i) {
    mean.v[i / (count * width) * width + i % width] += result.v[i] / static_cast<double>(count);
  }
  t.out[kSmoaResult.balance].v[0] = twin::balance_loss(probs, choices);
}

}  // namespace ax
