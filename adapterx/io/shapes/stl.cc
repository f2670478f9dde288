#include "adapterx/io/shapes/stl.h"

#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <utility>

#include "adapterx/io/lists/text_lines.h"
#include "adapterx/io/shapes/mesh_builder.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

// Binary: 80 bytes of anything, the number of triangles, and for each its normal, three vertices and two
// bytes.
constexpr size_t kHead = 84, kTriangle = 50, kNormal = 12;

uint32_t triangle_count(const FileBytes& file) {
  uint32_t count = 0;
  if (file.size() >= kHead) std::memcpy(&count, file.bytes().data() + kHead - sizeof count, sizeof count);
  return count;
}

bool is_binary(const FileBytes& file) {
  if (file.size() >= kHead && file.size() - kHead == kTriangle * uint64_t{triangle_count(file)}) return true;
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.size());
  std::string first(trimmed(text.substr(0, 512)).substr(0, 5));
  for (char& c : first) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return first != "solid" || text.substr(0, 512).find('\0') != text.npos;
}

void add_triangle(TriangleMesh& mesh, const std::array<float, 9>& corners) {
  const auto first = static_cast<uint32_t>(mesh.vertex_count());
  mesh.vertices.insert(mesh.vertices.end(), corners.begin(), corners.end());
  mesh.triangles.insert(mesh.triangles.end(), {first, first + 1, first + 2});
}

TriangleMesh read_binary(const FileBytes& file) {
  const uint64_t count = triangle_count(file), want = kHead + kTriangle * count;
  if (file.size() != want || count > kMaxVertices / 3) {
    if (file.size() < kHead) fail("{}: expected an STL file, got {} bytes", file.name(), file.size());
    fail("{}: expected {} bytes for the {} triangles of a binary STL file, got {}; is it whole?", file.name(),
         want, count, file.size());
  }
  TriangleMesh mesh;
  mesh.vertices.reserve(count * 9);
  mesh.triangles.reserve(count * 3);
  for (uint64_t i = 0; i < count; ++i) {
    const size_t at = kHead + kTriangle * i + kNormal;
    std::array<float, 9> corners{};
    std::memcpy(corners.data(), file.bytes().data() + at, sizeof corners);
    for (size_t k = 0; k < corners.size(); ++k) {
      if (!std::isfinite(corners[k])) {
        fail("{}: byte {}: expected a finite coordinate, got {}", file.name(), at + k * sizeof(float),
             corners[k]);
      }
    }
    add_triangle(mesh, corners);
  }
  return mesh;
}

class AsciiReader {
 public:
  explicit AsciiReader(const FileBytes& file) : name_(file.name()), lines_(name_, text_of(file)) {}

  TriangleMesh read() {
    while (lines_.next()) keyword(lower(lines_.word()));
    if (!ended_) fail("{}:{}: expected endsolid, got the end; is the file whole?", name_, lines_.number());
    return std::move(mesh_);
  }

 private:
  void keyword(const std::string& key) {
    if (key == "vertex") return vertex();
    if (key == "facet") return facet();
    if (key == "endfacet") return end_facet();
    if (key == "solid" || key == "endsolid") {
      if (in_facet_) lines_.expected("endfacet", key);
      ended_ = key == "endsolid";
    } else if (key != "outer" && key != "endloop") {
      lines_.expected("a keyword of STL", key);
    }
  }

  void facet() {
    if (in_facet_) lines_.expected("endfacet", "facet");
    in_facet_ = true, ended_ = false, filled_ = 0;
  }

  void vertex() {
    if (!in_facet_ || filled_ == corners_.size()) lines_.expected("three vertices a facet", "vertex");
    for (int axis = 0; axis < 3; ++axis) corners_[filled_++] = lines_.coordinate();
  }

  void end_facet() {
    if (!in_facet_ || filled_ != corners_.size()) lines_.expected("three vertices a facet", "endfacet");
    in_facet_ = false;
    add_triangle(mesh_, corners_);
  }

  static std::string lower(std::string_view word) {
    std::string text(word);
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }

  const std::string& name_;
  ShapeLines lines_;
  TriangleMesh mesh_;
  std::array<float, 9> corners_{};
  size_t filled_ = 0;
  bool in_facet_ = false, ended_ = false;
};

}  // namespace

Geometry read_stl(const FileBytes& file) {
  TriangleMesh mesh = is_binary(file) ? read_binary(file) : AsciiReader(file).read();
  if (mesh.triangles.empty()) fail("{}: expected triangles, got none", file.name());
  return mesh;
}

}  // namespace ax
