#include "adapterx/models/vit/vit.h"

#include <cmath>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/patchify.h"
#include "adapterx/graph/ops/reshape.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/models/blocks.h"

namespace ax {
namespace {

BlockConfig block_config(const VitConfig& c) {
  return {c.width, c.heads, c.hidden(), c.norm_eps, c.act, c.qkv_bias, c.layer_scale};
}

Value linear_head(const std::string& name, Value features, int64_t classes) {
  Graph& graph = *features.graph;
  const Scope scope(graph, name);
  const Value bias =
      graph.parameter(name + ".bias", {classes}, Init::zeros(), {"head", true, /*decays=*/false});
  const Value weight = graph.parameter(name + ".weight", {classes, features.shape()[1]},
                                       Init::trunc_normal(0.02f), {"head", true});
  return linear(features, weight, bias, Role::exact);
}

// DeiT's: the mean of the class token's head and of the distillation token's.
Value two_heads(Value class_token, Value distillation_token, int64_t classes) {
  const Value of_second = linear_head("head_dist", distillation_token, classes);
  return scale(add(linear_head("head", class_token, classes), of_second), 0.5f);
}

class VitBuilder {
 public:
  VitBuilder(Graph& graph, const VitConfig& config, const BackboneBuild& build, Slots& slots)
      : graph_(graph),
        config_(config),
        build_(build),
        slots_(slots),
        blocks_(graph, block_config(config), {build.training, build.drop_path, build.from_scratch}, slots),
        site_{.depth = static_cast<int>(config.depth),
              .training = build.training,
              .prefix = config.prefix(),
              .patches = config.patches(),
              .grid_height = config.grid(),
              .grid_width = config.grid()} {}

  BuiltBackbone run() {
    BuiltBackbone vit;
    vit.input =
        graph_.input("images", {build_.batch, config_.channels, config_.image_size, config_.image_size});
    Features& f = vit.features;
    f.patches = config_.patches();
    f.grid_height = f.grid_width = config_.grid();
    Value x = slots_.first_tokens(site_, embed(vit.input));  // [B, T, d]
    for (int64_t l = 0; l < config_.depth; ++l) {
      const Scope scope(graph_, fmt::format("blocks.{}", l));
      const Site site = site_.in(l);
      x = slots_.tokens(site, blocks_.block(site, x));
      f.blocks.push_back(x);
    }
    pool(x, f);
    return vit;
  }

 private:
  Value token_parameter(std::string_view name, int64_t tokens, ParameterKind kind = ParameterKind::token) {
    return blocks_.parameter(name, {1, tokens, config_.width}, Init::trunc_normal(0.02f), {kind});
  }

  // Token `t` of x [B, T, d]: [B, d].
  Value token(Value x, int64_t t) { return reshape(slice_tokens(x, t, 1), {build_.batch, config_.width}); }

  // The pooled features of the last block's tokens x, and the head that reads them.
  void pool(Value x, Features& f) {
    if (config_.pool == Pool::mean) {
      const Value mean = mean_tokens(x, site_.others(x), config_.patches());
      f.tokens = x;
      f.pooled = blocks_.norm(site_, "fc_norm", reshape(mean, {build_.batch, config_.width}));
    } else {
      f.tokens = blocks_.norm(site_, "norm", x);
      f.pooled = token(f.tokens, 0);
    }
    const Value first = f.pooled, second = config_.distilled ? token(f.tokens, 1) : Value{};
    f.pooled = slots_.features(site_, f.tokens, second ? scale(add(first, second), 0.5f) : first);
    f.head = [pooled = f.pooled, first, second, &slots = slots_, site = site_](int64_t classes) {
      return slots.logits(site, pooled,
                          second ? two_heads(first, second, classes) : linear_head("head", pooled, classes));
    };
  }

  Value embed(Value images) {
    const int64_t p = config_.patch_size, d = config_.width;
    const Value patches =
        blocks_.layer(site_, "patch_embed.proj", patchify(images, p), {d, config_.channels, p, p},
                      config_.patch_bias, Init::kaiming_uniform(std::sqrt(5.0f)));
    const Value x = positioned(slots_.patch_tokens(site_, patches));
    return config_.pre_norm ? cast(blocks_.norm(site_, "norm_pre", x), Role::residual) : x;
  }

  // The token list [B, T, d]: tokens the position embedding covers, then the others put in between.
  Value positioned(Value patches) {
    const int64_t covered = config_.positioned_prefix;
    std::vector<Value> prefix = {token_parameter("cls_token", 1, ParameterKind::class_token)};
    if (config_.distilled) prefix.push_back(token_parameter("dist_token", 1));
    if (config_.registers > 0) prefix.push_back(token_parameter("reg_token", config_.registers));
    const Value positions =
        token_parameter("pos_embed", covered + config_.patches(), ParameterKind::position);
    const auto uncovered = prefix.begin() + (covered == config_.prefix() ? std::ssize(prefix) : covered);

    std::vector<Value> parts(prefix.begin(), uncovered);
    parts.push_back(patches);
    Value x = add(parts.size() > 1 ? concat_tokens(parts) : patches, positions, Role::residual);
    if (uncovered == prefix.end()) return x;
    if (covered == 0) {
      prefix.push_back(x);
      return concat_tokens(prefix);
    }
    std::vector<Value> all = {slice_tokens(x, 0, covered)};
    all.insert(all.end(), uncovered, prefix.end());
    all.push_back(slice_tokens(x, covered, config_.patches()));
    return concat_tokens(all);
  }

  Graph& graph_;
  const VitConfig& config_;
  const BackboneBuild& build_;
  Slots& slots_;
  BlockBuilder blocks_;
  const Site site_;  // outside of the blocks
};

}  // namespace

BuiltBackbone build_vit(Graph& graph, const VitConfig& c, const BackboneBuild& build, Slots& slots) {
  if (c.patch_size < 1 || c.image_size % c.patch_size != 0) {
    fail("vit: image size {} is not a multiple of patch size {}", c.image_size, c.patch_size);
  }
  if (c.heads < 1 || c.width % c.heads != 0)
    fail("vit: width {} is not a multiple of {} heads", c.width, c.heads);
  if (c.positioned_prefix != 0 && c.positioned_prefix != 1 && c.positioned_prefix != c.prefix()) {
    fail("vit: positions of {} prefix tokens: expected 0, 1 or all {}", c.positioned_prefix, c.prefix());
  }
  if (c.distilled && c.pool == Pool::mean) fail("vit: a distillation token with mean pooling: expected one");
  if (build.batch < 1) fail("vit: batch {}: expected 1 or more", build.batch);
  return VitBuilder(graph, c, build, slots).run();
}

}  // namespace ax
