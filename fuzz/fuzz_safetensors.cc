#include "adapterx/base/error.h"
#include "adapterx/io/tensors/safetensors.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::safetensors(Bytes bytes) {
  try {
    use(read_safetensors(FileBytes::borrow("fuzz", bytes)));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
