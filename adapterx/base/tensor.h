// Tensor: a non-owning, contiguous, row-major view of memory with an element type and a shape.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <string_view>

#include "adapterx/base/bf16.h"
#include "adapterx/base/shape.h"

namespace ax {

enum class DType : uint8_t { f32, bf16, i32 };

constexpr size_t size_of(DType t) { return t == DType::bf16 ? 2 : 4; }
constexpr std::string_view to_string(DType t) {
  return t == DType::f32 ? "f32" : t == DType::bf16 ? "bf16" : "i32";
}

struct Tensor {
  void* data = nullptr;
  DType dtype = DType::f32;
  Shape shape;

  explicit operator bool() const { return data != nullptr; }
  int64_t size() const { return shape.size(); }
  size_t bytes() const { return static_cast<size_t>(shape.size()) * size_of(dtype); }

  float* f32() const { return as<float>(DType::f32); }
  BF16* bf16() const { return as<BF16>(DType::bf16); }
  int32_t* i32() const { return as<int32_t>(DType::i32); }
  std::span<float> f32_span() const { return {f32(), static_cast<size_t>(size())}; }
  // Address of row `r` of the tensor seen as a [rows, innermost] matrix.
  void* row(int64_t r) const {
    return static_cast<std::byte*>(data) + static_cast<size_t>(r * shape.dim(-1)) * size_of(dtype);
  }

 private:
  template <class T>
  T* as([[maybe_unused]] DType expected) const {
    assert(data == nullptr || dtype == expected);
    return static_cast<T*>(data);
  }
};

}  // namespace ax
