// exp, sigmoid and the normal distribution on vectors of f32. Per-target: include after foreach_target.h.
#if defined(ADAPTERX_KERNELS_VECTOR_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ADAPTERX_KERNELS_VECTOR_MATH_INL_H_
#undef ADAPTERX_KERNELS_VECTOR_MATH_INL_H_
#else
#define ADAPTERX_KERNELS_VECTOR_MATH_INL_H_
#endif

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// x clamped to [low, high]; NaN may become either.
HWY_INLINE V clamp(V x, float low, float high) { return hn::Min(hn::Max(x, set(low)), set(high)); }

// e^x to 2 ulp, for x in [-87.3, 88.3]; beyond, the value at the near end. NaN stays NaN.
// x = k ln 2 + r with |r| <= ln 2 / 2, e^x = 2^k e^r; ln 2 is taken in two parts so that r is exact, and e^r
// is the polynomial of Cephes' expf.
HWY_INLINE V exp(V x) {
  const F32 df;
  const hn::RebindToSigned<F32> di;
  const V bounded = clamp(x, -87.3f, 88.3f);
  const auto k = hn::NearestInt(hn::Mul(bounded, set(1.44269504f)));
  const V kf = hn::ConvertTo(df, k);
  V r = hn::NegMulAdd(kf, set(0.693359375f), bounded);
  r = hn::NegMulAdd(kf, set(-2.12194440e-4f), r);
  V p = set(1.9875691500e-4f);
  p = hn::MulAdd(p, r, set(1.3981999507e-3f));
  p = hn::MulAdd(p, r, set(8.3334519073e-3f));
  p = hn::MulAdd(p, r, set(4.1665795894e-2f));
  p = hn::MulAdd(p, r, set(1.6666665459e-1f));
  p = hn::MulAdd(p, r, set(5.0000001201e-1f));
  p = hn::Add(hn::MulAdd(hn::Mul(r, r), p, r), set(1.0f));
  const V power = hn::BitCast(df, hn::ShiftLeft<23>(hn::Add(k, hn::Set(di, 127))));
  return hn::IfThenElse(hn::IsNaN(x), x, hn::Mul(p, power));
}

HWY_INLINE V sigmoid(V x) { return hn::Div(set(1.0f), hn::Add(set(1.0f), exp(hn::Neg(x)))); }

// erf(x): odd rational minimax approximation x P(x^2) / Q(x^2) on [-4, 4], as in Eigen and XLA; beyond, erf
// rounds to +-1. Absolute error below 3e-7.
HWY_INLINE V erf(V x) {
  const V t = clamp(x, -4.0f, 4.0f);
  const V t2 = hn::Mul(t, t);
  V p = set(-2.72614225801306e-10f);
  p = hn::MulAdd(p, t2, set(2.77068142495902e-08f));
  p = hn::MulAdd(p, t2, set(-2.10102402082508e-06f));
  p = hn::MulAdd(p, t2, set(-5.69250639462346e-05f));
  p = hn::MulAdd(p, t2, set(-7.34990630326855e-04f));
  p = hn::MulAdd(p, t2, set(-2.95459980854025e-03f));
  p = hn::MulAdd(p, t2, set(-1.60960333262415e-02f));
  V q = set(-1.45660718464996e-05f);
  q = hn::MulAdd(q, t2, set(-2.13374055278905e-04f));
  q = hn::MulAdd(q, t2, set(-1.68282697438203e-03f));
  q = hn::MulAdd(q, t2, set(-7.37332916720468e-03f));
  q = hn::MulAdd(q, t2, set(-1.42647390514189e-02f));
  return clamp(hn::Div(hn::Mul(t, p), q), -1.0f, 1.0f);
}

// Standard normal distribution: Phi(x) and its density.
HWY_INLINE V normal_cdf(V x) { return hn::MulAdd(set(0.5f), erf(hn::Mul(x, set(0.707106781f))), set(0.5f)); }
HWY_INLINE V normal_pdf(V x) { return hn::Mul(set(0.398942280f), exp(hn::Mul(hn::Mul(x, x), set(-0.5f)))); }

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
