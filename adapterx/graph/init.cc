#include "adapterx/graph/init.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/base/rng.h"

namespace ax {
namespace {

constexpr uint32_t kInitStep = 0xffffffffu;  // a step that no training reaches: its draws are no dropout's

void fill_trunc_normal(uint64_t seed, uint32_t place, float mean, float std, std::span<float> out) {
  uint64_t draw = 0;
  const Rng rng(seed, kInitStep, place);
  for (float& x : out) {
    do {
      x = mean + std * rng.normal(draw++);
    } while (x < -2.0f || x > 2.0f);
  }
}

// Gram-Schmidt, twice for full precision, on normal draws: rows of out [rows, columns], or its columns where
// they are fewer.
void fill_orthogonal(const Rng& rng, size_t rows, size_t columns, float gain, std::span<float> out) {
  const size_t count = std::min(rows, columns), length = std::max(rows, columns);
  std::vector<double> v(count * length);
  for (size_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(rng.normal(i));
  const auto dot = [&](size_t a, size_t b) {
    return std::inner_product(&v[a * length], &v[a * length] + length, &v[b * length], 0.0);
  };
  for (size_t i = 0; i < count; ++i) {
    for (size_t pass = 0; pass < 2; ++pass) {
      for (size_t j = 0; j < i; ++j) {
        const double along = dot(i, j);
        for (size_t c = 0; c < length; ++c) v[i * length + c] -= along * v[j * length + c];
      }
      const double norm = std::sqrt(dot(i, i));
      for (size_t c = 0; c < length; ++c) v[i * length + c] /= norm;
    }
  }
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      const double x = rows <= columns ? v[r * length + c] : v[c * length + r];
      out[r * columns + c] = static_cast<float>(static_cast<double>(gain) * x);
    }
  }
}

void fill_grid_positions(const Shape& shape, int64_t prefix, std::span<float> out) {
  const int64_t d = shape.dim(-1), patches = shape.dim(-2) - prefix, q = d / 4;
  const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(patches))));
  if (side * side != patches)
    fail("positions of a grid: expected a square number of tokens, got {}", patches);
  std::ranges::fill(out, 0.0f);
  for (int64_t t = 0; t < patches; ++t) {
    float* row = out.data() + (prefix + t) * d;
    for (int64_t i = 0; i < 2 * q; ++i) {
      const auto place = static_cast<double>(i < q ? t % side : t / side);
      const double angle = place * std::pow(1e4, -static_cast<double>(i % q) / static_cast<double>(q));
      float* at = row + (i < q ? i : i + q);
      at[0] = static_cast<float>(std::sin(angle));
      at[q] = static_cast<float>(std::cos(angle));
    }
  }
}

}  // namespace

void initialise(const Init& init, std::string_view name, const Shape& shape, uint64_t seed,
                std::span<float> out) {
  const uint32_t place = place_of(name);
  const Rng rng(seed, kInitStep, place);
  const float fan_out = shape.rank() == 0 ? 1.0f : static_cast<float>(shape[0]);
  const float fan_in = static_cast<float>(shape.size()) / fan_out;
  switch (init.kind) {
    case Init::Kind::checkpoint:
      fail("{}: no value: the checkpoint doesn't hold it, and it has no start of its own", name);
    case Init::Kind::constant:
      std::fill(out.begin(), out.end(), init.a);
      return;
    case Init::Kind::normal:
      rng.fill_normal(out, init.a, init.b);
      return;
    case Init::Kind::trunc_normal:
      fill_trunc_normal(seed, place, init.a, init.b, out);
      return;
    case Init::Kind::kaiming_uniform: {
      const float k = std::sqrt(6.0f / ((1.0f + init.a * init.a) * fan_in));
      rng.fill_uniform(out, -k, k);
      return;
    }
    case Init::Kind::xavier_uniform: {
      const float k = std::sqrt(6.0f / (fan_in + fan_out));
      rng.fill_uniform(out, -k, k);
      return;
    }
    case Init::Kind::uniform:
      rng.fill_uniform(out, -init.a, init.a);
      return;
    case Init::Kind::orthogonal:
      fill_orthogonal(rng, static_cast<size_t>(fan_out), static_cast<size_t>(fan_in), init.a, out);
      return;
    case Init::Kind::grid_positions:
      fill_grid_positions(shape, static_cast<int64_t>(init.a), out);
      return;
  }
}

}  // namespace ax
