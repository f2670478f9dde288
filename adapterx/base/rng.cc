#include "adapterx/base/rng.h"

#include <cmath>
#include <numbers>

#include "adapterx/base/parallel.h"

namespace ax {
namespace {

constexpr int64_t kGrain = 1 << 14;

struct Wide {
  uint32_t high, low;
};
Wide multiply(uint32_t a, uint32_t b) {
  const uint64_t p = static_cast<uint64_t>(a) * b;
  return {static_cast<uint32_t>(p >> 32), static_cast<uint32_t>(p)};
}

}  // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const Wide a = multiply(0xD2511F53u, c[0]);
    const Wide b = multiply(0xCD9E8D57u, c[2]);
    c = {b.high ^ c[1] ^ k[0], b.low, a.high ^ c[3] ^ k[1], a.low};
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return c;
}

uint32_t place_of(std::string_view name) {
  uint32_t h = 2166136261u;
  for (const char ch : name) h = (h ^ static_cast<uint8_t>(ch)) * 16777619u;
  return h;
}

std::array<uint32_t, 4> Rng::block(uint64_t i) const {
  return philox({static_cast<uint32_t>(i), static_cast<uint32_t>(i >> 32), step_, place_},
                {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
}

uint32_t Rng::bits(uint64_t index) const { return block(index / 4)[index % 4]; }

float Rng::normal(uint64_t index) const {
  const std::array<uint32_t, 4> b = block(index / 2);
  const size_t pair = (index % 2) * 2;
  const float radius = std::sqrt(-2.0f * std::log(1.0f - unit(b[pair])));
  return radius * std::cos(2.0f * std::numbers::pi_v<float> * unit(b[pair + 1]));
}

void Rng::fill_uniform(std::span<float> out, float low, float high) const {
  parallel_ranges(static_cast<int64_t>(out.size()), kGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i += 4) {  // kGrain is a multiple of 4: ranges start on blocks
      const std::array<uint32_t, 4> b = block(static_cast<uint64_t>(i) / 4);
      for (int64_t j = i; j < std::min(end, i + 4); ++j) {
        out[static_cast<size_t>(j)] = low + (high - low) * unit(b[static_cast<size_t>(j - i)]);
      }
    }
  });
}

void Rng::fill_normal(std::span<float> out, float mean, float std) const {
  parallel_ranges(static_cast<int64_t>(out.size()), kGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      out[static_cast<size_t>(i)] = mean + std * normal(static_cast<uint64_t>(i));
    }
  });
}

}  // namespace ax
