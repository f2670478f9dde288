#include "adapterx/kernels/elementwise/elementwise.h"
#include "adapterx/kernels/matrix/gemm.h"
#include "adapterx/kernels/matrix/onednn.h"
#include "adapterx/kernels/scratch_layout.h"

namespace ax::kernels {
namespace {

std::string text_of(int64_t m, int64_t n, int64_t k, DType t) {
  return fmt::format("weight gradient m={} n={} k={} {}", m, n, k, to_string(t));
}

void widen(const void* from, DType t, void* to, int64_t n) {
  scale({const_cast<void*>(from), t, {n}}, 1, {to, DType::f32, {n}});
}

// dy is read in place as the transposed left factor (tag ba); the sum into dw is the product's own epilogue.
onednn::MatmulDesc product_of(int64_t m, int64_t n, int64_t k, DType t) {
  using onednn::Tag;
  return {.src = onednn::matrix(n, m, t, Tag::ba),
          .weights = onednn::matrix(m, k, t, Tag::ab),
          .dst = onednn::matrix(n, k, DType::f32, Tag::ab),
          .accumulate = true};
}

}  // namespace

struct WeightGradGemm::Impl {
  Impl(int64_t m_, int64_t n_, int64_t k_, DType t) : m(m_), n(n_), k(k_), type(t) {
    onednn::translated([&] { return text_of(m, n, k, type); }, [&] { prepare(); });
  }

  void prepare() {
    auto desc = onednn::fast_matmul_desc(product_of(m, n, k, type));
    staged = !desc && type != DType::f32;
    if (!desc) desc = onednn::matmul_desc(product_of(m, n, k, DType::f32));
    product = onednn::matmul_call(*desc, false);
    layout.add(desc->scratchpad_desc().get_size());
    if (!staged) return;
    dy_offset = layout.add(static_cast<size_t>(m * n) * sizeof(float));
    x_offset = layout.add(static_cast<size_t>(m * k) * sizeof(float));
  }

  void run(const void* dy, const void* x, float* dw, void* scratch) {
    if (staged) {
      widen(dy, type, at(scratch, dy_offset), m * n);
      widen(x, type, at(scratch, x_offset), m * k);
      dy = at(scratch, dy_offset);
      x = at(scratch, x_offset);
    }
    product.run(dy, x, static_cast<void*>(dw), scratch);
  }

  int64_t m, n, k;
  DType type;
  bool staged = false;
  onednn::Call product;
  ScratchLayout layout;
  size_t dy_offset = 0, x_offset = 0;
};

WeightGradGemm::WeightGradGemm(int64_t m, int64_t n, int64_t k, DType x)
    : impl_(std::make_unique<Impl>(m, n, k, x)) {}
WeightGradGemm::~WeightGradGemm() = default;
WeightGradGemm::WeightGradGemm(WeightGradGemm&&) noexcept = default;
WeightGradGemm& WeightGradGemm::operator=(WeightGradGemm&&) noexcept = default;

void WeightGradGemm::run(const void* dy, const void* x, float* dw, void* scratch) const {
  onednn::translated([&] { return text_of(impl_->m, impl_->n, impl_->k, impl_->type); },
                     [&] { impl_->run(dy, x, dw, scratch); });
}

size_t WeightGradGemm::scratch_bytes() const { return impl_->layout.size(); }

}  // namespace ax::kernels
