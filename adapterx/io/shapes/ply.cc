#include "adapterx/io/shapes/ply.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "adapterx/io/shapes/mesh_builder.h"
#include "adapterx/io/shapes/ply_body.h"

namespace ax {
namespace {

const ply::Element* find_element(const ply::Header& header, std::string_view name) {
  const auto found = std::ranges::find(header.elements, name, &ply::Element::name);
  return found == header.elements.end() ? nullptr : &*found;
}

bool is_corner_list(const ply::Property& p) {
  return p.count && (p.name == "vertex_indices" || p.name == "vertex_index");
}

// The axis of each property of `vertex`, -1 for others.
std::vector<int> axes_of(const std::string& file, const ply::Element& vertex) {
  std::vector<int> axes;
  std::array<int, 3> seen{};
  for (const ply::Property& p : vertex.properties) {
    const int axis = p.count || p.name.size() != 1 || p.name < "x" || p.name > "z" ? -1 : p.name[0] - 'x';
    axes.push_back(axis);
    if (axis >= 0) ++seen[static_cast<size_t>(axis)];
  }
  if (seen != std::array{1, 1, 1}) {
    fail("{}: expected properties x, y and z of element vertex, once each, got {}, {} and {}", file, seen[0],
         seen[1], seen[2]);
  }
  return axes;
}

template <class Body>
class PlyReader {
 public:
  PlyReader(const std::string& file, const ply::Header& header, Body body)
      : file_(file), header_(header), body_(std::move(body)) {}

  Geometry read() {
    const ply::Element* vertex = find_element(header_, "vertex");
    if (vertex == nullptr) fail("{}: expected an element vertex, got none", file_);
    if (find_element(header_, "tristrips") != nullptr) {
      fail("{}: expected polygons (element face), got tristrips; convert the file to triangles", file_);
    }
    vertices_ = static_cast<double>(vertex->rows);
    for (const ply::Element& element : header_.elements) {
      body_.expect_rows(element);
      if (&element == vertex) {
        read_vertices(element);
      } else if (element.name == "face" && element.rows > 0) {
        read_faces(element);
      } else {
        for (int64_t row = 0; row < element.rows; ++row) skip_row(element);
      }
    }
    return finished(file_, std::move(mesh_));
  }

 private:
  void read_vertices(const ply::Element& element) {
    const std::vector<int> axes = axes_of(file_, element);
    mesh_.vertices.resize(static_cast<size_t>(element.rows) * 3);
    for (int64_t row = 0; row < element.rows; ++row) {
      float* vertex = mesh_.vertices.data() + row * 3;
      body_.begin_row(element);
      for (size_t i = 0; i < axes.size(); ++i) {
        if (axes[i] < 0) {
          skip(element.properties[i]);
          continue;
        }
        const double value = body_.number(element.properties[i].type);
        vertex[axes[i]] = narrowed(value);
        if (std::isnan(vertex[axes[i]])) body_.refuse("a finite coordinate", value);
      }
      body_.end_row();
    }
  }

  void read_faces(const ply::Element& element) {
    if (std::ranges::count_if(element.properties, is_corner_list) != 1) {
      fail("{}: expected one list vertex_indices of element face", file_);
    }
    mesh_.triangles.reserve(static_cast<size_t>(element.rows) * 3);
    for (int64_t row = 0; row < element.rows; ++row) {
      body_.begin_row(element);
      for (const ply::Property& p : element.properties) is_corner_list(p) ? read_face(p) : skip(p);
      body_.end_row();
    }
  }

  void read_face(const ply::Property& p) {
    corners_.clear();
    for (uint64_t n = length(p); n > 0; --n) {
      const double corner = body_.number(p.type);
      if (!(corner >= 0 && corner < vertices_) || corner != std::floor(corner)) {
        body_.refuse(fmt::format("a vertex from 0 to {}", vertices_ - 1), corner);
      }
      corners_.push_back(static_cast<uint32_t>(corner));
    }
    add_polygon(mesh_, corners_);
  }

  void skip_row(const ply::Element& element) {
    body_.begin_row(element);
    for (const ply::Property& p : element.properties) skip(p);
    body_.end_row();
  }

  void skip(const ply::Property& p) { body_.skip(p.type, p.count ? length(p) : 1); }

  uint64_t length(const ply::Property& p) {
    const double count = body_.number(*p.count);
    if (!(count >= 0 && count <= kMaxVertices) || count != std::floor(count)) {
      body_.refuse("a list's length", count);
    }
    return static_cast<uint64_t>(count);
  }

  const std::string& file_;
  const ply::Header& header_;
  Body body_;
  TriangleMesh mesh_;
  std::vector<uint32_t> corners_;
  double vertices_ = 0;
};

}  // namespace

Geometry read_ply(const FileBytes& file) {
  const ply::Header header = ply::parse_header(file);
  if (header.encoding == ply::Encoding::ascii) {
    return PlyReader(file.name(), header, ply::TextBody(file.name(), header)).read();
  }
  return PlyReader(file.name(), header, ply::BinaryBody(file, header)).read();
}

}  // namespace ax
