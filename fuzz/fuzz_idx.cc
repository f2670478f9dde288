#include <stdexcept>

#include "adapterx/base/error.h"
#include "adapterx/io/images/idx.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::idx(Bytes bytes) {
  try {
    const IdxArray array = read_idx(FileBytes::borrow("fuzz", bytes));
    size_t count = 1;
    for (const int64_t n : array.shape) count *= static_cast<size_t>(n);
    if (count != array.values.size()) throw std::logic_error("shape and values disagree");
    use(std::as_bytes(array.values));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
