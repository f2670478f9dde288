// The parts of a point transformer before its blocks, shared by classification and masked pretraining.
#pragma once

#include "adapterx/models/blocks.h"
#include "adapterx/models/points/point_transformer.h"

namespace ax {

struct PointEncoderBuild {
  bool training = false;      // BatchNorm by batch statistics, but for a fixed one
  bool from_scratch = false;  // convolutions trunc_normal(0.02), biases 0, BatchNorm 1 and 0
  Slots& slots;               // asked which parameters are trained
};

// The blocks of a point transformer, of the encoder or a decoder.
BlockConfig point_block_config(const PointTransformerConfig& config, int64_t heads);

// Groups of points, [B, G, K * 3], each minus its centre, to tokens [B, G, d]: the mini-PointNet.
Value encode_groups(Value neighbours, const PointTransformerConfig& config, const PointEncoderBuild& build);

// Centres [B, G, 3] to positions [B, G, d] by parameters name.0 and name.2.
Value encode_positions(Value centers, const PointTransformerConfig& config, const PointEncoderBuild& build,
                       std::string_view name = "pos_embed");

// BatchNorm over all axes of x but the innermost, by parameters name.weight, name.bias, name.running_mean and
// name.running_var. The running ones are buffers, so that no method trains them; a step moves them where it
// takes the batch's.
struct BatchNormUse {
  bool batch_statistics = false, from_scratch = false;
  ParameterUse weight = {}, bias = {};
};
Value batch_norm_layer(Value x, std::string_view name, const BatchNormUse& use);

}  // namespace ax
