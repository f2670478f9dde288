#include "adapterx/io/shapes/off.h"

#include <utility>

#include "adapterx/io/lists/text_lines.h"
#include "adapterx/io/shapes/mesh_builder.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

constexpr size_t kVertexBytes = 5, kFaceBytes = 1;  // the least: "0 0 0" and "0", and the line's end

class OffReader {
 public:
  explicit OffReader(const FileBytes& file) : file_(file), text_(text_of(file)) {}

  Geometry read() {
    ShapeLines lines = body();
    const auto count = [&](std::string_view what) { return lines.integer(what, 0, kMaxVertices); };
    const int64_t vertices = count("a count of vertices"), faces = count("a count of faces");
    const auto need =
        static_cast<size_t>(vertices) * (kVertexBytes + 1) + static_cast<size_t>(faces) * (kFaceBytes + 1);
    if (need > lines.rest().size() + 1) {
      lines.error("expected {} vertices and {} faces to follow, got {} bytes; is the file whole?", vertices,
                  faces, lines.rest().size());
    }
    TriangleMesh mesh;
    mesh.vertices.reserve(static_cast<size_t>(vertices) * 3);
    mesh.triangles.reserve(static_cast<size_t>(faces) * 3);
    for (int64_t i = 0; i < vertices; ++i) {
      go_on(lines, i, vertices, "vertices");
      for (int axis = 0; axis < 3; ++axis) mesh.vertices.push_back(lines.coordinate());
    }
    for (int64_t i = 0; i < faces; ++i) {
      go_on(lines, i, faces, "faces");
      add_face(lines, vertices, mesh);
    }
    if (lines.next()) lines.expected(fmt::format("the end after {} faces", faces), lines.tail());
    return finished(file_.name(), std::move(mesh));
  }

 private:
  // The lines, standing before the counts.
  ShapeLines body() {
    ShapeLines lines(file_.name(), text_);
    if (!lines.next()) fail("{}: expected OFF and counts, got an empty file", file_.name());
    std::string_view head = lines.tail();
    for (const std::string_view prefix : {"ST", "C", "N"}) {
      if (head.starts_with(prefix)) head.remove_prefix(prefix.size());
    }
    if (!head.starts_with("OFF")) lines.expected("OFF, perhaps with ST, C or N before", lines.tail());
    head.remove_prefix(3);
    if (trimmed(head).starts_with("BINARY")) lines.error("expected an OFF file of text, got a binary one");
    const auto line = lines.number();
    // What is glued to the word, and all that follows.
    const char* begin = head.data();
    ShapeLines rest(file_.name(), {begin, static_cast<size_t>(text_.data() + text_.size() - begin)},
                    line - 1);
    if (!rest.next()) fail("{}:{}: expected counts after OFF, got the end", file_.name(), line);
    return rest;
  }

  void go_on(ShapeLines& lines, int64_t done, int64_t want, std::string_view what) const {
    if (!lines.next()) {
      fail("{}: expected {} {}, the file ends after {}, in line {}", file_.name(), want, what, done,
           lines.number());
    }
  }

  void add_face(ShapeLines& lines, int64_t vertices, TriangleMesh& mesh) {
    const int64_t corners = lines.integer("a count of corners", 0, kMaxVertices);
    corners_.clear();
    for (int64_t i = 0; i < corners; ++i) {
      corners_.push_back(static_cast<uint32_t>(lines.integer("a vertex", 0, vertices - 1)));
    }
    add_polygon(mesh, corners_);
  }

  const FileBytes& file_;
  std::string_view text_;
  std::vector<uint32_t> corners_;
};

}  // namespace

Geometry read_off(const FileBytes& file) { return OffReader(file).read(); }

}  // namespace ax
