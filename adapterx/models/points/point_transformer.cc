#include "adapterx/models/points/point_transformer.h"

#include <array>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/concat_features.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/group_points.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/max_tokens.h"
#include "adapterx/graph/ops/reshape.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/models/blocks.h"
#include "adapterx/models/points/point_encoder.h"

namespace ax {
namespace {

const ParameterUse kHeadVector = {"head", /*trained=*/true, /*decays=*/false};

// The head published with point transformers: two hidden layers with BatchNorm and dropout.
struct PointHead {
  PointTransformerConfig config;
  bool training = false;

  Value logits(Value features, int64_t classes) const {
    const Scope scope(*features.graph, "head");
    const Value x = hidden_layer(hidden_layer(features, "0", "1", "3"), "4", "5", "7");
    return dense(x, "8", classes, Role::exact);
  }

 private:
  static Value dense(Value x, const char* name, int64_t out, Role role = Role::activation) {
    Graph& graph = *x.graph;
    const Scope scope(graph, name);
    const int64_t in = x.shape().dim(-1);
    const Value bias = graph.parameter(graph.scoped("bias"), {out}, Init::zeros(), kHeadVector);
    const Value weight =
        graph.parameter(graph.scoped("weight"), {out, in}, Init::trunc_normal(0.02f), {"head", true});
    return linear(x, weight, bias, role);
  }

  Value hidden_layer(Value x, const char* linear_name, const char* norm_name,
                     const char* dropout_name) const {
    const BatchNormUse use{training, true, kHeadVector, kHeadVector};
    const Value y = relu(batch_norm_layer(dense(x, linear_name, config.head_hidden), norm_name, use));
    return training ? dropout(y, config.head_dropout, dropout_name) : y;
  }
};

class PointBuilder {
 public:
  PointBuilder(Graph& graph, const PointTransformerConfig& config, const BackboneBuild& build, Slots& slots)
      : graph_(graph),
        config_(config),
        build_(build),
        slots_(slots),
        blocks_(graph, point_block_config(config, config.heads),
                {build.training, build.drop_path, build.from_scratch}, slots),
        encoder_{build.training, build.from_scratch, slots},
        site_{.depth = static_cast<int>(config.depth),
              .training = build.training,
              .prefix = PointTransformerConfig::kPrefix,
              .patches = config.groups} {}

  BuiltBackbone run() {
    BuiltBackbone model;
    model.input = graph_.input("points", {build_.batch, config_.points, 3});
    Features& f = model.features;
    f.patches = config_.groups;
    const PointGroups groups = group_points(model.input, config_.groups, config_.group_size);
    f.tokens = blocks_.norm(site_, "norm", transform(embed(groups), positions(groups), f.blocks));
    f.pooled = slots_.features(site_, f.tokens, pooled(f.tokens));
    f.head = [f = f.pooled, head = PointHead{config_, build_.training}, &slots = slots_,
              site = site_](int64_t classes) { return slots.logits(site, f, head.logits(f, classes)); };
    return model;
  }

 private:
  Value token_parameter(std::string_view name, ParameterKind kind) {
    // No pretraining by masking has a class token: it starts here.
    return graph_.parameter(std::string(name), {1, 1, config_.width}, Init::trunc_normal(0.02f),
                            use_of(slots_, {kind}));
  }

  Value embed(const PointGroups& groups) {
    const Value patches = slots_.patch_tokens(site_, encode_groups(groups.neighbours, config_, encoder_));
    const std::array parts = {token_parameter("cls_token", ParameterKind::class_token), patches};
    return concat_tokens(parts);
  }

  Value positions(const PointGroups& groups) {
    const std::array parts = {token_parameter("cls_pos", ParameterKind::class_position),
                              encode_positions(groups.centers, config_, encoder_)};
    return concat_tokens(parts);
  }

  Value transform(Value x, Value positions, std::vector<Value>& blocks) {
    if (config_.positions == PositionUse::once) x = add(x, positions, Role::residual);
    x = slots_.first_tokens(site_, x);
    for (int64_t l = 0; l < config_.depth; ++l) {
      const Scope scope(graph_, fmt::format("blocks.{}", l));
      const Site site = site_.in(l);
      if (config_.positions == PositionUse::every_block) x = add(x, lengthened(positions, x), Role::residual);
      x = slots_.tokens(site, blocks_.block(site, x));
      blocks.push_back(x);
    }
    return x;
  }

  // Positions of as many tokens as x has: those that a method put in between have none.
  Value lengthened(Value positions, Value x) const {
    const int64_t prompts = x.shape()[1] - config_.tokens();
    if (prompts == 0) return positions;
    auto op = std::make_shared<TokensOp>();
    op->tokens = x.shape()[1];
    op->pieces = {{0, 0, 1, 0}, {0, 1, config_.groups, 1 + prompts}};
    return graph_.append_one(op, {positions});
  }

  // The pieces of x [B, T, d] side by side: [B, d_f].
  Value pooled(Value x) const {
    const int64_t prefix = PointTransformerConfig::kPrefix, prompts = x.shape()[1] - config_.tokens();
    std::vector<Value> parts;
    if (config_.pool_class) parts.push_back(slice_tokens(x, 0, 1));
    const auto pool = [&](TokenPool kind, int64_t begin, int64_t count) {
      if (kind == TokenPool::none || count == 0) return;
      parts.push_back(kind == TokenPool::max ? max_tokens(x, begin, count) : mean_tokens(x, begin, count));
    };
    pool(config_.pool_prompts, prefix, prompts);
    pool(config_.pool_groups, prefix + prompts, config_.groups);
    const Value all = parts.size() == 1 ? parts[0] : concat_features(parts);
    return reshape(all, {build_.batch, all.shape().dim(-1)});
  }

  Graph& graph_;
  const PointTransformerConfig& config_;
  const BackboneBuild& build_;
  Slots& slots_;
  BlockBuilder blocks_;
  const PointEncoderBuild encoder_;
  const Site site_;  // outside of the blocks
};

void check(const PointTransformerConfig& c, const BackboneBuild& build) {
  if (c.heads < 1 || c.width % c.heads != 0) {
    fail("point transformer: width {} is not a multiple of {} heads", c.width, c.heads);
  }
  if (c.groups < 1 || c.groups > c.points || c.group_size < 1 || c.group_size > c.points) {
    fail("point transformer: expected groups and their sizes from 1 to {} points, got {} of {}", c.points,
         c.groups, c.group_size);
  }
  if (!c.reduce_dim && c.encoder[3] != c.width) {
    fail("point transformer: expected an encoder that ends in the width {}, got {}", c.width, c.encoder[3]);
  }
  if (!c.pool_class && c.pool_groups == TokenPool::none) {
    fail("point transformer: features of no token: expected class token or groups");
  }
  if (build.batch < 1) fail("point transformer: batch {}: expected 1 or more", build.batch);
}

}  // namespace

BuiltBackbone build_point_transformer(Graph& graph, const PointTransformerConfig& config,
                                      const BackboneBuild& build, Slots& slots) {
  check(config, build);
  return PointBuilder(graph, config, build, slots).run();
}

}  // namespace ax
