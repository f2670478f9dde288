// What masked pretraining of either kind, images or clouds, is told beyond the model.
#pragma once

#include <cstdint>

namespace ax {

struct MaskedOptions {
  float mask_ratio = 0;  // of the patches or groups, rounded down; 0: as published for the kind (below)
  int64_t decoder_depth = 4;
  int64_t decoder_width = 0;  // 0: as the encoder's; of clouds always
  int64_t decoder_heads = 0;  // 0: of the width that the encoder's have
  bool norm_pix_loss = true;  // of images: each patch's pixels less their mean, over their deviation
};

inline constexpr float kPublishedImageMaskRatio = 0.75f;  // MAE
inline constexpr float kPublishedPointMaskRatio = 0.6f;   // Point-MAE

// How many of `tokens` tokens are hidden; `ratio` is that of the options, or else `published`. Throws Error,
// naming `noun`, where none would be hidden, or none seen.
int64_t hidden_tokens(const MaskedOptions& options, float published, int64_t tokens, const char* noun);

}  // namespace ax
