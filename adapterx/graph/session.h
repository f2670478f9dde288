// Session: a compiled graph in memory. A step runs a fixed list of kernels over one arena; it allocates
// nothing.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/base/tensor.h"
#include "adapterx/graph/op.h"

namespace ax {

// One kernel of the list, in order of execution.
struct Step {
  std::string op, scope;
  bool backward = false;
  bool trained_gradient = false;  // writes the gradient of a trained parameter
  double flops = 0;               // useful matrix work
  double seconds = 0;             // total since profiling was switched on
  std::vector<Tensor> zeroed;     // outputs that the kernel adds to
  Kernel kernel;
};

struct SessionMemory {
  size_t arena_bytes = 0;
  size_t peak_live_bytes = 0;  // lower bound of the arena
  size_t scratch_bytes = 0;
};

// The product of a step's linear layer, for measuring what the GEMM library reaches on the same shapes.
struct StepGemm {
  int64_t m = 0, n = 0, k = 0;
  bool transpose_weight = true;
  DType dtype = DType::f32;
};

class TrainedParameters;

class Session {
 public:
  // Memory of an input, to be filled before run(), and of an output, to be read after it. Error on an unknown
  // name.
  Tensor input(std::string_view name) const;
  Tensor output(std::string_view name) const;

  // Runs every kernel once. Gradients are added to those there are: zero them before (TrainedParameters).
  // The seed and step key the random draws. Runs with the thread count in force when the session was
  // compiled.
  void run(uint64_t seed = 0, uint32_t step = 0, float loss_scale = 1);

  const std::vector<Step>& steps() const { return steps_; }
  void set_profiling(bool on);
  double flops() const;  // useful matrix work of one run
  const SessionMemory& memory() const { return memory_; }
  const std::vector<StepGemm>& gemms() const { return gemms_; }

 private:
  friend class Compiler;
  std::vector<Step> steps_;
  std::vector<StepGemm> gemms_;
  std::map<std::string, Tensor, std::less<>> inputs_, outputs_;
  std::vector<Buffer> buffers_;  // inputs, arena
  Buffer scratch_;
  std::shared_ptr<FrozenWeights> frozen_;  // kernels point into these two
  std::shared_ptr<TrainedParameters> trained_;
  SessionMemory memory_;
  bool profiling_ = false;
  int threads_ = 1;
};

}  // namespace ax
