// The point-cloud transformer of Point-BERT (Yu et al., arXiv 2111.14819) and Point-MAE (Pang et al., arXiv
// 2203.06604): a cloud becomes groups of neighbouring points, a small PointNet makes a token of each, a
// pre-norm transformer mixes them. Parameter names are Point-MAE's, but that blocks are `blocks.3.*` as in
// the ViT and the head is `head.*`.
//
//   groups     farthest points as centres, the K nearest points of each, minus the centre
//   encoder    per point 3 -> c1 BN ReLU -> c2; [group's maximum, point] 2 c2 -> c3 BN ReLU -> c4; maximum
//   positions  centre 3 -> 128 GELU -> d; of the class token a parameter, cls_pos
//   tokens     [class, prompts of a method ..., groups ...]
//   features   of the final norm's output: [class; mean of the prompts; maximum of the groups], concatenated
//   head       d_f -> 256 BN ReLU dropout 0.5 -> 256 BN ReLU dropout 0.5 -> classes
#pragma once

#include <array>
#include <cstdint>

#include "adapterx/models/backbone.h"
#include "adapterx/models/mlp_ratio.h"

namespace ax {

enum class PositionUse : uint8_t {
  every_block,  // Point-BERT, Point-MAE, ACT, ReCon: added to the input of each block
  once,         // DAPT: added once to the embedded tokens, which prompts then may lengthen
};

// What BatchNorm in a frozen encoder does while the rest is trained.
enum class FrozenBatchNorm : uint8_t {
  update,  // as published: batch statistics, and the running ones go on moving
  fixed,   // the checkpoint's running statistics
};

enum class TokenPool : uint8_t { none, mean, max };

struct PointTransformerConfig {
  int64_t points = 1024;                                  // of a cloud
  int64_t groups = 64, group_size = 32;                   // K
  std::array<int64_t, 4> encoder = {128, 256, 512, 384};  // c1 to c4
  int64_t position_hidden = 128;
  int64_t width = 384, depth = 12, heads = 6;
  float mlp_ratio = 4;
  int64_t classes = 40;  // 0: no head, only features
  float norm_eps = 1e-5f;
  bool reduce_dim = false;  // a linear from the encoder's channels to the width (Point-BERT)
  PositionUse positions = PositionUse::every_block;
  FrozenBatchNorm batch_norm = FrozenBatchNorm::update;
  // What of the tokens the features are; prompts count only where a method adds some.
  bool pool_class = true;
  TokenPool pool_prompts = TokenPool::mean, pool_groups = TokenPool::max;
  int64_t head_hidden = 256;
  float head_dropout = 0.5f;

  static constexpr int64_t kPrefix = 1;  // tokens before the groups: the class token
  int64_t hidden() const { return hidden_width(width, mlp_ratio); }
  int64_t tokens() const { return kPrefix + groups; }
};

// Input "points" [B, points, 3]; features pooled [B, d_f]. Throws Error on sizes that don't fit.
BuiltBackbone build_point_transformer(Graph& graph, const PointTransformerConfig& config,
                                      const BackboneBuild& build, Slots& slots);

}  // namespace ax
