// Counter-based random numbers: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011). A number is a pure function of (seed, step, place, index): no state, so threads,
// restarts and skipped steps can't change a draw.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace ax {

// Philox 4x32-10 of one counter block.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// Hash of a name to a place (FNV-1a, 32 bits): streams are keyed by what they are for.
uint32_t place_of(std::string_view name);

// One stream of draws, numbered by index. Counter = {index / 4 low, index / 4 high, step, place}, key = seed.
class Rng {
 public:
  Rng(uint64_t seed, uint32_t step, uint32_t place) : seed_(seed), step_(step), place_(place) {}

  uint32_t bits(uint64_t index) const;
  std::array<uint32_t, 4> block(uint64_t block_index) const;         // draws 4*block_index .. +3
  float uniform(uint64_t index) const { return unit(bits(index)); }  // [0, 1), 24 bits
  float normal(uint64_t index) const;  // Box-Muller on the draws 2*index and 2*index + 1
  void fill_uniform(std::span<float> out, float low, float high) const;
  void fill_normal(std::span<float> out, float mean, float std) const;

  uint64_t seed() const { return seed_; }
  uint32_t step() const { return step_; }
  uint32_t place() const { return place_; }

  static float unit(uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }

 private:
  uint64_t seed_;
  uint32_t step_;
  uint32_t place_;
};

}  // namespace ax
