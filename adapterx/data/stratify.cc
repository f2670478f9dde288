#include "adapterx/data/stratify.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/base/rng.h"

namespace ax {
namespace {

// Each class's share of `count`, by largest remainders.
std::vector<int64_t> apportion(const std::vector<int64_t>& sizes, int64_t count) {
  const int64_t total = std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
  std::vector<int64_t> shares;
  std::vector<std::pair<int64_t, size_t>> remainders;  // negative, so that the largest sorts first
  int64_t left = count;
  for (size_t c = 0; c < sizes.size(); ++c) {
    const int64_t product = sizes[c] * count;
    shares.push_back(total > 0 ? product / total : 0);
    remainders.emplace_back(total > 0 ? -(product % total) : 0, c);
    left -= shares.back();
  }
  std::ranges::sort(remainders);
  for (size_t i = 0; left > 0; ++i, --left) ++shares[remainders[i].second];
  return shares;
}

}  // namespace

std::vector<int64_t> shuffled(int64_t size, uint64_t seed, uint32_t step, std::string_view what) {
  const Rng rng(seed, step, place_of(what));
  std::vector<std::pair<uint64_t, int64_t>> keys;
  keys.reserve(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) {
    const auto block = rng.block(static_cast<uint64_t>(i));
    keys.emplace_back(uint64_t{block[0]} << 32 | block[1], i);
  }
  std::ranges::sort(keys);
  std::vector<int64_t> order;
  order.reserve(keys.size());
  for (const auto& [key, i] : keys) order.push_back(i);
  return order;
}

std::vector<int64_t> stratified_draw(std::span<const int32_t> labels, int64_t classes, int64_t count,
                                     uint64_t seed, std::string_view what) {
  const auto size = static_cast<int64_t>(labels.size());
  if (count < 0 || count > size) fail("{}: expected to draw 0 to {} images, got {}", what, size, count);
  std::vector<int64_t> sizes(static_cast<size_t>(classes), 0);
  for (const int32_t label : labels) ++sizes[static_cast<size_t>(label)];
  std::vector<int64_t> wanted = apportion(sizes, count), drawn;
  for (const int64_t i : shuffled(size, seed, 0, what)) {
    if (wanted[static_cast<size_t>(labels[static_cast<size_t>(i)])]-- > 0) drawn.push_back(i);
  }
  std::ranges::sort(drawn);
  return drawn;
}

}  // namespace ax
