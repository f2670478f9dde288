// Shape: the static extents of a tensor, row-major, of rank 0 (a scalar) to 8.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace ax {

class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<int64_t> dims);

  int rank() const { return rank_; }
  // Extent of one axis; negative axes count from the back, as in dim(-1) for the innermost.
  int64_t dim(int axis) const { return dims_[static_cast<size_t>(axis < 0 ? axis + rank_ : axis)]; }
  int64_t operator[](int axis) const { return dim(axis); }
  int64_t size() const;
  // Product of all extents but the innermost: the number of rows of the tensor seen as a matrix.
  int64_t rows() const { return rank_ == 0 ? 1 : (dim(-1) == 0 ? 0 : size() / dim(-1)); }
  // The same shape with one axis replaced.
  Shape with(int axis, int64_t extent) const;
  void append(int64_t extent);
  bool operator==(const Shape& other) const = default;

 private:
  int rank_ = 0;
  std::array<int64_t, kMaxRank> dims_{};
};

// "[32, 197, 768]"
std::string to_string(const Shape& shape);

}  // namespace ax
