#include "adapterx/kernels/elementwise/activation.h"

#include <cassert>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/elementwise/activation.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/elementwise/vector_math-inl.h"
#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

struct None {
  static HWY_INLINE V value(V x) { return x; }
  static HWY_INLINE V slope(V) { return set(1.0f); }
};

struct Relu {
  static HWY_INLINE V value(V x) { return hn::IfThenZeroElse(hn::Lt(x, zero()), x); }
  static HWY_INLINE V slope(V x) { return hn::IfThenElseZero(hn::Gt(x, zero()), set(1.0f)); }
};

struct GeluErf {
  static HWY_INLINE V value(V x) { return hn::Mul(x, normal_cdf(x)); }
  static HWY_INLINE V slope(V x) { return gelu_slope(x); }
};

// x s(z(x)) with s the sigmoid: the slope is s + x s (1 - s) z'.
HWY_INLINE V gated_slope(V x, V gate, V inner_slope) {
  return hn::MulAdd(hn::Mul(hn::Mul(x, gate), hn::Sub(set(1.0f), gate)), inner_slope, gate);
}

// (1 + tanh u) / 2 = sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3).
struct GeluTanh {
  static constexpr float kLinear = 1.59576912f;  // 2 sqrt(2 / pi)
  static constexpr float kCubic = 1.59576912f * 0.044715f;
  static HWY_INLINE V gate(V x) {
    return sigmoid(hn::Mul(x, hn::MulAdd(hn::Mul(x, x), set(kCubic), set(kLinear))));
  }
  static HWY_INLINE V value(V x) { return hn::Mul(x, gate(x)); }
  static HWY_INLINE V slope(V x) {
    return gated_slope(x, gate(x), hn::MulAdd(hn::Mul(x, x), set(3 * kCubic), set(kLinear)));
  }
};

struct QuickGelu {
  static HWY_INLINE V gate(V x) { return sigmoid(hn::Mul(x, set(1.702f))); }
  static HWY_INLINE V value(V x) { return hn::Mul(x, gate(x)); }
  static HWY_INLINE V slope(V x) { return gated_slope(x, gate(x), set(1.702f)); }
};

template <class Function>
void apply(Function, Row x, Row dy, Row out, int64_t count) {
  if (!dy) {
    for_vectors(count, [=](int64_t i, auto n) HWY_ATTR { store(Function::value(load(x, i, n)), out, i, n); });
  } else {
    for_vectors(count, [=](int64_t i, auto n) HWY_ATTR {
      store(hn::Mul(load(dy, i, n), Function::slope(load(x, i, n))), out, i, n);
    });
  }
}

// out = act(x), or act'(x) * dy where dy is given.
void activate_row(Activation act, Row x, Row dy, Row out, int64_t n) {
  switch (act) {
    case Activation::none:
      return apply(None(), x, dy, out, n);
    case Activation::relu:
      return apply(Relu(), x, dy, out, n);
    case Activation::gelu_erf:
      return apply(GeluErf(), x, dy, out, n);
    case Activation::gelu_tanh:
      return apply(GeluTanh(), x, dy, out, n);
    case Activation::quick_gelu:
      return apply(QuickGelu(), x, dy, out, n);
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax {

Activation parse_activation(std::string_view name) {
  if (name == "gelu") return Activation::gelu_erf;
  std::vector<std::string> names;
  for (const Activation a : {Activation::none, Activation::relu, Activation::gelu_erf, Activation::gelu_tanh,
                             Activation::quick_gelu}) {
    if (name == to_string(a)) return a;
    names.emplace_back(to_string(a));
  }
  fail("activation `{}`: expected {}{}", name, fmt::join(names, ", "), did_you_mean(name, names));
}

std::string_view to_string(Activation a) {
  switch (a) {
    case Activation::none:
      return "none";
    case Activation::relu:
      return "relu";
    case Activation::gelu_erf:
      return "gelu_erf";
    case Activation::gelu_tanh:
      return "gelu_tanh";
    case Activation::quick_gelu:
      return "quick_gelu";
  }
  return "";
}

namespace kernels {
namespace {

HWY_EXPORT(activate_row);

constexpr int64_t kGrain = 4096;

void run(Activation act, Row x, Row dy, Row out, int64_t n) {
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(activate_row)(act, x + begin, dy + begin, out + begin, end - begin);
  });
}

}  // namespace

void activate(Activation act, const Tensor& x, const Tensor& y) {
  assert(x.size() == y.size());
  run(act, row(x), Row(), row(y), x.size());
}

void activate_grad(Activation act, const Tensor& x, const Tensor& dy, const Tensor& dx) {
  assert(x.size() == dx.size() && dy.size() == dx.size());
  run(act, row(x), row(dy), row(dx), x.size());
}

}  // namespace kernels
}  // namespace ax
#endif
