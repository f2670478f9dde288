// Point-MAE's pretraining (Pang et al., arXiv 2203.06604): most groups of a cloud are hidden, a point
// transformer sees the rest, and a light decoder draws the points of the hidden groups.
//
//   visible    tokens of the groups left, through the encoder's blocks and norm; no class token
//   decoder    [visible tokens; a learned mask token for each hidden group], with positions of their centres
//              before every block; norm; a linear from each mask token to K points
//   loss       Chamfer distance (kernels/points/chamfer.h, squared) to the hidden groups' points, minus their
//   centres
//
// The mini-PointNet sees visible groups only: Point-MAE's own code embeds all and drops the hidden ones,
// which changes nothing but the sample that BatchNorm's statistics are of, and costs 1 / (1 - mask ratio) as
// much.
#pragma once

#include "adapterx/models/backbone.h"
#include "adapterx/models/points/point_transformer.h"

namespace ax {

// Input "points" [B, points, 3]; pooled [B, d]: the mean of the visible tokens, for checks.
// Parameters: the backbone's but for class token and head; decoder_pos_embed.*, decoder_blocks.#.*,
// decoder_norm.*, mask_token and increase_dim.*; these have a start of their own over a checkpoint, too.
// Throws Error where no group would be hidden, or none seen, or for a decoder of another width than the
// encoder's. `slots`: a method that says what of the encoder is trained; the decoder always is.
MaskedBackbone build_point_mae(Graph& graph, const PointTransformerConfig& config,
                               const MaskedOptions& options, const BackboneBuild& build, Slots& slots);

}  // namespace ax
