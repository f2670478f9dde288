#include <stdexcept>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/hdf5.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::h5(Bytes bytes) {
  try {
    const Hdf5File file = Hdf5File::read(FileBytes::borrow("fuzz", bytes));
    for (const std::string& name : file.names()) {
      try {
        Shape shape;
        const std::vector<float> values = file.read_floats(name, shape);
        if (static_cast<int64_t>(values.size()) != shape.size())
          throw std::logic_error("shape and values disagree");
      } catch (const Error&) {
      }
      try {
        file.read_ints(name);
      } catch (const Error&) {
      }
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
