#include "adapterx/kernels/row.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/row.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

void scale_vectors(Row from, float alpha, Row to, int64_t count) {
  for_vectors(count,
              [=](int64_t i, auto n) HWY_ATTR { store(hn::Mul(load(from, i, n), set(alpha)), to, i, n); });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(scale_vectors);
}

void scale_row(Row from, float alpha, Row to, int64_t n) {
  if (alpha == 1 && from.dtype == to.dtype) {
    std::memmove(to.data, from.data, static_cast<size_t>(n) * size_of(to.dtype));
  } else {
    HWY_DYNAMIC_DISPATCH(scale_vectors)(from, alpha, to, n);
  }
}

}  // namespace ax::kernels
#endif
