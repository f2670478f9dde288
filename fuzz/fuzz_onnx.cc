#include "adapterx/base/error.h"
#include "adapterx/io/tensors/onnx_file.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::onnx(Bytes bytes) {
  try {
    use(read_onnx(FileBytes::borrow("fuzz", bytes)));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
