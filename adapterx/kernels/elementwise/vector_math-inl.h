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

// x clamped to [low, high]. NaN stays NaN where max and min return their second operand then (x86), elsewhere
// it may become an end.
HWY_INLINE V clamp(V x, float low, float high) { return hn::Min(set(high), hn::Max(set(low), x)); }

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

// sum of c[i] u^i, even and odd powers apart: two short chains instead of a long one.
template <size_t kTerms>
HWY_INLINE V polynomial(const float (&c)[kTerms], V u) {
  const V u2 = hn::Mul(u, u);
  V last = set(c[kTerms - 1]), other = set(c[kTerms - 2]);
  for (size_t i = kTerms - 2; i-- > 0;) {
    const V next = hn::MulAdd(last, u2, set(c[i]));
    last = other;
    other = next;
  }
  return hn::MulAdd(last, u, other);
}

// 1/2 + t P(t^2 - 18), t = x clamped to [-end, end]: a smooth step from 0 to 1, for ends a little above 5.
// The 18 keeps the terms small, and so their rounding, in the tails.
template <size_t kTerms>
HWY_INLINE V step(const float (&c)[kTerms], float end, V x) {
  const V t = clamp(x, -end, end);
  return hn::MulAdd(t, polynomial(c, hn::MulSub(t, t, set(18.0f))), set(0.5f));
}

// Phi(x), the standard normal distribution. Absolute error below 1.5e-7, by a minimax fit.
HWY_INLINE V normal_cdf(V x) {
  constexpr float c[] = {1.178485304e-01f,  -3.272199305e-03f, 1.359976450e-04f, -6.240006314e-06f,
                         2.964027317e-07f,  -1.404972849e-08f, 6.506137296e-10f, -3.117551356e-11f,
                         1.395395952e-12f,  -2.995734289e-14f, 1.587207288e-15f, -2.492775083e-16f,
                         -3.418943750e-19f, 4.272936646e-19f,  2.440327402e-20f};
  return step(c, 5.3f, x);
}

// (x Phi(x))' = Phi(x) + x Phi'(x). Absolute error below 6e-7, by a minimax fit.
HWY_INLINE V gelu_slope(V x) {
  constexpr float c[] = {1.178977937e-01f, -3.296761541e-03f, 1.421351481e-04f, -7.275443750e-06f,
                         4.261372908e-07f, -2.636298468e-08f, 1.668762240e-09f, -1.193412313e-10f,
                         6.940766972e-12f, -1.498605249e-13f, 8.685632542e-15f, -1.843066613e-15f,
                         4.948880322e-17f, 3.223988963e-18f,  2.231950589e-20f, -7.949469027e-21f};
  return step(c, 5.6f, x);
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
