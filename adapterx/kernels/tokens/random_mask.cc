#include "adapterx/kernels/tokens/random_mask.h"

#include <cassert>

#include "adapterx/base/parallel.h"

namespace ax::kernels {

void random_mask(const Rng& rng, int64_t batch, int64_t tokens, int64_t masked_tokens, const Tensor& visible,
                 const Tensor& masked) {
  assert(0 <= masked_tokens && masked_tokens <= tokens);
  const int64_t kept = tokens - masked_tokens;
  parallel_ranges(batch, 8, [&](int64_t begin, int64_t end, int) {
    for (int64_t b = begin; b < end; ++b) {
      int64_t hidden = 0;
      for (int64_t t = 0; t < tokens; ++t) {
        const auto rest = static_cast<uint64_t>(tokens - t),
                   wanted = static_cast<uint64_t>(masked_tokens - hidden);
        const uint64_t draw = rng.bits(static_cast<uint64_t>(b * tokens + t));  // of 32 bits
        const bool hides = draw * rest >> 32 < wanted;
        if (hides && masked) masked.i32()[b * masked_tokens + hidden] = static_cast<int32_t>(t);
        if (!hides && visible) visible.i32()[b * kept + t - hidden] = static_cast<int32_t>(t);
        hidden += hides ? 1 : 0;
      }
    }
  });
}

}  // namespace ax::kernels
