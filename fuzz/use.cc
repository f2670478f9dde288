#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "fuzz/targets.h"

namespace ax {
namespace {

constexpr int64_t kMaxConverted = 1 << 14;  // values; a tensor of stride 0 can have any number

// Bytes from the first to the last element that shape and strides reach.
__extension__ using Int128 = __int128;
Int128 reach(const TensorInfo& t) {
  if (t.shape.size() == 0) return 0;
  Int128 last = t.strides.empty() ? Int128{t.shape.size()} - 1 : 0;
  for (size_t axis = 0; axis < t.strides.size(); ++axis) {
    if (t.strides[axis] < 0) throw std::logic_error("a negative stride");
    last += Int128{t.shape[static_cast<int>(axis)] - 1} * t.strides[axis];
  }
  return (last + 1) * static_cast<Int128>(size_of(t.dtype));
}

bool is_float(FileDType t) {
  return t == FileDType::f64 || t == FileDType::f32 || t == FileDType::f16 || t == FileDType::bf16;
}

}  // namespace

void fuzz::use(Bytes bytes) {
  std::byte seen{};
  for (size_t i = 0; i < bytes.size(); i += 16) seen ^= bytes[i];
  if (!bytes.empty()) seen ^= bytes.back();
  [[maybe_unused]] volatile std::byte kept = seen;
}

void fuzz::use(const std::string& name, const TensorInfo& tensor) {
  if (!tensor.strides.empty() && tensor.strides.size() != static_cast<size_t>(tensor.shape.rank())) {
    throw std::logic_error(name + ": strides of another rank than the shape");
  }
  if (reach(tensor) != static_cast<Int128>(tensor.data.size())) {
    throw std::logic_error(name + ": shape, strides and data disagree");
  }
  use(tensor.data);
  if (is_float(tensor.dtype) && tensor.shape.size() <= kMaxConverted) {
    std::vector<float> values(static_cast<size_t>(tensor.shape.size()));
    copy_f32(name, tensor, values);
  }
}

void fuzz::use(const TensorFile& file) {
  for (const auto& [name, tensor] : file.tensors()) use(name, tensor);
}

void fuzz::use(const Geometry& geometry) {
  const auto* mesh = std::get_if<TriangleMesh>(&geometry);
  const std::vector<float>& xyz = mesh != nullptr ? mesh->vertices : std::get<PointCloud>(geometry).xyz;
  if (xyz.empty() || xyz.size() % 3 != 0) throw std::logic_error("no points, or a part of one");
  for (const float v : xyz) {
    if (!std::isfinite(v)) throw std::logic_error("a coordinate that is not finite");
  }
  if (mesh == nullptr) return;
  if (mesh->triangles.empty() || mesh->triangles.size() % 3 != 0) throw std::logic_error("no triangles");
  for (const uint32_t corner : mesh->triangles) {
    if (corner >= mesh->vertex_count()) throw std::logic_error("a corner beyond the vertices");
  }
}

}  // namespace ax
