#include "adapterx/base/error.h"
#include "adapterx/io/tensors/numpy_pickle.h"
#include "fuzz/targets.h"

namespace ax {
namespace {

void use_value(const PickledValue& value) {
  fuzz::use(std::as_bytes(std::span(value.text)));
  if (value.array != nullptr) fuzz::use("array", *value.array);
  for (const PickledValue& item : value.items) use_value(item);
}

}  // namespace

bool fuzz::numpy_pickle(Bytes bytes) {
  try {
    use_value(read_numpy_pickle(FileBytes::borrow("fuzz", bytes)).root);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
