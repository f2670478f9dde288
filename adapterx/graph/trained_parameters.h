// TrainedParameters: what a step changes. All values lie in one contiguous f32 span, all gradients in another
// of the same layout: one optimiser pass, one all-reduce, one checkpoint. Shared by a training and an
// evaluation session.
//
// They are the parameters that the graph declares as trained (ParameterUse). Its buffers (Graph::buffer) are
// always among them, after all that is optimised: they are saved with
// the values, but have no gradient, and the span of gradients ends before them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/base/tensor.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/graph/graph.h"

namespace ax {

class TrainedParameters {
 public:
  struct Entry {
    std::string name;
    Shape shape;
    size_t offset =
        0;  // into the spans, a multiple of 16 floats (a cache line); the gap after an entry stays 0
    Init init;
    bool buffer = false;
    std::string part;       // as declared; of buffers without meaning
    bool decays = true;     // as declared
    bool relative = false;  // as declared
    size_t size() const { return static_cast<size_t>(shape.size()); }
  };

  explicit TrainedParameters(const Graph& graph);

  // Error unless this graph trains just the entries there are, and its buffers are these.
  void expect_same(const Graph& graph) const;

  // Values from the checkpoint where it holds them, else by each parameter's Init.
  void initialise(const WeightSource& source, uint64_t seed);

  std::span<const Entry> entries() const { return entries_; }                       // buffers last
  std::span<const Entry> optimised() const { return entries().first(optimised_); }  // without buffers
  const Entry* find(std::string_view name) const;  // null where it is neither trained nor a buffer
  int64_t count() const;                           // numbers optimised, without gaps
  std::span<float> values() { return {values_.as<float>(), floats_}; }
  std::span<float> gradients() { return {gradients_.as<float>(), gradients_.size() / sizeof(float)}; }
  Tensor value(const Entry& e) const { return {values_.as<float>() + e.offset, DType::f32, e.shape}; }
  // Absent for a buffer.
  Tensor gradient(const Entry& e) const {
    return {e.buffer ? nullptr : gradients_.as<float>() + e.offset, DType::f32, e.shape};
  }
  void zero_gradients();

 private:
  void append(const ValueInfo& parameter);

  std::vector<Entry> entries_;
  size_t optimised_ = 0;  // entries
  size_t floats_ = 0;
  Buffer values_, gradients_;
};

}  // namespace ax
