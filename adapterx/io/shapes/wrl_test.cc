#include "adapterx/io/shapes/wrl.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

Geometry read(const std::string& text) {
  return read_wrl(FileBytes::borrow("a.wrl", std::as_bytes(std::span(text))));
}

const std::string kHead = "#VRML V2.0 utf8\n";

// A unit square in the plane z = 0.
const std::string kSquare =
    "Shape { appearance Appearance { material Material { diffuseColor 1 0 0 } } geometry IndexedFaceSet {\n"
    "  creaseAngle 0.5 coordIndex [0,1,2,3,-1] coord Coordinate { point [0 0 0,1 0 0,1 1 0,0 1 0] } } }\n";

std::string error_of(const std::string& text) {
  return error_text([&] { read(text); });
}

TriangleMesh mesh_of(const std::string& text) { return std::get<TriangleMesh>(read(kHead + text)); }

void expect_vertex(const TriangleMesh& mesh, size_t i, float x, float y, float z) {
  EXPECT_NEAR(mesh.vertices[3 * i], x, 1e-5) << i;
  EXPECT_NEAR(mesh.vertices[3 * i + 1], y, 1e-5) << i;
  EXPECT_NEAR(mesh.vertices[3 * i + 2], z, 1e-5) << i;
}

TEST(Wrl, ReadsFacesAsFans) {
  const TriangleMesh mesh = mesh_of("# a comment with { and \"\n" + kSquare);
  EXPECT_EQ(mesh.vertices, (std::vector<float>{0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0}));
  EXPECT_EQ(mesh.triangles, (std::vector<uint32_t>{0, 1, 2, 0, 2, 3}));
}

TEST(Wrl, PlacesShapesByTheirTransforms) {
  const TriangleMesh mesh = mesh_of(
      "Transform { translation 10 0 0 children Transform {\n"
      "  rotation 0 0 2 1.5707963 scale 2 3 1 children [ " +
      kSquare + "] } }");
  // Scaled, then turned by a quarter about z, then moved.
  expect_vertex(mesh, 1, 10, 2, 0);
  expect_vertex(mesh, 2, 7, 2, 0);
  expect_vertex(mesh, 3, 7, 0, 0);
}

TEST(Wrl, TurnsAndScalesAboutTheCentre) {
  const TriangleMesh turned =
      mesh_of("Transform { center 1 1 0 rotation 0 0 1 3.1415927 children " + kSquare + "}");
  expect_vertex(turned, 0, 2, 2, 0);
  expect_vertex(turned, 2, 1, 1, 0);
  // Doubled along the diagonal: what lies across stays.
  const TriangleMesh stretched =
      mesh_of("Transform { scale 2 1 1 scaleOrientation 0 0 1 0.78539816 children " + kSquare + "}");
  expect_vertex(stretched, 2, 2, 2, 0);
  expect_vertex(stretched, 1, 1.5F, 0.5F, 0);
}

TEST(Wrl, UsesWhatIsDefinedAndTheChosenChild) {
  const TriangleMesh mesh = mesh_of(
      "Switch { whichChoice -1 choice DEF S " + kSquare +
      "}\n"
      "Group { children [ USE S, Switch { whichChoice 1 choice [ Group { } USE S ] } ] }\n"
      "LOD { level [ USE S USE S ] } Script { url [ \"a\" \"b\" ] field SFBool on TRUE } ROUTE a.b TO c.d\n");
  EXPECT_EQ(mesh.triangle_count(), 6);
}

TEST(Wrl, OfPointsAloneIsACloud) {
  const auto cloud = std::get<PointCloud>(
      read(kHead + "Shape { geometry IndexedFaceSet { coord Coordinate { point [ 1 2 3, 4 5 6 ] } } }"));
  EXPECT_EQ(cloud.xyz, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Wrl, SaysWhatIsWrong) {
  EXPECT_EQ(error_of("#VRML V1.0 ascii\n"), "a.wrl:1: expected #VRML V2.0, got `#VRML V1.0`");
  EXPECT_EQ(error_of(kHead + "\nShape { geometry "), "a.wrl:3: expected a value, got the end of the file");
  EXPECT_EQ(error_of(kHead + "Group { children USE S }"), "a.wrl:2: USE S: no node of this name before");
  EXPECT_EQ(error_of(kHead + "DEF S Group { children USE S }"),
            "a.wrl:2: USE S: no node of this name before");
  EXPECT_EQ(error_of(kHead + "Group 3"), "a.wrl:2: expected { after Group, got `3`");
  EXPECT_EQ(error_of(kHead + "Info { title \"abc }"), "a.wrl:2: the file ends within a text");
  EXPECT_EQ(error_of(kHead + "PROTO A [ ] { }"),
            "a.wrl:2: PROTO: nodes of a file's own making can't be read");
  const auto faces = [](const std::string& points, const std::string& corners) {
    return error_of(kHead + "Shape { geometry IndexedFaceSet { coord Coordinate { point [" + points +
                    "] } coordIndex [" + corners + "] } }");
  };
  EXPECT_EQ(faces("0 0 0 1", "0"), "a.wrl:2: expected 3 numbers a point, got 4");
  EXPECT_EQ(faces("0 0 0", "0 1 0"), "a.wrl:2: expected corners from 0 to 0, or -1, got 1");
  EXPECT_EQ(faces("0 0 0", "0.5"), "a.wrl:2: expected corners from 0 to 0, or -1, got 0.5");
  EXPECT_EQ(faces("0 0 1e99", "0"), "a.wrl:2: expected finite coordinates");
  EXPECT_EQ(faces("0 0 1.2.3", "0"), "a.wrl:2: expected a number, got `1.2.3`");
  EXPECT_NE(error_of(kHead + "Group { }"), "no error");
}

TEST(Wrl, EndsOnScenesThatExplode) {
  std::string nested, doubled = kHead + "DEF A0 Group { }\n", chained = kHead + "DEF A0 Group { }\n";
  for (int i = 0; i < 200; ++i) nested += "Group { children ";
  for (int i = 1; i < 40; ++i) {
    doubled += fmt::format("DEF A{} Group {{ children [ USE A{} USE A{} ] }}\n", i, i - 1, i - 1);
  }
  for (int i = 1; i < 100'000; ++i) {
    chained += fmt::format("DEF A{} Group {{ children USE A{} }}\n", i, i - 1);
  }
  EXPECT_EQ(error_of(kHead + nested), "a.wrl:2: expected nodes at most 64 deep");
  EXPECT_NE(error_of(doubled).find("expected a scene of fewer nodes"), std::string::npos);
  EXPECT_NE(error_of(chained).find("expected a scene less deep"), std::string::npos);
}

// Whatever is cut off, there is an answer.
TEST(Wrl, StandsTruncation) {
  const std::string whole = kHead + "Transform { translation 1 2 3 children [ " + kSquare + "] }";
  for (size_t size = 0; size + 3 < whole.size(); ++size)
    EXPECT_NE(error_of(whole.substr(0, size)), "no error") << size;
}

}  // namespace
}  // namespace ax
