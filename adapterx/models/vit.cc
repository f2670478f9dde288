#include "adapterx/models/vit.h"

#include <cmath>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/patchify.h"
#include "adapterx/graph/ops/reshape.h"
#include "adapterx/graph/ops/tokens.h"

namespace ax {
namespace {

class VitBuilder {
 public:
  VitBuilder(Graph& graph, const VitConfig& config, const VitBuild& build, Slots& slots)
      : graph_(graph), config_(config), build_(build), slots_(slots) {}

  Vit run() {
    Vit vit;
    const int64_t b = build_.batch, d = config_.width;
    vit.images = graph_.input("images", {b, config_.channels, config_.image_size, config_.image_size});
    Value x = embed(vit.images);  // [B, T, d]
    for (int64_t l = 0; l < config_.depth; ++l) {
      const Scope scope(graph_, fmt::format("blocks.{}", l));
      const BlockSite site{static_cast<int>(l), static_cast<int>(config_.depth), build_.training,
                           config_.prefix()};
      x = slots_.tokens(site, ffn(site, attend(site, x)));
    }
    if (config_.pool == Pool::mean) {
      const Value mean = mean_tokens(x, x.shape()[1] - config_.patches(), config_.patches());
      vit.features = norm("fc_norm", reshape(mean, {b, d}));
      if (config_.classes > 0) vit.logits = head("head", vit.features);
      return vit;
    }
    const Value y = norm("norm", x);
    const Value first = token(y, 0);
    if (!config_.distilled) {
      vit.features = first;
      if (config_.classes > 0) vit.logits = head("head", first);
      return vit;
    }
    const Value second = token(y, 1);
    vit.features = scale(add(first, second), 0.5f);
    if (config_.classes > 0) vit.logits = scale(add(head("head", first), head("head_dist", second)), 0.5f);
    return vit;
  }

 private:
  Value parameter(std::string_view name, const Shape& shape, Init start) {
    return graph_.parameter(graph_.scoped(name), shape, build_.from_scratch ? start : Init::checkpoint());
  }

  Value token_parameter(std::string_view name, int64_t tokens) {
    return parameter(name, {1, tokens, config_.width}, Init::trunc_normal(0.02f));
  }

  // Token `t` of x [B, T, d]: [B, d].
  Value token(Value x, int64_t t) { return reshape(slice_tokens(x, t, 1), {build_.batch, config_.width}); }

  Value head(const std::string& name, Value features) {
    const Scope scope(graph_, name);
    return linear(
        features,
        graph_.parameter(name + ".weight", {config_.classes, config_.width}, Init::trunc_normal(0.02f)),
        graph_.parameter(name + ".bias", {config_.classes}, Init::zeros()), Role::exact);
  }

  // Linear `role` with timm's parameters role.weight and role.bias, through its slot.
  Value layer(std::string_view role, Value x, const Shape& weight, bool bias = true,
              Init start = Init::trunc_normal(0.02f)) {
    const std::string name(role);
    const Value w = parameter(name + ".weight", weight, start);
    const Value y = [&] {
      const Scope scope(graph_, role);
      return linear(x, w, bias ? parameter("bias", {weight[0]}, Init::zeros()) : Value{});
    }();
    return slots_.linear(role, x, y);
  }

  Value norm(std::string_view role, Value x) {
    const std::string name(role);
    const Shape d{config_.width};
    const Value weight = parameter(name + ".weight", d, Init::ones());
    const Value bias = parameter(name + ".bias", d, Init::zeros());
    const Value y = [&] {
      const Scope scope(graph_, role);
      return layer_norm(x, weight, bias, config_.norm_eps);
    }();
    return slots_.norm(role, y);
  }

  Value embed(Value images) {
    const int64_t p = config_.patch_size, d = config_.width;
    const Value patches = layer("patch_embed.proj", patchify(images, p), {d, config_.channels, p, p},
                                config_.patch_bias, Init::kaiming_uniform(std::sqrt(5.0f)));
    const Value x = positioned(slots_.patch_tokens(patches));
    return config_.pre_norm ? cast(norm("norm_pre", x), Role::residual) : x;
  }

  // The token list [B, T, d]: tokens the position embedding covers, then the others put in between.
  Value positioned(Value patches) {
    const int64_t covered = config_.positioned_prefix;
    std::vector<Value> prefix = {token_parameter("cls_token", 1)};
    if (config_.distilled) prefix.push_back(token_parameter("dist_token", 1));
    if (config_.registers > 0) prefix.push_back(token_parameter("reg_token", config_.registers));
    const Value positions = token_parameter("pos_embed", covered + config_.patches());
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

  Value layer_scale(const std::string& name, Value x) {
    return config_.layer_scale ? multiply(x, parameter(name + ".gamma", {config_.width},
                                                       Init{Init::Kind::constant, 1e-5f, 0}))
                               : x;
  }

  float drop_path_rate(const BlockSite& site) const {
    if (!build_.training || site.depth < 2) return 0;
    return build_.drop_path * static_cast<float>(site.index) / static_cast<float>(site.depth - 1);
  }

  // h = x + drop_path(attention(LN1(x)))
  Value attend(const BlockSite& site, Value x) {
    const int64_t d = config_.width;
    const Value u = norm("norm1", x);
    const Value qkv = layer("attn.qkv", u, {3 * d, d}, config_.qkv_bias);
    const Value mixed = [&] {
      const Scope scope(graph_, "attn");
      return attention(qkv, static_cast<int>(config_.heads));
    }();
    const Value branch = layer_scale("ls1", layer("attn.proj", mixed, {d, d}));
    return add_branches(x, slots_.beside_attention(site, x, u), branch, drop_path_rate(site),
                        "attn.drop_path");
  }

  // y = h + beside + drop_path(ffn(LN2(h)))
  Value ffn(const BlockSite& site, Value h) {
    const int64_t d = config_.width;
    const Value u = norm("norm2", h);
    const Value hidden = layer("mlp.fc1", u, {config_.hidden(), d});
    const Value active = [&] {
      const Scope scope(graph_, "mlp.act");
      return activate(hidden, config_.act);
    }();
    const Value f =
        slots_.ffn(site, h, u, layer_scale("ls2", layer("mlp.fc2", active, {d, config_.hidden()})));
    return add_branches(h, slots_.beside_ffn(site, h, u), f, drop_path_rate(site), "mlp.drop_path");
  }

  // The branch that fusion folds into the next norm comes last.
  static Value add_branches(Value x, Value beside, Value branch, float rate, std::string_view name) {
    if (beside) x = add(x, beside);
    return add(x, drop_path(branch, rate, name));
  }

  Graph& graph_;
  const VitConfig& config_;
  const VitBuild& build_;
  Slots& slots_;
};

}  // namespace

Vit build_vit(Graph& graph, const VitConfig& c, const VitBuild& build, Slots& slots) {
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

std::map<std::string, Shape, std::less<>> vit_parameters(const VitConfig& config) {
  Graph graph;
  Slots none;
  build_vit(graph, config, {}, none);
  std::map<std::string, Shape, std::less<>> shapes;
  for (const int id : graph.parameters()) shapes.emplace(graph.info(id).name, graph.info(id).shape);
  return shapes;
}

}  // namespace ax
