#include "adapterx/base/error.h"
#include "adapterx/io/tensors/npy.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::npz(Bytes bytes) {
  const FileBytes file = FileBytes::borrow("fuzz", bytes);
  try {
    use(!bytes.empty() && bytes[0] == std::byte{0x93} ? read_npy(file) : read_npz(file));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
