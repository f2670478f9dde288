// The simplest head: one linear layer of the features. What it starts from can be fitted to features alone
// (train/head_start.h).
#pragma once

#include <optional>
#include <string>

#include "adapterx/graph/graph.h"

namespace ax {

// Names of its parameters: weight [classes, d_f], bias [classes].
struct LinearHead {
  std::string weight, bias;
};

// Absent where `logits` are anything but such a layer's output of `features`, with parameters trained.
std::optional<LinearHead> linear_head(Value logits, Value features);

}  // namespace ax
