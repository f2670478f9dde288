#include "adapterx/models/points/point_encoder.h"

#include <array>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/batch_norm.h"
#include "adapterx/graph/ops/concat_features.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/max_tokens.h"
#include "adapterx/graph/ops/reshape.h"

namespace ax {
namespace {

// A Conv1d of kernel 1, or a linear layer, name.weight and name.bias.
Value dense(Value x, const std::string& name, const Shape& weight, const PointEncoderBuild& build) {
  Graph& graph = *x.graph;
  const auto parameter = [&](const char* what, const Shape& shape, Init start, ParameterKind kind) {
    return graph.parameter(graph.scoped(name + what), shape, build.from_scratch ? start : Init::checkpoint(),
                           use_of(build.slots, {kind, name, /*tokenizer=*/true}));
  };
  const Value w = parameter(".weight", weight, Init::trunc_normal(0.02f), ParameterKind::weight);
  const Value b = parameter(".bias", {weight[0]}, Init::zeros(), ParameterKind::bias);
  const Scope scope(graph, name);
  return linear(x, w, b);
}

}  // namespace

BlockConfig point_block_config(const PointTransformerConfig& c, int64_t heads) {
  return {c.width,
          heads,
          c.hidden(),
          c.norm_eps,
          Activation::gelu_erf,
          /*qkv_bias=*/false,
          /*layer_scale=*/false};
}

Value batch_norm_layer(Value x, std::string_view name, const BatchNormUse& use) {
  Graph& graph = *x.graph;
  const Shape c{x.shape().dim(-1)};
  const auto start = [&](Init init) { return use.from_scratch ? init : Init::checkpoint(); };
  const auto scoped = [&](const char* what) { return graph.scoped(std::string(name) + what); };
  const auto statistic = [&](const char* what, Init init) {
    return graph.buffer(scoped(what), c, start(init));
  };
  BatchNormParameters p;
  p.weight = graph.parameter(scoped(".weight"), c, start(Init::ones()), use.weight);
  p.bias = graph.parameter(scoped(".bias"), c, start(Init::zeros()), use.bias);
  p.running_mean = statistic(".running_mean", Init::zeros());
  p.running_var = statistic(".running_var", Init::ones());
  const Scope scope(graph, name);
  return batch_norm(x, p, use.batch_statistics);
}

Value encode_groups(Value neighbours, const PointTransformerConfig& config, const PointEncoderBuild& build) {
  Graph& graph = *neighbours.graph;
  const int64_t groups = neighbours.shape()[0] * neighbours.shape()[1], k = config.group_size;
  const auto& c = config.encoder;
  const bool update = config.batch_norm == FrozenBatchNorm::update;
  const auto norm = [&](Value x, const char* name) {
    const auto use = [&](ParameterKind kind) {
      return use_of(build.slots, {kind, name, /*tokenizer=*/true});
    };
    return batch_norm_layer(x, name,
                            {build.training && update, build.from_scratch, use(ParameterKind::norm_weight),
                             use(ParameterKind::norm_bias)});
  };
  const auto conv = [&](Value x, const char* name, int64_t out) {
    return dense(x, name, {out, x.shape().dim(-1), 1}, build);
  };
  const Value tokens = [&] {
    const Scope scope(graph, "encoder");
    const Value points = reshape(neighbours, {groups, k, 3});
    const Value hidden = relu(norm(conv(points, "first_conv.0", c[0]), "first_conv.1"));
    const Value local = conv(hidden, "first_conv.3", c[1]);
    const std::array parts = {max_tokens(local, 0, k), local};
    const Value both = conv(concat_features(parts), "second_conv.0", c[2]);
    const Value out = conv(relu(norm(both, "second_conv.1")), "second_conv.3", c[3]);
    return reshape(max_tokens(out, 0, k), {neighbours.shape()[0], neighbours.shape()[1], c[3]});
  }();
  return config.reduce_dim ? dense(tokens, "reduce_dim", {config.width, c[3]}, build) : tokens;
}

Value encode_positions(Value centers, const PointTransformerConfig& config, const PointEncoderBuild& build,
                       std::string_view name) {
  const std::string n(name);
  const Value hidden = gelu(dense(centers, n + ".0", {config.position_hidden, 3}, build));
  return dense(hidden, n + ".2", {config.width, config.position_hidden}, build);
}

}  // namespace ax
