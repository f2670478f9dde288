// The hidden width of a block's MLP, which models, settings and files give as a ratio to the model's width.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace ax {

inline int64_t hidden_width(int64_t width, float mlp_ratio) {
  return static_cast<int64_t>(static_cast<float>(width) * mlp_ratio);
}

// The ratio whose hidden_width is `hidden`: the quotient or, where it is rounded too low for that, the next
// float.
inline float mlp_ratio_of(int64_t hidden, int64_t width) {
  const float ratio = static_cast<float>(hidden) / static_cast<float>(width);
  return hidden_width(width, ratio) < hidden ? std::nextafter(ratio, std::numeric_limits<float>::infinity())
                                             : ratio;
}

}  // namespace ax
