// The names of the classes of a file's head, where the file is one of ours: metadata kClassesKey.
#pragma once

#include <string>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

// In the order of the logits; empty where the file says none. Throws Error naming file and key on JSON of
// another form.
std::vector<std::string> stored_classes(const TensorFile& file);

}  // namespace ax
