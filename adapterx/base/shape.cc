#include "adapterx/base/shape.h"

#include "adapterx/base/error.h"

namespace ax {

Shape::Shape(std::initializer_list<int64_t> dims) {
  for (const int64_t d : dims) append(d);
}

void Shape::append(int64_t extent) {
  if (rank_ == kMaxRank) fail("shape: rank above {}", kMaxRank);
  if (extent < 0) fail("shape: negative extent {}", extent);
  dims_[static_cast<size_t>(rank_++)] = extent;
}

int64_t Shape::size() const {
  int64_t n = 1;
  for (int i = 0; i < rank_; ++i) n *= dims_[static_cast<size_t>(i)];
  return n;
}

Shape Shape::with(int axis, int64_t extent) const {
  Shape s = *this;
  s.dims_[static_cast<size_t>(axis < 0 ? axis + rank_ : axis)] = extent;
  return s;
}

std::string to_string(const Shape& shape) {
  std::string s = "[";
  for (int i = 0; i < shape.rank(); ++i) s += (i ? ", " : "") + std::to_string(shape[i]);
  return s + "]";
}

}  // namespace ax
