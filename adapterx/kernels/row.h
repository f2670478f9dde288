// Row: a run of f32 or bf16 elements, what the row-wise and element-wise kernels work on. The type is tested
// at each vector, not compiled in: the branch is always predicted, and one kernel serves every combination
// of operand types.
#pragma once

#include <algorithm>

#include "adapterx/base/tensor.h"

namespace ax::kernels {

struct Row {
  void* data = nullptr;
  DType dtype = DType::f32;

  explicit operator bool() const { return data != nullptr; }
  // The run from element i on; an absent row stays absent.
  Row operator+(int64_t i) const {
    if (data == nullptr) return *this;
    return {static_cast<std::byte*>(data) + i * static_cast<int64_t>(size_of(dtype)), dtype};
  }
};

inline Row row(const Tensor& t) { return {t.data, t.dtype}; }

// to[0, n) = alpha * from[0, n), in to's type. `to` may be `from` where the types are equal.
void scale_row(Row from, float alpha, Row to, int64_t n);

// Cuts [begin, end) at the multiples of `period`: body(i, length) for each piece, which starts at element i.
template <class Body>
void for_segments(int64_t begin, int64_t end, int64_t period, const Body& body) {
  for (int64_t i = begin; i < end;) {
    const int64_t length = std::min(end - i, period - i % period);
    body(i, length);
    i += length;
  }
}

}  // namespace ax::kernels
