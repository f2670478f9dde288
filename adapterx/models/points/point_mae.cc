#include "adapterx/models/points/point_mae.h"

#include <array>

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/chamfer.h"
#include "adapterx/graph/ops/gather_tokens.h"
#include "adapterx/graph/ops/group_points.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/random_mask.h"
#include "adapterx/graph/ops/reshape.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/models/blocks.h"
#include "adapterx/models/decoder_slots.h"
#include "adapterx/models/points/point_encoder.h"

namespace ax {
namespace {

class MaskedBuilder {
 public:
  MaskedBuilder(Graph& graph, const PointTransformerConfig& config, const MaskedOptions& options,
                const BackboneBuild& build, Slots& slots)
      : graph_(graph),
        config_(config),
        options_(options),
        build_(build),
        slots_(slots),
        encoder_{build.training, build.from_scratch, slots},
        hidden_(hidden_tokens(options, kPublishedPointMaskRatio, config.groups, "groups")) {
    if (options.decoder_width == 0 || options.decoder_width == config.width) return;
    fail("decoder width {}: expected that of the point transformer, {}", options.decoder_width, config.width);
  }

  MaskedBackbone run() {
    MaskedBackbone model;
    model.input = graph_.input("points", {build_.batch, config_.points, 3});
    const PointGroups groups = group_points(model.input, config_.groups, config_.group_size);
    const TokenMask mask = random_mask(graph_, build_.batch, config_.groups, hidden_);
    const Value seen = encode(groups, mask);
    model.pooled = reshape(mean_tokens(seen, 0, seen.shape()[1]), {build_.batch, config_.width});
    const Value drawn = draw(decode(seen, groups, mask));
    const Value target = gather_tokens(groups.neighbours, mask.masked);
    const Shape clouds{build_.batch * hidden_, config_.group_size, 3};
    model.loss = chamfer_distance(reshape(drawn, clouds), reshape(target, clouds));
    return model;
  }

 private:
  BlockBuilder blocks(int64_t heads, bool from_scratch, Slots& slots) {
    const BlockConfig config = point_block_config(config_, heads);
    return {graph_, config, {build_.training, build_.drop_path, from_scratch}, slots};
  }

  // Before and after the blocks of the encoder and of the decoder.
  Site outside() const {
    return {.depth = static_cast<int>(config_.depth), .training = build_.training, .prefix = 0};
  }

  // Blocks of a name, with positions before each or, where `once`, before the first.
  Value transform(Value x, Value positions, BlockBuilder builder, const char* name, int64_t depth,
                  bool once) {
    for (int64_t l = 0; l < depth; ++l) {
      const Scope scope(graph_, fmt::format("{}.{}", name, l));
      if (l == 0 || !once) x = add(x, positions, Role::residual);
      const Site site{static_cast<int>(l), static_cast<int>(depth), build_.training, 0, x.shape()[1]};
      x = builder.block(site, x);
    }
    return x;
  }

  // The visible groups' tokens [B, V, d].
  Value encode(const PointGroups& groups, const TokenMask& mask) {
    const Value tokens = encode_groups(gather_tokens(groups.neighbours, mask.visible), config_, encoder_);
    const Value positions = encode_positions(gather_tokens(groups.centers, mask.visible), config_, encoder_);
    BlockBuilder builder = blocks(config_.heads, build_.from_scratch, slots_);
    return builder.norm(outside(), "norm",
                        transform(tokens, positions, builder, "blocks", config_.depth,
                                  config_.positions == PositionUse::once));
  }

  // The hidden groups' tokens after the decoder [B, M, d].
  Value decode(Value seen, const PointGroups& groups, const TokenMask& mask) {
    const Value token = graph_.parameter("mask_token", {1, 1, config_.width}, Init::trunc_normal(0.02f),
                                         use_of(decoder_slots_, {ParameterKind::token}));
    const std::array all = {seen, repeat_token(token, hidden_)};
    const std::array centers = {gather_tokens(groups.centers, mask.visible),
                                gather_tokens(groups.centers, mask.masked)};
    const Value positions =
        encode_positions(concat_tokens(centers), config_,
                         {build_.training, /*from_scratch=*/true, decoder_slots_}, "decoder_pos_embed");
    BlockBuilder builder = blocks(options_.decoder_heads > 0 ? options_.decoder_heads : config_.heads,
                                  /*from_scratch=*/true, decoder_slots_);
    const Value x = transform(concat_tokens(all), positions, builder, "decoder_blocks",
                              options_.decoder_depth, /*once=*/false);
    return builder.norm(outside(), "decoder_norm", slice_tokens(x, seen.shape()[1], hidden_));
  }

  // K points of each hidden group [B, M, 3 K].
  Value draw(Value x) {
    const int64_t numbers = 3 * config_.group_size;
    const Value weight =
        graph_.parameter("increase_dim.weight", {numbers, config_.width}, Init::trunc_normal(0.02f),
                         use_of(decoder_slots_, {ParameterKind::weight}));
    const Value bias = graph_.parameter("increase_dim.bias", {numbers}, Init::zeros(),
                                        use_of(decoder_slots_, {ParameterKind::bias}));
    const Scope scope(graph_, "increase_dim");
    return linear(x, weight, bias, Role::exact);
  }

  Graph& graph_;
  const PointTransformerConfig& config_;
  const MaskedOptions& options_;
  const BackboneBuild& build_;
  Slots& slots_;
  const PointEncoderBuild encoder_;
  const int64_t hidden_;  // groups
  DecoderSlots decoder_slots_;
};

}  // namespace

MaskedBackbone build_point_mae(Graph& graph, const PointTransformerConfig& config,
                               const MaskedOptions& options, const BackboneBuild& build, Slots& slots) {
  return MaskedBuilder(graph, config, options, build, slots).run();
}

}  // namespace ax
