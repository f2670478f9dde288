#include "fuzz/mutate.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

namespace ax {
namespace {

using Data = std::vector<std::byte>;

constexpr std::array<uint64_t, 14> kSpecial = {0,
                                               1,
                                               2,
                                               0x7f,
                                               0x80,
                                               0xff,
                                               0x7fff,
                                               0xffff,
                                               0x7fffffff,
                                               0x80000000,
                                               0xffffffff,
                                               uint64_t{1} << 32,
                                               ~uint64_t{0} >> 1,
                                               ~uint64_t{0}};

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  void change(Data& data) {
    const size_t at = below(data.size());
    const size_t length = std::min(data.size() - at, 1 + below(below(2) ? 4 : 64));
    const auto begin = data.begin() + static_cast<ptrdiff_t>(at),
               end = begin + static_cast<ptrdiff_t>(length);
    switch (below(6)) {
      case 0:
        data[at] ^= static_cast<std::byte>(1u << below(8));
        return;
      case 1:
        data[at] = static_cast<std::byte>(below(256));
        return;
      case 2: {
        const uint64_t value = kSpecial[below(kSpecial.size())] - below(2);
        std::memcpy(&data[at], &value, std::min(data.size() - at, size_t{1} << below(4)));
        return;
      }
      case 3:
        data.erase(begin, end);
        return;
      case 4: {
        const Data copy(begin, end);
        data.insert(data.begin() + static_cast<ptrdiff_t>(below(data.size() + 1)), copy.begin(), copy.end());
        return;
      }
      default:
        std::rotate(begin, begin + static_cast<ptrdiff_t>(below(length)), end);
    }
  }

  size_t below(size_t n) { return static_cast<size_t>(random_() % n); }

 private:
  std::mt19937_64 random_;
};

}  // namespace

std::vector<std::byte> fuzz::mutated(const Data& bytes, uint64_t seed) {
  Data data = bytes;
  Mutator mutator(seed);
  for (size_t changes = 1 + mutator.below(4); changes > 0 && !data.empty(); --changes) mutator.change(data);
  return data;
}

std::vector<size_t> fuzz::truncations(size_t size) {
  constexpr size_t kEnds = 500, kBetween = 1000;
  std::vector<size_t> sizes;
  for (size_t n = 0; n < size; n += n < kEnds || size - n <= kEnds ? 1 : 1 + size / kBetween)
    sizes.push_back(n);
  return sizes;
}

}  // namespace ax
