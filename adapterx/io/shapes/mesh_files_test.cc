#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "adapterx/io/reader_test.h"
#include "adapterx/io/shapes/obj.h"
#include "adapterx/io/shapes/off.h"
#include "adapterx/io/shapes/ply.h"
#include "adapterx/io/shapes/shape_file.h"
#include "adapterx/io/shapes/stl.h"

namespace ax {
namespace {

using Floats = std::vector<float>;
using Corners = std::vector<uint32_t>;
using Read = Geometry (*)(const FileBytes&);

Geometry read(Read reader, const std::string& bytes) {
  return reader(FileBytes::borrow("x.file", bytes_of(bytes)));
}

TriangleMesh mesh(Read reader, const std::string& bytes) {
  return std::get<TriangleMesh>(read(reader, bytes));
}

PointCloud cloud(Read reader, const std::string& bytes) { return std::get<PointCloud>(read(reader, bytes)); }

void refuses(Read reader, const std::string& bytes, const std::string& part) {
  expect_part(error_text([&] { read(reader, bytes); }), part);
}

template <class T>
std::string raw(T value, bool swapped = false) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return swapped ? std::string(bytes.rbegin(), bytes.rend()) : bytes;
}

const std::string kSquare = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0.5\n";
const Floats kSquareVertices = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0.5};

TEST(Obj, ReadsEveryKindOfCorner) {
  for (const std::string face : {"f 1 2 3", "f 1/1 2/2 3/3", "f 1//1 2//1 3//1", "f 1/1/1 2/2/1 3/3/1",
                                 "f -4 -3 -2", "f 1 \\\n 2 3", "  f\t1  2 3 # three\r"}) {
    const TriangleMesh m =
        mesh(read_obj, "# a square\nmtllib x.mtl\n" + kSquare + "vn 0 0 1\n" + face + "\n");
    EXPECT_EQ(m.vertices, kSquareVertices) << face;
    EXPECT_EQ(m.triangles, (Corners{0, 1, 2})) << face;
  }
}

TEST(Obj, CutsPolygonsIntoFans) {
  EXPECT_EQ(mesh(read_obj, kSquare + "f 2 3 4 1").triangles, (Corners{1, 2, 3, 1, 3, 0}));
  EXPECT_EQ(mesh(read_obj, kSquare + "f 1 2\nf 1 2 3").triangles, (Corners{0, 1, 2}));
}

TEST(Obj, FacesMayComeBeforeTheirVertices) {
  EXPECT_EQ(mesh(read_obj, "f 1 2 3\n" + kSquare).triangles, (Corners{0, 1, 2}));
  refuses(read_obj, kSquare + "f 1 2 3\nf 1 2 5\n", "x.file:6: expected a vertex from 1 to 4, got 5");
}

TEST(Obj, WithoutFacesIsACloud) {
  EXPECT_EQ(cloud(read_obj, "v 1e-3 +2 -3.5 1.0 0.2 0.3\n").xyz, (Floats{0.001F, 2, -3.5}));
}

TEST(Obj, RefusesDamage) {
  refuses(read_obj, "", "x.file: expected vertices, got none");
  refuses(read_obj, "v 1 2\n", "x.file:1: expected a finite coordinate, got the line's end");
  refuses(read_obj, "\nv 1 2 nan\n", "x.file:2: expected a finite coordinate, got `nan`");
  refuses(read_obj, "v 1 2 1e39\n", "x.file:1: expected a finite coordinate, got `1e39`");
  refuses(read_obj, "v 1 2 3x\n", "got `3x`");
  refuses(read_obj, kSquare + "f 0 1 2\n", "x.file:5: expected a vertex from 1");
  refuses(read_obj, kSquare + "f -5 1 2\n", "x.file:5: expected a vertex from 1, or one of the last 4");
  refuses(read_obj, kSquare + "f 1 2 a/3\n", "x.file:5: expected a corner as `7` or `7/2/3`, got `a/3`");
  refuses(read_obj, kSquare + "f 1 2 9223372036854775808\n", "x.file:5: expected a corner");
  refuses(read_obj, std::string("v 1 2 3\n\0", 9), "x.file:2: expected text, got a byte 0");
}

TEST(Off, ReadsItsVariants) {
  const std::string counts = "4 2 0\n", vertices = "0 0 0\n1 0 0\n1 1 0\n0 1 .5\n",
                    faces = "3 0 1 2\n3 0 2 3\n";
  for (const std::string& head :
       {"OFF\n" + counts, "OFF" + counts, "OFF " + counts, "# a\n\nOFF # b\n# c\n" + counts,
        std::string("OFF4 2\n"), "NOFF\r\n" + counts, "STCNOFF\n" + counts}) {
    const TriangleMesh m = mesh(read_off, head + vertices + "# faces\n" + faces);
    EXPECT_EQ(m.vertices, kSquareVertices) << head;
    EXPECT_EQ(m.triangles, (Corners{0, 1, 2, 0, 2, 3})) << head;
  }
  const TriangleMesh coloured =
      mesh(read_off, "COFF\n3 2 0\n0 0 0 255 0 0 1\n1 0 0 0 0 0 1\n1 1 0 0 0 0 1\n3 0 1 2 1 0 0\n2 0 1\n");
  EXPECT_EQ(coloured.triangles, (Corners{0, 1, 2}));
  EXPECT_EQ(cloud(read_off, "OFF 1 0 0\n1 2 3").xyz, (Floats{1, 2, 3}));
}

TEST(Off, RefusesDamage) {
  refuses(read_off, "", "expected OFF and counts, got an empty file");
  refuses(read_off, "OFF", "x.file:1: expected counts after OFF, got the end");
  refuses(read_off, "PLY\n", "x.file:1: expected OFF, perhaps with ST, C or N before, got `PLY`");
  refuses(read_off, "OFF BINARY\n", "x.file:1: expected an OFF file of text");
  refuses(read_off, "OFF\n99999999 1 0\n",
          "x.file:2: expected 99999999 vertices and 1 faces to follow, got 0 bytes");
  refuses(read_off, "OFF\n-1 1 0\n", "x.file:2: expected a count of vertices");
  refuses(read_off, "OFF\n2 0 0\n0 0 0    #########\n",
          "expected 2 vertices, the file ends after 1, in line 3");
  refuses(read_off, "OFF\n1 1 0\n0 0 0\n3 0 0 1\n", "x.file:4: expected a vertex from 0 to 0, got `1`");
  refuses(read_off, "OFF\n1 1 0\n0 0 0\n3 0 0\n",
          "x.file:4: expected a vertex from 0 to 0, got the line's end");
  refuses(read_off, "OFF\n1 0 0\n0 0 0\n3 0 0\n", "x.file:4: expected the end after 0 faces");
  refuses(read_off, "OFF\n1 0 0\n0 0 inf\n", "x.file:3: expected a finite coordinate, got `inf`");
}

// Vertices as double and float with a colour between, an element of lists to pass over, faces with flags.
std::string ply(const std::string& format, bool swapped) {
  std::string text = "ply\r\nformat " + format +
                     " 1.0\r\ncomment by hand\r\nobj_info x\r\nelement vertex 4\r\nproperty double x\r\n"
                     "property uchar red\r\nproperty float y\r\nproperty short z\r\nelement extra 2\r\n"
                     "property list uchar float w\r\nelement face 2\r\nproperty int flags\r\n"
                     "property list ushort uint vertex_indices\r\nend_header\r\n";
  const double z[] = {0, 0, 0, -7};
  const std::vector<Corners> faces = {{0, 1, 2, 3}, {3, 1, 0}};
  if (format == "ascii") {
    text += "0 9 0 0\n1 9 0 0\n1 9 1 0\n0.25 9 1 -7\n2 0.5 0.5\n0\n-1 4 0 1 2 3\n-1 3 3 1 0\n";
    return text;
  }
  for (size_t i = 0; i < 4; ++i) {
    text += raw(i == 3 ? 0.25 : double{kSquareVertices[i * 3]}, swapped) + "\x09" +
            raw(kSquareVertices[i * 3 + 1], swapped) + raw(static_cast<int16_t>(z[i]), swapped);
  }
  text += "\x02" + raw(0.5F) + raw(0.5F) + std::string(1, '\0');
  for (const Corners& face : faces) {
    text += raw(int32_t{-1}, swapped) + raw(static_cast<uint16_t>(face.size()), swapped);
    for (const uint32_t corner : face) text += raw(corner, swapped);
  }
  return text;
}

TEST(Ply, ReadsTextAndBothByteOrders) {
  for (const auto& [format, swapped] :
       {std::pair("ascii", false), {"binary_little_endian", false}, {"binary_big_endian", true}}) {
    const TriangleMesh m = mesh(read_ply, ply(format, swapped));
    EXPECT_EQ(m.vertices, (Floats{0, 0, 0, 1, 0, 0, 1, 1, 0, 0.25, 1, -7})) << format;
    EXPECT_EQ(m.triangles, (Corners{0, 1, 2, 0, 2, 3, 3, 1, 0})) << format;
  }
}

TEST(Ply, EveryTruncationIsRefused) {
  for (const auto& [format, swapped] : {std::pair("ascii", false), {"binary_big_endian", true}}) {
    const std::string whole = ply(format, swapped);
    for (size_t size = 0; size < whole.size() - 1; ++size) {
      EXPECT_NE(error_text([&] { read(read_ply, whole.substr(0, size)); }), "no error")
          << format << " " << size;
    }
  }
}

std::string ply_header(const std::string& lines, const std::string& format = "ascii") {
  return "ply\nformat " + format + " 1.0\n" + lines + "end_header\n";
}

const std::string kXyz = "property float x\nproperty float y\nproperty float z\n";
const std::string kFace = "property list uchar int vertex_index\n";

TEST(Ply, WithoutFacesIsACloud) {
  EXPECT_EQ(cloud(read_ply, ply_header("element vertex 1\n" + kXyz) + "1 2 3\n").xyz, (Floats{1, 2, 3}));
  EXPECT_EQ(
      cloud(read_ply, ply_header("element vertex 1\n" + kXyz + "element face 0\n" + kFace) + "1 2 3").xyz,
      (Floats{1, 2, 3}));
}

TEST(Ply, RefusesDamage) {
  refuses(read_ply, "plyx\n", "x.file: expected a PLY file");
  refuses(read_ply, "ply\nformat text 1.0\n", "x.file:2: expected ascii, binary_little_endian");
  refuses(read_ply, ply_header("element vertex 1\nproperty half x\n"),
          "x.file:4: expected a type as float or uchar, got `half`");
  refuses(read_ply, ply_header("property float x\n"), "x.file:3: expected an element before its properties");
  refuses(read_ply, ply_header("element vertex 1\n"),
          "x.file: expected properties of element vertex, got none");
  refuses(read_ply, ply_header("element vertex 0\n" + kXyz), "x.file: expected vertices, got none");
  refuses(read_ply, ply_header("element vertex 1\n" + kXyz + kXyz) + "1 2 3 1 2 3\n",
          "once each, got 2, 2 and 2");
  refuses(read_ply, ply_header("element point 1\n" + kXyz) + "1 2 3\n",
          "expected an element vertex, got none");
  refuses(read_ply, ply_header("element vertex 1\n" + kXyz) + "1 2 nan\n",
          "x.file:8: expected a finite coordinate, got nan");
  refuses(read_ply, ply_header("element vertex 1\n" + kXyz) + "1 2 3 4\n",
          "x.file:8: expected the line's end, got `4`");
  refuses(read_ply, ply_header("element vertex 2000000000\n" + kXyz) + "1 2 3\n",
          "x.file:7: expected 2000000000 lines of element vertex");
  refuses(read_ply, ply_header("element vertex 2000000000\n" + kXyz, "binary_little_endian") + "1 2 3\n",
          "byte 124: expected 2000000000 rows of element vertex, at least 12 bytes each, got 6 bytes");
  refuses(read_ply,
          ply_header("element vertex 1\n" + kXyz, "binary_little_endian") + raw(1.F) + raw(2.F) + raw(NAN),
          "byte 123: expected a finite coordinate, got nan");
  refuses(read_ply, ply_header("element vertex 1\n" + kXyz + "element face 1\n" + kFace) + "1 2 3\n3 0 0 1\n",
          "x.file:11: expected a vertex from 0 to 0, got 1");
  refuses(read_ply,
          ply_header("element vertex 1\n" + kXyz + "element face 1\n" + kFace) + "1 2 3\n3 0 0 0.5\n",
          "x.file:11: expected a vertex from 0 to 0, got 0.5");
  refuses(read_ply,
          ply_header("element vertex 1\n" + kXyz + "element face 1\n" + kFace) + "1 2 3\n-3 0 0 1\n",
          "x.file:11: expected a list's length, got -3");
  refuses(read_ply, ply_header("element vertex 1\n" + kXyz + "element tristrips 1\n" + kFace),
          "got tristrips");
}

std::string binary_stl(const std::string& head, const std::vector<Floats>& triangles) {
  std::string text = head + std::string(80 - head.size(), ' ') + raw(static_cast<uint32_t>(triangles.size()));
  for (const Floats& t : triangles) {
    text += raw(0.F) + raw(0.F) + raw(1.F);
    for (const float v : t) text += raw(v);
    text += raw(uint16_t{0});
  }
  return text;
}

const Floats kTriangle = {0, 0, 0, 1, 0, 0, 1, 1, 0};
const std::string kFacet =
    "facet normal 0 0 1\n outer loop\n  vertex 0 0 0\n  vertex 1 0 0\n  vertex 1 1 0\n endloop\nendfacet\n";

TEST(Stl, TellsBinaryFromText) {
  for (const std::string& bytes :
       {binary_stl("a", {kTriangle, kTriangle}), binary_stl("solid a\nfacet", {kTriangle, kTriangle}),
        "solid a b\n" + kFacet + kFacet + "endsolid a b\n",
        "SOLID\n" + kFacet + "ENDSOLID\nsolid\n" + kFacet + "endsolid"}) {
    const TriangleMesh m = mesh(read_stl, bytes);
    Floats twice = kTriangle;
    twice.insert(twice.end(), kTriangle.begin(), kTriangle.end());
    EXPECT_EQ(m.vertices, twice);
    EXPECT_EQ(m.triangles, (Corners{0, 1, 2, 3, 4, 5}));
  }
}

TEST(Stl, RefusesDamage) {
  refuses(read_stl, "", "x.file: expected an STL file, got 0 bytes");
  refuses(read_stl, "solid\nendsolid\n", "x.file: expected triangles, got none");
  refuses(read_stl, binary_stl("a", {}), "x.file: expected triangles, got none");
  refuses(read_stl, binary_stl("a", {kTriangle}) + "x",
          "expected 134 bytes for the 1 triangles of a binary STL file, got 135");
  refuses(read_stl, binary_stl("a", {{0, 0, 0, 1, 0, 0, 1, 1, INFINITY}}),
          "byte 128: expected a finite coordinate, got inf");
  refuses(read_stl, "solid a\n" + kFacet, "x.file:8: expected endsolid, got the end");
  refuses(read_stl, "solid a\nvertex 1 2 3\n", "x.file:2: expected three vertices a facet");
  refuses(read_stl, "solid a\nfacet\nvertex 1 2 3\nendfacet\n", "x.file:4: expected three vertices a facet");
  refuses(read_stl, "solid a\nfacet\nfacet\n", "x.file:3: expected endfacet, got `facet`");
  refuses(read_stl, "solid a\nfacet\nvertex 1 2 x\n", "x.file:3: expected a finite coordinate, got `x`");
  refuses(read_stl, "solid a\nhello\n", "x.file:2: expected a keyword of STL, got `hello`");
}

Geometry read_seed(const std::string& name) {
  return read_shape_file(std::filesystem::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "mesh" / name);
}

// Each triangle's corners, one after the other: STL has no vertices in common.
Floats corners_of(const TriangleMesh& m) {
  Floats all;
  for (const uint32_t corner : m.triangles) {
    all.insert(all.end(), m.vertices.begin() + corner * 3, m.vertices.begin() + corner * 3 + 3);
  }
  return all;
}

TEST(ShapeFile, ReadsWhatOtherLibrariesWrite) {
  const Floats vertices = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0.5, 0.5, 0.5, -1.25};
  const Corners house = {0, 1, 2, 0, 2, 3, 1, 2, 4}, polygons = {1, 2, 4, 0, 1, 2, 0, 2, 3};
  for (const char* name : {"trimesh_obj.obj", "trimesh_off.off", "trimesh_stl.stl", "trimesh_stl_ascii.stl",
                           "trimesh.ply", "glued.off", "solid.stl", "text.ply", "little.ply", "big.ply"}) {
    const auto m = std::get<TriangleMesh>(read_seed(name));
    const bool of_plyfile = std::string(name) == "text.ply" || std::string(name) == "little.ply" ||
                            std::string(name) == "big.ply";
    EXPECT_EQ(corners_of(m), corners_of({vertices, of_plyfile ? polygons : house})) << name;
  }
  EXPECT_EQ(std::get<PointCloud>(read_seed("points.ply")).xyz, vertices);
}

TEST(ShapeFile, TheExtensionTells) {
  EXPECT_TRUE(is_shape_file("a/b.OBJ"));
  EXPECT_FALSE(is_shape_file("a/obj"));
  EXPECT_FALSE(is_shape_file("a.blend"));
  EXPECT_TRUE(std::holds_alternative<TriangleMesh>(
      read_shape(FileBytes::borrow("x.Obj", bytes_of(kSquare + "f 1 2 3\n")))));
  expect_part(error_text([] { read_shape(FileBytes::borrow("x.blend", {})); }),
              "x.blend: expected a file named");
  expect_part(error_text([] { read_shape_file("/nowhere/x.obj"); }), "/nowhere/x.obj: cannot open");
}

}  // namespace
}  // namespace ax
