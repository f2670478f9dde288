// Squared distances of vectors of points. Per-target: include after foreach_target.h. Files that include this
// are compiled without contraction to fused multiply-adds: every target then gives the same bits.
#if defined(ADAPTERX_KERNELS_POINT_DISTANCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ADAPTERX_KERNELS_POINT_DISTANCE_INL_H_
#undef ADAPTERX_KERNELS_POINT_DISTANCE_INL_H_
#else
#define ADAPTERX_KERNELS_POINT_DISTANCE_INL_H_
#endif

#include "adapterx/kernels/points/point_columns.h"
#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// Of points i, i + 1 ... to the point that (x, y, z) have in all lanes: twin::squared_distance, bit for bit.
HWY_INLINE V squared_distance(const PointColumns& p, int64_t i, V x, V y, V z) {
  const V dx = hn::Sub(hn::LoadU(F32(), p.x + i), x);
  const V dy = hn::Sub(hn::LoadU(F32(), p.y + i), y);
  const V dz = hn::Sub(hn::LoadU(F32(), p.z + i), z);
  return hn::Add(hn::Add(hn::Mul(dx, dx), hn::Mul(dy, dy)), hn::Mul(dz, dz));
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
