// AdaptFormer (Chen et al., arXiv 2205.13535): beside each FFN a bottleneck adapter on the stream before the
// norm,
//   y = h + FFN(LN2(h)) + scale * (W_up dropout(relu(W_down h + b_down)) + b_up).
// Published recipe: rank 64, scale 0.1, dropout 0.1; W_down Kaiming-uniform (a = sqrt 5), the rest zero, so
// that training starts from the frozen backbone's function.
#pragma once

#include <memory>

#include "adapterx/methods/method.h"

namespace ax {

struct AdaptFormerOptions {
  int64_t rank = 64;
  float scale = 0.1f;
  float dropout = 0.1f;
};

std::vector<Setting> adaptformer_settings(AdaptFormerOptions& options);
std::unique_ptr<Method> make_adaptformer(const AdaptFormerOptions& options);

}  // namespace ax
