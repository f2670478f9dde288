#include "adapterx/io/shapes/obj.h"

#include <utility>

#include "adapterx/io/lists/text_lines.h"
#include "adapterx/io/shapes/mesh_builder.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

class ObjReader {
 public:
  explicit ObjReader(const FileBytes& file) : file_(file), lines_(file.name(), text_of(file)) {}

  Geometry read() {
    while (lines_.next()) {
      const std::string_view key = lines_.word();
      if (key == "v") vertex();
      if (key == "f") face();
    }
    // Corners may name vertices that follow, so that this is known at the end only.
    if (largest_ > mesh_.vertex_count()) {
      fail("{}:{}: expected a vertex from 1 to {}, got {}", file_.name(), largest_line_, mesh_.vertex_count(),
           largest_);
    }
    return finished(file_.name(), std::move(mesh_));
  }

 private:
  void vertex() {
    for (int axis = 0; axis < 3; ++axis) mesh_.vertices.push_back(lines_.coordinate());
  }

  void face() {
    corners_.clear();
    for (std::string_view corner = word(); !corner.empty(); corner = word())
      corners_.push_back(place(corner));
    add_polygon(mesh_, corners_);
  }

  // A backslash at a line's end joins the next to it.
  std::string_view word() {
    std::string_view found = lines_.word();
    while (found == "\\" && lines_.tail().empty() && lines_.next()) found = lines_.word();
    return found == "\\" ? std::string_view() : found;
  }

  uint32_t place(std::string_view corner) {
    int64_t number = 0;
    const std::string_view text = corner.substr(0, corner.find('/'));
    const int64_t count = mesh_.vertex_count();
    if (!parse_number(text, number)) lines_.expected("a corner as `7` or `7/2/3`", corner);
    if (number < 0) number += count + 1;
    if (number < 1 || number > kMaxVertices) {
      lines_.expected(fmt::format("a vertex from 1, or one of the last {}", count), corner);
    }
    if (number > largest_) largest_ = number, largest_line_ = lines_.number();
    return static_cast<uint32_t>(number - 1);
  }

  const FileBytes& file_;
  ShapeLines lines_;
  TriangleMesh mesh_;
  std::vector<uint32_t> corners_;
  int64_t largest_ = 0, largest_line_ = 0;
};

}  // namespace

Geometry read_obj(const FileBytes& file) { return ObjReader(file).read(); }

}  // namespace ax
