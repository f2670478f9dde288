#include "adapterx/kernels/matrix/onednn.h"

#include <fmt/format.h>

#include <cassert>
#include <span>
#include <string_view>
#include <vector>

namespace ax::kernels::onednn {
namespace {

using dnnl::algorithm;
constexpr float kQuickGelu = 1.702f;

template <class Range>
std::string list_text(const Range& numbers) {
  std::string text;
  for (const auto number : numbers) text.append(std::to_string(number)).append(",");
  return text;
}

// What differs between the versions is here and nowhere else.
#if DNNL_VERSION_MAJOR >= 3
void append_eltwise(dnnl::post_ops& ops, algorithm a, float alpha) { ops.append_eltwise(a, alpha, 0.f); }

dnnl::matmul::primitive_desc make_matmul(const MatmulDesc& d, const Desc& bias,
                                         const dnnl::primitive_attr& attr) {
  if (!d.bias) return {engine(), d.src, d.weights, d.dst, attr};
  return {engine(), d.src, d.weights, bias, d.dst, attr};
}

std::string blocking_text(const Desc& d) {
  return fmt::format("padded {} strides {} blocks {} of {}", list_text(d.get_padded_dims()),
                     list_text(d.get_strides()), list_text(d.get_inner_blks()),
                     list_text(d.get_inner_idxs()));
}

dnnl::memory::dims dims_of(const Desc& d) { return d.get_dims(); }
int type_number(const Desc& d) { return static_cast<int>(d.get_data_type()); }
#else
void append_eltwise(dnnl::post_ops& ops, algorithm a, float alpha) { ops.append_eltwise(1.f, a, alpha, 0.f); }

dnnl::matmul::primitive_desc make_matmul(const MatmulDesc& d, const Desc& bias,
                                         const dnnl::primitive_attr& attr) {
  if (!d.bias) return {dnnl::matmul::desc(d.src, d.weights, d.dst), attr, engine()};
  return {dnnl::matmul::desc(d.src, d.weights, bias, d.dst), attr, engine()};
}

std::string blocking_text(const Desc& desc) {
  const dnnl_memory_desc_t& d = desc.data;
  const dnnl_blocking_desc_t& b = d.format_desc.blocking;
  const auto text = [](const dnnl_dim_t* first, int count) { return list_text(std::span(first, count)); };
  return fmt::format("padded {} strides {} blocks {} of {}", text(d.padded_dims, d.ndims),
                     text(b.strides, d.ndims), text(b.inner_blks, b.inner_nblks),
                     text(b.inner_idxs, b.inner_nblks));
}

dnnl::memory::dims dims_of(const Desc& d) { return d.dims(); }
int type_number(const Desc& d) { return static_cast<int>(d.data_type()); }
#endif

void append_activation(dnnl::post_ops& ops, Activation act) {
  switch (act) {
    case Activation::none:
      return;
    case Activation::relu:
      return append_eltwise(ops, algorithm::eltwise_relu, 0.f);
    case Activation::gelu_erf:
      return append_eltwise(ops, algorithm::eltwise_gelu_erf, 0.f);
    case Activation::gelu_tanh:
      return append_eltwise(ops, algorithm::eltwise_gelu_tanh, 0.f);
    case Activation::quick_gelu:
      return append_eltwise(ops, algorithm::eltwise_swish, kQuickGelu);
  }
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

}  // namespace

dnnl::engine& engine() {
  static dnnl::engine e(dnnl::engine::kind::cpu, 0);
  return e;
}

dnnl::stream& stream() {
  static dnnl::stream s(engine());
  return s;
}

dnnl::memory::data_type type_of(DType t) {
  switch (t) {
    case DType::f32:
      return dnnl::memory::data_type::f32;
    case DType::bf16:
      return dnnl::memory::data_type::bf16;
    case DType::i32:
      return dnnl::memory::data_type::s32;
  }
  return dnnl::memory::data_type::undef;
}

Desc matrix(int64_t rows, int64_t columns, DType t, Tag tag) {
  return Desc({rows, columns}, type_of(t), tag);
}

dnnl::reorder::primitive_desc reorder_desc(const Desc& from, const Desc& to) {
  return dnnl::reorder::primitive_desc(engine(), from, engine(), to, user_scratchpad());
}

dnnl::matmul::primitive_desc matmul_desc(const MatmulDesc& d) {
  dnnl::post_ops ops;
  append_activation(ops, d.act);
  if (d.scale != 1.f) append_eltwise(ops, algorithm::eltwise_linear, d.scale);
  if (d.accumulate) ops.append_sum(1.f);
  dnnl::primitive_attr attr = user_scratchpad();
  attr.set_post_ops(ops);
  const int64_t n = dims_of(d.dst).back();
  return make_matmul(d, matrix(1, n, DType::f32, Tag::ab), attr);
}

std::optional<dnnl::matmul::primitive_desc> fast_matmul_desc(const MatmulDesc& d) {
  try {
    dnnl::matmul::primitive_desc desc = matmul_desc(d);
    if (std::string_view(desc.impl_info_str()).find("ref") == std::string_view::npos) return desc;
  } catch (const dnnl::error& e) {
    if (e.status != dnnl_unimplemented) throw;
  }
  return std::nullopt;
}

std::string layout_text(const dnnl::matmul::primitive_desc& desc) {
  const Desc weights = desc.weights_desc();
  return fmt::format("{} type {} {}", list_text(dims_of(weights)), type_number(weights),
                     blocking_text(weights));
}

void Call::add(int id, const Desc& desc) {
  assert(count_ < kMaxArguments);
  memory_[count_] = dnnl::memory(desc, engine(), nullptr);
  arguments_[count_] = {id, memory_[count_].get()};
  ++count_;
}

void Call::run(const void* const* addresses, size_t count) {
  assert(count == count_);
  const ForeignAllocations scope;  // oneDNN's argument maps
  for (size_t i = 0; i < count; ++i) {
    void* address = const_cast<void*>(addresses[i]);
    if (memory_[i].get_data_handle() != address) memory_[i].set_data_handle(address);
  }
  const dnnl_status_t status =
      dnnl_primitive_execute(primitive_.get(), stream().get(), static_cast<int>(count_), arguments_.data());
  if (status != dnnl_success) throw dnnl::error(status, "could not execute a primitive");
  stream().wait();
}

Call matmul_call(const dnnl::matmul::primitive_desc& desc, bool bias) {
  Call call{dnnl::matmul(desc)};
  call.add(DNNL_ARG_SRC, desc.src_desc());
  call.add(DNNL_ARG_WEIGHTS, desc.weights_desc());
  if (bias) call.add(DNNL_ARG_BIAS, desc.bias_desc());
  call.add(DNNL_ARG_DST, desc.dst_desc());
  call.add(DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc());
  return call;
}

}  // namespace ax::kernels::onednn
