#include "adapterx/kernels/matrix/gemm.h"

#include <algorithm>
#include <cassert>

#include "adapterx/kernels/elementwise/elementwise.h"
#include "adapterx/kernels/matrix/onednn.h"
#include "adapterx/kernels/scratch_layout.h"

namespace ax::kernels {
namespace {

std::string text_of(const GemmShape& s) {
  return fmt::format("GEMM m={} n={} k={} x {} y {}, weight [{}]", s.m, s.n, s.k, to_string(s.x),
                     to_string(s.y), s.transpose_weight ? "n, k" : "k, n");
}

void convert(const void* from, DType from_type, void* to, DType to_type, int64_t n) {
  scale({const_cast<void*>(from), from_type, {n}}, 1, {to, to_type, {n}});
}

onednn::MatmulDesc matmul_of(const GemmShape& s, const GemmEpilogue& e, DType x, DType y) {
  using onednn::Tag;
  return {.src = onednn::matrix(s.m, s.k, x, Tag::ab),
          .weights = onednn::matrix(s.k, s.n, x, Tag::any),
          .dst = onednn::matrix(s.m, s.n, y, Tag::ab),
          .bias = e.bias,
          .act = e.act,
          .scale = e.scale,
          .accumulate = e.accumulate};
}

}  // namespace

// A linear epilogue's scale, where a sum follows, is taken into weight and bias: before AVX-512 oneDNN has no
// fast kernel for a scale and a sum after it.
bool folds_scale(const GemmEpilogue& e) { return e.act == Activation::none && e.accumulate && e.scale != 1; }

GemmEpilogue without_scale(GemmEpilogue e) {
  e.scale = 1;
  return e;
}

// Where oneDNN lacks the types (bf16 before AVX-512, y bf16 from x f32), the product is of f32 and x or y
// pass through f32 copies in the scratch.
struct Gemm::Impl {
  Impl(const GemmShape& s, const GemmEpilogue& e)
      : shape(s),
        epilogue(folds_scale(e) ? without_scale(e) : e),
        folded_scale(folds_scale(e) ? e.scale : 1) {
    onednn::translated([&] { return text_of(s); }, [&] { prepare(); });
  }

  void prepare() {
    auto desc = onednn::fast_matmul_desc(matmul_of(shape, epilogue, shape.x, shape.y));
    if (!desc) {
      stage_x = shape.x != DType::f32;
      stage_y = shape.y != DType::f32;
      desc = onednn::matmul_desc(matmul_of(shape, epilogue, DType::f32, DType::f32));
    }
    key = onednn::layout_text(*desc) + (shape.transpose_weight ? ", from [n, k]" : ", from [k, n]");
    if (folded_scale != 1) key += fmt::format(", times {}", folded_scale);
    product = onednn::matmul_call(*desc, epilogue.bias);
    packed_bytes = desc->weights_desc().get_size();

    const auto stored = shape.transpose_weight ? onednn::Tag::ba : onednn::Tag::ab;
    const auto source = onednn::matrix(shape.k, shape.n, DType::f32, stored);
    const auto reorder = onednn::reorder_desc(source, desc->weights_desc());
    packing = onednn::Call(dnnl::reorder(reorder));
    packing.add(DNNL_ARG_FROM, source);
    packing.add(DNNL_ARG_TO, desc->weights_desc());
    packing.add(DNNL_ARG_SCRATCHPAD, reorder.scratchpad_desc());

    // Offset 0 is the scratchpad of the product or of the packing: they never run together.
    layout.add(std::max(desc->scratchpad_desc().get_size(), reorder.scratchpad_desc().get_size()));
    if (stage_x) x_offset = layout.add(static_cast<size_t>(shape.m * shape.k) * sizeof(float));
    if (stage_y) y_offset = layout.add(static_cast<size_t>(shape.m * shape.n) * sizeof(float));
    if (folded_scale != 1) {
      w_offset = layout.add(static_cast<size_t>(shape.n * shape.k) * sizeof(float));
      bias_offset = layout.add(static_cast<size_t>(shape.n) * sizeof(float));
    }
  }

  void pack(const float* w, void* packed, void* scratch) {
    if (folded_scale != 1) w = scaled(w, shape.n * shape.k, at(scratch, w_offset));
    packing.run(static_cast<const void*>(w), packed, scratch);
  }

  const float* scaled(const float* from, int64_t n, void* to) const {
    scale({const_cast<float*>(from), DType::f32, {n}}, folded_scale, {to, DType::f32, {n}});
    return static_cast<const float*>(to);
  }

  void run(const void* x, const void* w, const float* bias, void* y, void* scratch) {
    const int64_t x_size = shape.m * shape.k, y_size = shape.m * shape.n;
    const void* src = stage_x ? at(scratch, x_offset) : x;
    void* dst = stage_y ? at(scratch, y_offset) : y;
    if (stage_x) convert(x, shape.x, at(scratch, x_offset), DType::f32, x_size);
    if (stage_y && epilogue.accumulate) convert(y, shape.y, dst, DType::f32, y_size);
    if (epilogue.bias && folded_scale != 1) bias = scaled(bias, shape.n, at(scratch, bias_offset));
    if (epilogue.bias) {
      product.run(src, w, static_cast<const void*>(bias), dst, scratch);
    } else {
      product.run(src, w, dst, scratch);
    }
    if (stage_y) convert(dst, DType::f32, y, shape.y, y_size);
  }

  GemmShape shape;
  GemmEpilogue epilogue;
  float folded_scale;
  bool stage_x = false, stage_y = false;
  std::string key;
  onednn::Call product, packing;
  size_t packed_bytes = 0;
  ScratchLayout layout;
  size_t x_offset = 0, y_offset = 0, w_offset = 0, bias_offset = 0;
};

Gemm::Gemm(const GemmShape& shape, const GemmEpilogue& epilogue)
    : impl_(std::make_unique<Impl>(shape, epilogue)) {}
Gemm::~Gemm() = default;
Gemm::Gemm(Gemm&&) noexcept = default;
Gemm& Gemm::operator=(Gemm&&) noexcept = default;

std::string Gemm::layout_key() const { return impl_->key; }

size_t Gemm::packed_bytes() const { return impl_->packed_bytes; }

void Gemm::pack(const float* w, void* packed, void* scratch) const {
  onednn::translated([&] { return "packing for " + text_of(impl_->shape); },
                     [&] { impl_->pack(w, packed, scratch); });
}

void Gemm::run(const void* x, const void* packed, const float* bias, void* y, void* scratch) const {
  assert(!impl_->epilogue.bias || bias != nullptr);
  onednn::translated([&] { return text_of(impl_->shape); }, [&] { impl_->run(x, packed, bias, y, scratch); });
}

size_t Gemm::scratch_bytes() const { return impl_->layout.size(); }

}  // namespace ax::kernels
