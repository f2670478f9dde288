// oneDNN behind one door: engine, types, errors, what differs between its versions 2 and 3, and a matrix
// product with everything prepared. Private to gemm.cc and weight_grad_gemm.cc.
#pragma once

#include <array>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <string>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/base/foreign_allocations.h"
#include "adapterx/base/tensor.h"
#include "adapterx/kernels/elementwise/activation.h"

namespace ax::kernels::onednn {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

dnnl::engine& engine();
dnnl::stream& stream();
dnnl::memory::data_type type_of(DType t);
Desc matrix(int64_t rows, int64_t columns, DType t, Tag tag);

// Calls body(); a dnnl error in it becomes an ax::Error that begins with describe(), a text made on failure
// only.
template <class Describe, class Body>
decltype(auto) translated(const Describe& describe, const Body& body) {
  try {
    return body();
  } catch (const dnnl::error& e) {
    fail("{}: oneDNN: {} (status {})", describe(), e.what(), static_cast<int>(e.status));
  }
}

// Reorder with the caller's scratch as its scratchpad.
dnnl::reorder::primitive_desc reorder_desc(const Desc& from, const Desc& to);

// dst = [scale *] act(src * weights + bias) [+ dst]. Throws dnnl::error where oneDNN can't do it.
struct MatmulDesc {
  Desc src, weights, dst;
  bool bias = false;  // f32
  Activation act = Activation::none;
  float scale = 1;
  bool accumulate = false;
};
dnnl::matmul::primitive_desc matmul_desc(const MatmulDesc& d);
// The same, or nothing where this processor has no fast kernel for these types (bf16 on AVX2).
std::optional<dnnl::matmul::primitive_desc> fast_matmul_desc(const MatmulDesc& d);

// Sizes, type and blocking of the weights; equal texts mean equal byte layouts.
std::string layout_text(const dnnl::matmul::primitive_desc& desc);

// A primitive with its arguments' memory objects; run() sets their addresses and executes.
class Call {
 public:
  static constexpr size_t kMaxArguments = 5;

  Call() = default;
  explicit Call(dnnl::primitive primitive) : primitive_(std::move(primitive)) {}
  // Argument `id` (DNNL_ARG_...) has layout `desc`; addresses are passed to run in the order of add.
  void add(int id, const Desc& desc);

  template <class... Pointers>
  void run(Pointers... addresses) {
    const std::array<const void*, sizeof...(Pointers)> list{addresses...};
    run(list.data(), list.size());
  }

 private:
  void run(const void* const* addresses, size_t count);

  dnnl::primitive primitive_;
  std::array<dnnl::memory, kMaxArguments> memory_;
  std::array<dnnl_exec_arg_t, kMaxArguments> arguments_{};
  size_t count_ = 0;
};

// The matmul as a Call with the arguments src, weights, [bias,] dst, scratchpad.
Call matmul_call(const dnnl::matmul::primitive_desc& desc, bool bias);

}  // namespace ax::kernels::onednn
