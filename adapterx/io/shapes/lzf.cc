#include "adapterx/io/shapes/lzf.h"

#include <cstring>

namespace ax {

bool unpack_lzf(std::span<const std::byte> in, std::span<std::byte> out) {
  size_t from = 0, to = 0;
  while (from < in.size()) {
    const auto control = static_cast<size_t>(in[from++]);
    if (control < 32) {
      const size_t size = control + 1;
      if (size > in.size() - from || size > out.size() - to) return false;
      std::memcpy(out.data() + to, in.data() + from, size);
      from += size, to += size;
      continue;
    }
    size_t size = control / 32 + 2;
    if (size == 9) {
      if (from == in.size()) return false;
      size += static_cast<size_t>(in[from++]);
    }
    if (from == in.size()) return false;
    const size_t back = control % 32 * 256 + static_cast<size_t>(in[from++]) + 1;
    if (back > to || size > out.size() - to) return false;
    for (size_t i = 0; i < size; ++i, ++to) out[to] = out[to - back];
  }
  return to == out.size();
}

}  // namespace ax
