#include "adapterx/io/shapes/wrl.h"

#include <array>
#include <cmath>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/shapes/mesh_builder.h"
#include "adapterx/io/shapes/shape_lines.h"
#include "adapterx/io/shapes/wrl_nodes.h"

namespace ax {
namespace {

constexpr int64_t kMostPoints = int64_t{1} << 26, kMostVisits = int64_t{1} << 22;
constexpr int kDeepest = 64;

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;  // rows

Vector operator*(const Matrix& m, const Vector& v) {
  Vector out = {};
  for (size_t r = 0; r < 3; ++r) out[r] = m[r][0] * v[0] + m[r][1] * v[1] + m[r][2] * v[2];
  return out;
}

Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix out = {};
  for (size_t r = 0; r < 3; ++r) {
    for (size_t c = 0; c < 3; ++c) out[r][c] = a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c];
  }
  return out;
}

Matrix transposed(const Matrix& m) {
  Matrix out = {};
  for (size_t r = 0; r < 3; ++r) {
    for (size_t c = 0; c < 3; ++c) out[c][r] = m[r][c];
  }
  return out;
}

Matrix diagonal(const Vector& v) { return {{{v[0], 0, 0}, {0, v[1], 0}, {0, 0, v[2]}}}; }

// About an axis; angle in radians.
Matrix turn(Vector axis, double angle) {
  const double length = std::hypot(axis[0], axis[1], axis[2]);
  if (!(length > 0)) return diagonal({1, 1, 1});
  for (double& a : axis) a /= length;
  const double c = std::cos(angle), s = std::sin(angle);
  const auto& [x, y, z] = axis;
  return {{{c + x * x * (1 - c), x * y * (1 - c) - z * s, x * z * (1 - c) + y * s},
           {y * x * (1 - c) + z * s, c + y * y * (1 - c), y * z * (1 - c) - x * s},
           {z * x * (1 - c) - y * s, z * y * (1 - c) + x * s, c + z * z * (1 - c)}}};
}

struct Placement {
  Matrix linear = diagonal({1, 1, 1});
  Vector offset = {};

  Vector operator()(const Vector& v) const {
    Vector out = linear * v;
    for (size_t i = 0; i < 3; ++i) out[i] += offset[i];
    return out;
  }
};

class Scene {
 public:
  explicit Scene(const FileBytes& file) : file_(file) {}

  Geometry read() {
    const WrlNodes nodes = read_wrl_nodes(file_);
    for (const WrlNode* root : nodes.roots) visit(*root, {});
    return finished(file_.name(), std::move(mesh_));
  }

 private:
  void visit(const WrlNode& node, const Placement& at) {
    if (++visits_ > kMostVisits) fail_in_wrl(file_, node.place, "expected a scene of fewer nodes");
    if (++depth_ > kDeepest) fail_in_wrl(file_, node.place, "expected a scene less deep");
    show(node, at);
    --depth_;
  }

  void show(const WrlNode& node, const Placement& at) {
    if (node.type == "Shape") {
      for (const WrlNode* geometry : node.nodes("geometry")) {
        if (geometry != nullptr && geometry->type == "IndexedFaceSet") add_faces(*geometry, at);
      }
    } else if (node.type == "Transform") {
      visit_all(node.nodes("children"), moved(node, at));
    } else if (node.type == "Switch") {
      const auto chosen = node.numbers("whichChoice");
      const auto choices = node.nodes("choice");
      if (chosen.empty() || !(chosen[0] >= 0 && chosen[0] < static_cast<double>(choices.size()))) return;
      visit_all(choices.subspan(static_cast<size_t>(chosen[0]), 1), at);
    } else if (node.type == "LOD") {
      const auto levels = node.nodes("level");
      visit_all(levels.first(levels.empty() ? 0 : 1), at);
    } else {
      visit_all(node.nodes("children"), at);
    }
  }

  void visit_all(std::span<const WrlNode* const> nodes, const Placement& at) {
    for (const WrlNode* node : nodes) {
      if (node != nullptr) visit(*node, at);
    }
  }

  Vector vector(const WrlNode& node, std::string_view field, const Vector& otherwise) const {
    const auto numbers = node.numbers(field);
    if (numbers.empty()) return otherwise;
    if (numbers.size() < 3) fail_in_wrl(file_, node.place, fmt::format("expected 3 numbers of {}", field));
    return {numbers[0], numbers[1], numbers[2]};
  }

  Matrix rotation(const WrlNode& node, std::string_view field) const {
    const auto numbers = node.numbers(field);
    if (numbers.empty()) return diagonal({1, 1, 1});
    if (numbers.size() != 4) fail_in_wrl(file_, node.place, fmt::format("expected 4 numbers of {}", field));
    return turn({numbers[0], numbers[1], numbers[2]}, numbers[3]);
  }

  Placement moved(const WrlNode& node, const Placement& at) const {
    const Matrix stretched = rotation(node, "scaleOrientation");
    const Vector centre = vector(node, "center", {}), shift = vector(node, "translation", {});
    Placement own;
    own.linear = rotation(node, "rotation") * stretched * diagonal(vector(node, "scale", {1, 1, 1})) *
                 transposed(stretched);
    const Vector turned = own.linear * centre;
    for (size_t i = 0; i < 3; ++i) own.offset[i] = shift[i] + centre[i] - turned[i];
    return {at.linear * own.linear, at(own.offset)};
  }

  void add_faces(const WrlNode& faces, const Placement& at) {
    const auto coordinates = faces.nodes("coord");
    if (coordinates.empty() || coordinates[0] == nullptr) return;
    const auto points = coordinates[0]->numbers("point");
    if (points.size() % 3 != 0) {
      fail_in_wrl(file_, coordinates[0]->place,
                  fmt::format("expected 3 numbers a point, got {}", points.size()));
    }
    const auto first = static_cast<uint32_t>(mesh_.vertex_count());
    if (mesh_.vertex_count() + std::ssize(points) / 3 > kMostPoints) {
      fail_in_wrl(file_, faces.place, fmt::format("expected at most {} points", kMostPoints));
    }
    for (size_t i = 0; i < points.size(); i += 3) {
      for (const double value : at({points[i], points[i + 1], points[i + 2]})) {
        mesh_.vertices.push_back(narrowed(value));
        if (!std::isfinite(mesh_.vertices.back())) {
          fail_in_wrl(file_, coordinates[0]->place, "expected finite coordinates");
        }
      }
    }
    add_polygons(faces, first, static_cast<double>(points.size() / 3));
  }

  void add_polygons(const WrlNode& faces, uint32_t first, double points) {
    std::vector<uint32_t> corners;
    for (const double index : faces.numbers("coordIndex")) {
      if (index == -1) {
        add_polygon(mesh_, corners);
        corners.clear();
        if (mesh_.triangle_count() > kMostPoints) {
          fail_in_wrl(file_, faces.place, fmt::format("expected at most {} triangles", kMostPoints));
        }
        continue;
      }
      if (!(index >= 0 && index < points) || index != std::floor(index)) {
        fail_in_wrl(file_, faces.place,
                    fmt::format("expected corners from 0 to {}, or -1, got {}", points - 1, index));
      }
      corners.push_back(first + static_cast<uint32_t>(index));
    }
    add_polygon(mesh_, corners);
  }

  const FileBytes& file_;
  TriangleMesh mesh_;
  int64_t visits_ = 0;
  int depth_ = 0;
};

}  // namespace

Geometry read_wrl(const FileBytes& file) { return Scene(file).read(); }

}  // namespace ax
