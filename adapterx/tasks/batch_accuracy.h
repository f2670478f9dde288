// How many of a batch are classified right.
#pragma once

#include <cstdint>
#include <span>

#include "adapterx/base/tensor.h"
#include "adapterx/data/loader.h"

namespace ax {

// Samples whose class (of mixed targets: the likeliest) has the largest logit of its head. `logits`:
// [batch, classes]; `heads`: classes of each, one after the other, empty for a single one. Of several heads
// that are told of a sample it is the first.
int64_t count_correct(const Tensor& logits, const Loader::Batch& batch, std::span<const int64_t> heads);

}  // namespace ax
