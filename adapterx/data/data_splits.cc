#include "adapterx/data/data_splits.h"

namespace ax {

std::string_view to_string(Split split) {
  return split == Split::train ? "train" : split == Split::val ? "val" : "test";
}

}  // namespace ax
