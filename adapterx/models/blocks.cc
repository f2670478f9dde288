#include "adapterx/models/blocks.h"

#include <array>
#include <string>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/tokens.h"

namespace ax {
namespace {

// The branch that fusion folds into the next norm comes last.
Value add_branches(Value x, Value beside, Value branch, float rate, std::string_view name) {
  if (beside) x = add(x, beside);
  return add(x, drop_path(branch, rate, name));
}

}  // namespace

Value BlockBuilder::parameter(std::string_view name, const Shape& shape, Init start,
                              const BackboneParameter& what) {
  return graph_.parameter(graph_.scoped(name), shape, build_.from_scratch ? start : Init::checkpoint(),
                          use_of(slots_, what));
}

Value BlockBuilder::layer(const Site& site, std::string_view role, Value x, const Shape& weight, bool bias,
                          Init start) {
  const Value w = parameter(std::string(role) + ".weight", weight, start, {ParameterKind::weight, role});
  const Value y = [&] {
    const Scope scope(graph_, role);
    return linear(
        x, w, bias ? parameter("bias", {weight[0]}, Init::zeros(), {ParameterKind::bias, role}) : Value{});
  }();
  return slots_.linear(site, role, x, y);
}

Value BlockBuilder::norm(const Site& site, std::string_view role, Value x) {
  const std::string name(role);
  const Shape d{config_.width};
  const Value weight = parameter(name + ".weight", d, Init::ones(), {ParameterKind::norm_weight, role});
  const Value bias = parameter(name + ".bias", d, Init::zeros(), {ParameterKind::norm_bias, role});
  const Value y = [&] {
    const Scope scope(graph_, role);
    return layer_norm(x, weight, bias, config_.norm_eps);
  }();
  return slots_.norm(site, role, y);
}

Value BlockBuilder::layer_scale(std::string_view name, Value x) {
  if (!config_.layer_scale) return x;
  return multiply(x, parameter(std::string(name) + ".gamma", {config_.width},
                               Init{Init::Kind::constant, 1e-5f, 0}, {ParameterKind::layer_scale, name}));
}

float BlockBuilder::drop_path_rate(const Site& site) const {
  if (!build_.training || site.depth < 2) return 0;
  return build_.drop_path * static_cast<float>(site.block) / static_cast<float>(site.depth - 1);
}

Value BlockBuilder::attend(const Site& site, Value x) {
  const int64_t d = config_.width;
  const Value u = norm(site, "norm1", x);
  const Value qkv = layer(site, "attn.qkv", u, {3 * d, d}, config_.qkv_bias);
  const Value mixed = mix(site, qkv);
  const Value branch =
      slots_.attention(site, x, u, layer_scale("ls1", layer(site, "attn.proj", mixed, {d, d})));
  return add_branches(x, slots_.beside_attention(site, x, u), branch, drop_path_rate(site), "attn.drop_path");
}

// Attention of the tokens, to those that a method puts before them, too.
Value BlockBuilder::mix(const Site& site, Value qkv) {
  const Value before = slots_.prefix_qkv(site, qkv);
  const std::array all = {before, qkv};
  const Scope scope(graph_, "attn");
  const int heads = static_cast<int>(config_.heads);
  if (!before) return attention(qkv, heads);
  return slice_tokens(attention(concat_tokens(all), heads), before.shape()[1], qkv.shape()[1]);
}

Value BlockBuilder::ffn(const Site& site, Value h) {
  const int64_t d = config_.width;
  const Value u = norm(site, "norm2", h);
  const Value hidden = layer(site, "mlp.fc1", u, {config_.hidden, d});
  const Value active = [&] {
    const Scope scope(graph_, "mlp.act");
    return activate(hidden, config_.act);
  }();
  const Value f =
      slots_.ffn(site, h, u, layer_scale("ls2", layer(site, "mlp.fc2", active, {d, config_.hidden})));
  return add_branches(h, slots_.beside_ffn(site, h, u), f, drop_path_rate(site), "mlp.drop_path");
}

}  // namespace ax
