#include "adapterx/models/vit/mae.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/gather_tokens.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/patchify.h"
#include "adapterx/graph/ops/random_mask.h"
#include "adapterx/graph/ops/reshape.h"
#include "adapterx/graph/ops/squared_error.h"
#include "adapterx/graph/ops/standardize.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/models/blocks.h"
#include "adapterx/models/decoder_slots.h"

namespace ax {
namespace {

constexpr float kPixelEps = 1e-6f;  // of the variance of a patch, as MAE has it

BlockConfig encoder_blocks(const VitConfig& c) {
  return {c.width, c.heads, c.hidden(), c.norm_eps, c.act, c.qkv_bias, c.layer_scale};
}

BlockConfig decoder_blocks(const VitConfig& c, const MaskedOptions& o) {
  VitConfig decoder;
  decoder.width = o.decoder_width > 0 ? o.decoder_width : c.width;
  decoder.heads =
      o.decoder_heads > 0 ? o.decoder_heads : std::max<int64_t>(1, decoder.width * c.heads / c.width);
  decoder.mlp_ratio = c.mlp_ratio;
  decoder.norm_eps = c.norm_eps;
  decoder.act = c.act;
  if (decoder.width % decoder.heads != 0) {
    fail("mae: decoder width {} is not a multiple of {} heads", decoder.width, decoder.heads);
  }
  return encoder_blocks(decoder);
}

void check(const VitConfig& c) {
  if (c.patch_size < 1 || c.image_size % c.patch_size != 0) {
    fail("mae: image size {} is not a multiple of patch size {}", c.image_size, c.patch_size);
  }
  if (c.heads < 1 || c.width % c.heads != 0) {
    fail("mae: width {} is not a multiple of {} heads", c.width, c.heads);
  }
  if (c.prefix() != 1)
    fail("mae: expected a ViT with a class token alone before its patches, got {}", c.prefix());
  if (c.pool == Pool::mean) fail("mae: expected a ViT that pools by its class token, got mean pooling");
}

class MaeBuilder {
 public:
  MaeBuilder(Graph& graph, const VitConfig& config, const MaskedOptions& options, const BackboneBuild& build,
             Slots& slots)
      : graph_(graph),
        config_(config),
        options_(options),
        build_(build),
        patches_(config.patches()),
        hidden_(hidden_tokens(options, kPublishedImageMaskRatio, config.patches(), "patches")),
        decoder_config_(decoder_blocks(config, options)),
        encoder_(graph, encoder_blocks(config), {build.training, build.drop_path, build.from_scratch}, slots),
        decoder_(graph, decoder_config_, {build.training, 0, /*from_scratch=*/true}, decoder_slots_) {}

  MaskedBackbone run() {
    MaskedBackbone mae;
    const int64_t b = build_.batch;
    mae.input = graph_.input("images", {b, config_.channels, config_.image_size, config_.image_size});
    const Value patches = patchify(mae.input, config_.patch_size, Role::exact);
    const TokenMask mask = random_mask(graph_, b, patches_, hidden_);
    const Value seen = encode(gather_tokens(patches, mask.visible), mask);
    mae.pooled = reshape(slice_tokens(seen, 0, 1), {b, config_.width});
    const Value target = gather_tokens(patches, mask.masked);
    mae.loss = squared_error(draw(decode(seen, mask)),
                             options_.norm_pix_loss ? standardize(target, kPixelEps) : target);
    return mae;
  }

 private:
  // Before and after the blocks of the encoder and of the decoder.
  Site outside() const {
    return {.depth = static_cast<int>(config_.depth), .training = build_.training, .prefix = 1};
  }

  Value positions(BlockBuilder& blocks, const char* name, int64_t prefix, int64_t width) {
    return blocks.parameter(name, {1, prefix + patches_, width}, Init::grid_positions(prefix),
                            {ParameterKind::position});
  }

  // x [B, 1 + n, d] of a class token and the patches of `index`, with their positions.
  Value add_positions(Value x, Value all, Value index) {
    const int64_t prefix = all.shape()[1] - patches_;
    const Value own = gather_tokens(slice_tokens(all, prefix, patches_), index);
    if (prefix == 1) {
      const std::array tokens = {slice_tokens(all, 0, 1), own};
      return add(x, concat_tokens(tokens), Role::residual);
    }
    const std::array tokens = {slice_tokens(x, 0, 1),
                               add(slice_tokens(x, 1, x.shape()[1] - 1), own, Role::residual)};
    return concat_tokens(tokens);
  }

  Value transform(Value x, BlockBuilder& blocks, const char* name, int64_t depth) {
    for (int64_t l = 0; l < depth; ++l) {
      const Scope scope(graph_, fmt::format("{}.{}", name, l));
      const Site site{static_cast<int>(l), static_cast<int>(depth), build_.training, 1, x.shape()[1] - 1};
      x = blocks.block(site, x);
    }
    return x;
  }

  // Class token and visible patches [B, 1 + V, d], of the patches' pixels.
  Value encode(Value pixels, const TokenMask& mask) {
    const int64_t p = config_.patch_size, d = config_.width;
    const Value patches = encoder_.layer(outside(), "patch_embed.proj", cast(pixels, Role::activation),
                                         {d, config_.channels, p, p}, config_.patch_bias,
                                         Init::kaiming_uniform(std::sqrt(5.0f)));
    const std::array tokens = {
        encoder_.parameter("cls_token", {1, 1, d}, Init::trunc_normal(0.02f), {ParameterKind::class_token}),
        patches};
    Value x = add_positions(concat_tokens(tokens),
                            positions(encoder_, "pos_embed", config_.positioned_prefix, d), mask.visible);
    if (config_.pre_norm) x = cast(encoder_.norm(outside(), "norm_pre", x), Role::residual);
    return encoder_.norm(outside(), "norm", transform(x, encoder_, "blocks", config_.depth));
  }

  // The hidden places' tokens after the decoder [B, M, d'].
  Value decode(Value seen, const TokenMask& mask) {
    const int64_t d = decoder_config_.width;
    const Value places = positions(decoder_, "decoder_pos_embed", 1, d);
    const Value known = add_positions(decoder_.layer(outside(), "decoder_embed", seen, {d, config_.width}),
                                      places, mask.visible);
    const Value token =
        decoder_.parameter("mask_token", {1, 1, d}, Init::trunc_normal(0.02f), {ParameterKind::token});
    const Value hidden = gather_tokens(slice_tokens(places, 1, patches_), mask.masked);
    const std::array tokens = {known, add(hidden, token, Role::residual)};
    const Value x = transform(concat_tokens(tokens), decoder_, "decoder_blocks", options_.decoder_depth);
    return decoder_.norm(outside(), "decoder_norm", slice_tokens(x, known.shape()[1], hidden_));
  }

  // The numbers of each hidden patch.
  Value draw(Value x) {
    const int64_t numbers = config_.channels * config_.patch_size * config_.patch_size;
    const Value weight = decoder_.parameter("decoder_pred.weight", {numbers, decoder_config_.width},
                                            Init::trunc_normal(0.02f), {ParameterKind::weight});
    const Value bias =
        decoder_.parameter("decoder_pred.bias", {numbers}, Init::zeros(), {ParameterKind::bias});
    const Scope scope(graph_, "decoder_pred");
    return linear(x, weight, bias, Role::exact);
  }

  Graph& graph_;
  const VitConfig& config_;
  const MaskedOptions& options_;
  const BackboneBuild& build_;
  const int64_t patches_, hidden_;
  const BlockConfig decoder_config_;
  DecoderSlots decoder_slots_;
  BlockBuilder encoder_, decoder_;
};

}  // namespace

MaskedBackbone build_mae(Graph& graph, const VitConfig& config, const MaskedOptions& options,
                         const BackboneBuild& build, Slots& slots) {
  check(config);
  return MaeBuilder(graph, config, options, build, slots).run();
}

}  // namespace ax
