// Scalar twins of kernels/tokens/tokens.h. x: [B, T, d], row-major.
#pragma once

#include <cstddef>
#include <vector>

namespace ax::twin {

template <class T>
std::vector<T> mean_tokens(const std::vector<T>& x, size_t batch, size_t tokens, size_t d, size_t begin,
                           size_t count) {
  std::vector<T> y(batch * d);
  for (size_t b = 0; b < batch; ++b) {
    for (size_t t = begin; t < begin + count; ++t) {
      for (size_t j = 0; j < d; ++j) y[b * d + j] += x[(b * tokens + t) * d + j] / static_cast<T>(count);
    }
  }
  return y;
}

// Of each y[b, j] the token in [begin, begin + count) that has the maximum, of equals the lowest; the first
// NaN where there is one.
template <class T>
std::vector<size_t> max_tokens(const std::vector<T>& x, size_t batch, size_t tokens, size_t d, size_t begin,
                               size_t count) {
  std::vector<size_t> token(batch * d, begin);
  for (size_t i = 0; i < token.size(); ++i) {
    const auto at = [&](size_t t) { return x[(i / d * tokens + t) * d + i % d]; };
    for (size_t t = begin; t < begin + count; ++t) {
      const T best = at(token[i]);
      const bool nan = at(t) != at(t);
      if (best == best && (nan || at(t) > best)) token[i] = t;
    }
  }
  return token;
}

// Index into the image [B, C, H, W] of each element of the patches [B, (H/p) * (W/p), C * p * p].
inline std::vector<size_t> patch_pixels(size_t batch, size_t channels, size_t height, size_t width,
                                        size_t p) {
  std::vector<size_t> pixels;
  for (size_t b = 0; b < batch; ++b)
    for (size_t i = 0; i < height / p; ++i)
      for (size_t j = 0; j < width / p; ++j)
        for (size_t c = 0; c < channels; ++c)
          for (size_t y = 0; y < p; ++y)
            for (size_t x = 0; x < p; ++x)
              pixels.push_back(((b * channels + c) * height + i * p + y) * width + j * p + x);
  return pixels;
}

}  // namespace ax::twin
