#include "adapterx/base/error.h"
#include "adapterx/io/tensors/torch.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::torch(Bytes bytes) {
  try {
    use(read_torch(FileBytes::borrow("fuzz", bytes)));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
