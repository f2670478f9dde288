// Targets: what a task is told of each sample of a batch beside its label, as a row of numbers: weights of
// classes, a mask, boxes. Loader asks for a row once the sample is drawn, and says where it came to lie.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "adapterx/data/dataset.h"
#include "adapterx/data/placement.h"

namespace ax {

// All functions may be called by any thread, at the same time.
class Targets {
 public:
  virtual ~Targets() = default;
  virtual int64_t size() const = 0;  // of a row
  // row: [size()], zeros; of sample `i` of the data set. Throws Error naming the sample.
  virtual void write(int64_t i, const Placement& placement, std::span<float> row) const = 0;
};
using TargetsPtr = std::shared_ptr<const Targets>;

// Weights of classes, rows of sum 1 (Dataset::add_targets), which is what mixing of samples needs. They lie
// nowhere: no placement changes them.
TargetsPtr class_targets(std::shared_ptr<const Dataset> dataset, int64_t classes);

}  // namespace ax
