// Numbers, texts and the like of a pickle, as text.
#pragma once

#include <optional>
#include <string>

#include "adapterx/io/tensors/pickle.h"

namespace ax::torch {

constexpr size_t kMaxText = 1000;  // bytes; a longer text is cut, and ends with a note of its length

// None, True, 3, 0.001, text; also of torch.float32, torch.device("cuda", 0) ("cuda:0"), a pathlib path and a
// number of NumPy. Nothing where the value is another.
std::optional<std::string> scalar_text(const pickle::Document& document, pickle::Ref ref);

}  // namespace ax::torch
