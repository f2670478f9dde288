#include "adapterx/models/masked_options.h"

#include "adapterx/base/error.h"

namespace ax {

int64_t hidden_tokens(const MaskedOptions& options, float published, int64_t tokens, const char* noun) {
  const float ratio = options.mask_ratio == 0 ? published : options.mask_ratio;
  const auto hidden = static_cast<int64_t>(ratio * static_cast<float>(tokens));
  if (hidden >= 1 && hidden < tokens) return hidden;
  fail("mask ratio {}: expected 1 to {} of {} {} hidden, got {}", ratio, tokens - 1, tokens, noun, hidden);
}

}  // namespace ax
