#include "adapterx/base/buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "adapterx/base/error.h"

namespace ax {
namespace {
constexpr size_t kLine = 64;
constexpr size_t kHuge = size_t{2} << 20;
}  // namespace

Buffer::Buffer(size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  const size_t alignment = bytes >= 4 * kHuge ? kHuge : kLine;
  const size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* p = std::aligned_alloc(alignment, rounded);
  if (p == nullptr) fail("out of memory: {} MB asked for", bytes >> 20);
#ifdef MADV_HUGEPAGE
  if (alignment == kHuge) madvise(p, rounded, MADV_HUGEPAGE);  // a hint: failure changes nothing
#endif
  std::memset(p, 0, rounded);
  data_.reset(static_cast<std::byte*>(p));
}

void Buffer::Free::operator()(std::byte* p) const { std::free(p); }

}  // namespace ax
