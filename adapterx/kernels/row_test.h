// What the tests of the row-wise kernels share: owned tensors, and runs over targets and types.
#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <vector>

#include "adapterx/base/parallel.h"
#include "adapterx/base/rng.h"
#include "adapterx/base/tensor.h"

namespace ax::test {

// A tensor with its memory, exactly as large as its elements (a sanitizer sees any overrun).
class Owned {
 public:
  Owned(DType dtype, Shape shape) : dtype_(dtype), shape_(shape) {
    bytes_.resize(static_cast<size_t>(shape.size()) * size_of(dtype));
  }
  Owned(DType dtype, Shape shape, const std::vector<double>& values) : Owned(dtype, shape) {
    for (size_t i = 0; i < values.size(); ++i) set(i, values[i]);
  }

  Tensor tensor() const { return {const_cast<std::byte*>(bytes_.data()), dtype_, shape_}; }
  operator Tensor() const { return tensor(); }
  double operator[](size_t i) const {
    return dtype_ == DType::f32 ? tensor().f32()[i] : to_float(tensor().bf16()[i]);
  }
  void set(size_t i, double x) {
    if (dtype_ == DType::f32) {
      tensor().f32()[i] = static_cast<float>(x);
    } else {
      tensor().bf16()[i] = to_bf16(static_cast<float>(x));
    }
  }
  std::vector<double> values() const {
    std::vector<double> v(static_cast<size_t>(shape_.size()));
    for (size_t i = 0; i < v.size(); ++i) v[i] = (*this)[i];
    return v;
  }

 private:
  DType dtype_;
  Shape shape_;
  std::vector<std::byte> bytes_;
};

inline Owned random(DType dtype, Shape shape, uint32_t place, double mean = 0, double std = 1) {
  Owned t(dtype, shape);
  const Rng rng(7, 0, place);
  for (size_t i = 0; i < static_cast<size_t>(shape.size()); ++i) t.set(i, mean + std * rng.normal(i));
  return t;
}

// |got - want| <= tolerance * max(1, |want|), and half a unit in the last place of got's type.
inline void expect_near(const Owned& got, const std::vector<double>& want, double tolerance) {
  const bool bf16 = got.tensor().dtype == DType::bf16;
  ASSERT_EQ(static_cast<size_t>(got.tensor().size()), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    const double scale = std::max(1.0, std::abs(want[i]));
    ASSERT_NEAR(got[i], want[i], tolerance * scale + (bf16 ? std::abs(want[i]) / 256 : 0.0))
        << "element " << i;
  }
}

// Runs body once for each instruction set this machine has.
template <class Body>
void for_each_target(const Body& body) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
    SCOPED_TRACE(hwy::TargetName(target));
    body();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

inline constexpr DType kTypes[] = {DType::f32, DType::bf16};

}  // namespace ax::test
