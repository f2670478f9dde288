// Draws that keep the classes' shares.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ax {

// `count` of the positions of `labels` (all in [0, classes)), sorted: of each class its share of count, by
// largest remainders (ties: the lower class), drawn by seed and `what` the draw is for. Throws Error where
// count is not in [0, labels.size()].
std::vector<int64_t> stratified_draw(std::span<const int32_t> labels, int64_t classes, int64_t count,
                                     uint64_t seed, std::string_view what);

// Positions [0, size) in an order of (seed, step, what) alone.
std::vector<int64_t> shuffled(int64_t size, uint64_t seed, uint32_t step, std::string_view what);

}  // namespace ax
