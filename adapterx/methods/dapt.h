// DAPT, dynamic adapters meet prompt tuning (Zhou et al., arXiv 2403.01439), made for point clouds.
//   TFTS     x * gamma + beta after every linear layer and norm of a block, the final norm, and on the
//            embedded patch tokens; gamma ~ N(1, 0.02), beta ~ N(0, 0.02)
//   adapter  in each block, u = TFTS(LN2(h)), z = LayerNorm(u):
//            a = relu(w_s z + b_s) * (W_up dropout(gelu(W_down z + b_down)) + b_up), one scale for each
//            token; y = h + drop_path(FFN(u) + a)
//   prompt   P = TFTS(mean over tokens of gelu(a)); next block's input = [prefix; P; the other tokens of y]
// Trained besides: class token, its position where the backbone has one, head. W_down and w_s start
// Kaiming-uniform (a = sqrt 5), W_up and biases zero: at the start a = 0 and all prompts of a block are
// equal. Published recipe: rank 64, dropout 0.2. A last prompt that no head reads stays as it starts, but
// counts.
#pragma once

#include <memory>

#include "adapterx/methods/method.h"

namespace ax {

struct DaptOptions {
  int64_t rank = 64;
  float dropout = 0.2f;  // of hidden units
  bool tfts = true;
  bool prompts = true;
};

std::vector<Setting> dapt_settings(DaptOptions& options);
std::unique_ptr<Method> make_dapt(const DaptOptions& options);

}  // namespace ax
