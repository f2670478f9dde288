#include "adapterx/data/sources/view_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/sources/image_sources.h"
#include "adapterx/data/sources/view_canvas.h"
#include "adapterx/data/sources/view_image.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSide = 16;

struct Seen {
  std::vector<uint8_t> coverage = std::vector<uint8_t>(kSide * kSide);
  std::vector<float> values = std::vector<float>(kSide * kSide);

  explicit Seen(const ViewCanvas& canvas) { canvas.read(coverage, values); }
  float value(size_t x, size_t y) const { return values[y * kSide + x]; }
  double area() const {
    double sum = 0;
    for (const uint8_t c : coverage) sum += c / 255.0;
    return sum;
  }
};

TEST(ViewCanvas, FillsTrianglesWhicheverWayTheyTurn) {
  const ViewPoint a{2, 2, 0, 0}, b{14, 2, 0, 1}, c{2, 14, 0, 0};
  ViewCanvas one(kSide), other(kSide);
  one.triangle(a, b, c);
  other.triangle(c, b, a);
  const Seen seen(one);
  EXPECT_NEAR(seen.area(), 72, 4);
  EXPECT_EQ(seen.coverage, Seen(other).coverage);
  EXPECT_NEAR(seen.value(3, 3), 1.5 / 12, 1e-4);  // the middle of pixel 3 is 1.5 from a
  EXPECT_NEAR(seen.value(10, 3), 8.5 / 12, 1e-4);
  EXPECT_EQ(seen.coverage[1 * kSide + 1], 0);
  EXPECT_EQ(seen.coverage[4 * kSide + 4], 255);
}

TEST(ViewCanvas, TwoTrianglesOfASquareLeaveNoGap) {
  ViewCanvas canvas(kSide);
  const ViewPoint a{1.3F, 2.1F, 0, 1}, b{13.7F, 3.3F, 0, 1}, c{14.2F, 13.9F, 0, 1}, d{0.7F, 12.2F, 0, 1};
  canvas.triangle(a, b, c);
  canvas.triangle(a, c, d);
  const Seen seen(canvas);
  for (size_t k = 4; k < 12; ++k) {
    for (size_t m = 4; m < 12; ++m) ASSERT_EQ(seen.coverage[k * kSide + m], 255);
  }
}

TEST(ViewCanvas, TheNearerIsSeenInAnyOrder) {
  const auto at = [](float nearness, float value) {
    return std::vector<ViewPoint>{
        {0, 0, nearness, value}, {30, 0, nearness, value}, {0, 30, nearness, value}};
  };
  const auto far = at(-1, 0.25F), near = at(1, 0.75F);
  for (const bool near_first : {false, true}) {
    ViewCanvas canvas(kSide);
    for (const auto& t : {near_first ? near : far, near_first ? far : near})
      canvas.triangle(t[0], t[1], t[2]);
    canvas.disc({8, 8, 0, 0.5F}, 3);  // between them
    const Seen seen(canvas);
    EXPECT_EQ(seen.value(4, 4), 0.75F);
    EXPECT_EQ(seen.value(8, 8), 0.75F);
  }
  ViewCanvas disc(kSide);
  disc.disc({8, 8, 0, 1}, 5);
  EXPECT_NEAR(Seen(disc).area(), 3.14159 * 25, 3);
}

TEST(ViewCanvas, StandsWhatLiesBeyondTheEdgeOrNowhere) {
  constexpr float kInf = std::numeric_limits<float>::infinity(),
                  kNan = std::numeric_limits<float>::quiet_NaN();
  ViewCanvas canvas(kSide);
  canvas.triangle({kNan, 0, 0, 1}, {5, 0, 0, 1}, {0, 5, 0, 1});
  canvas.triangle({kInf, 0, 0, 1}, {5, 0, 0, 1}, {0, 5, 0, 1});
  canvas.triangle({-50, -50, 0, 1}, {-40, -50, 0, 1}, {-50, -40, 0, 1});
  canvas.triangle({3, 3, 0, 1}, {3, 3, 0, 1}, {9, 9, 0, 1});
  canvas.disc({kNan, 3, 0, 1}, 2);
  canvas.disc({-100, 3, 0, 1}, 2);
  EXPECT_EQ(Seen(canvas).area(), 0);
  canvas.triangle({-1e7F, -1e7F, 0, 1}, {1e7F, -1e7F, 0, 1}, {0, 1e7F, 0, 1});
  EXPECT_EQ(Seen(canvas).area(), kSide * kSide);
}

// A box from the origin, with triangles.
TriangleMesh box(float x, float y, float z) {
  TriangleMesh mesh;
  for (int corner = 0; corner < 8; ++corner) {
    mesh.vertices.insert(mesh.vertices.end(),
                         {(corner & 1) != 0 ? x : 0, (corner & 2) != 0 ? y : 0, (corner & 4) != 0 ? z : 0});
  }
  mesh.triangles = {0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4,
                    2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5};
  return mesh;
}

TEST(ViewModel, LiesInTheUnitSphereWithYUp) {
  for (const auto& [up, tall] :
       {std::pair{UpAxis::y, box(1, 8, 2)}, {UpAxis::z, box(1, 2, 8)}, {UpAxis::minus_y, box(1, 8, 2)}}) {
    const ViewModel model = view_model(Geometry(tall), up);
    float radius = 0, highest = 0;
    for (size_t i = 0; i < model.xyz.size(); i += 3) {
      radius = std::max(radius, std::hypot(model.xyz[i], model.xyz[i + 1], model.xyz[i + 2]));
      highest = std::max(highest, model.xyz[i + 1]);
    }
    EXPECT_NEAR(radius, 1, 1e-6);
    EXPECT_NEAR(highest, 4 / std::sqrt(0.25 + 16 + 1), 1e-5);
  }
  // The first file's top is the last's bottom.
  const TriangleMesh point{{0, 0, 0, 1, 0, 0, 0, 5, 0}, {0, 1, 2}};
  EXPECT_GT(view_model(Geometry(point), UpAxis::y).xyz[7], 0);
  EXPECT_LT(view_model(Geometry(point), UpAxis::minus_y).xyz[7], 0);
  const ViewModel dot = view_model(Geometry(PointCloud{{3, 3, 3}}), UpAxis::y);
  EXPECT_EQ(dot.xyz, (std::vector<float>{0, 0, 0}));
}

// The number of a picture's pixels that differ from its upper left corner's by more than backgrounds vary.
int64_t shown_pixels(const Image& image) {
  int64_t count = 0;
  for (size_t p = 0; p < image.size(); p += 3) {
    int difference = 0;
    for (size_t c = 0; c < 3; ++c) difference += std::abs(int{image.pixels[p + c]} - int{image.pixels[c]});
    count += difference > 60 ? 1 : 0;
  }
  return count;
}

TEST(View, ShowsABoxInAllLooks) {
  const ViewModel model = view_model(Geometry(box(1, 1, 1)), UpAxis::y);
  std::set<int64_t> areas;
  for (int64_t i = 0; i < 40; ++i) {
    const Image image = draw_view(model, 48, {.seed = 1, .index = i}, "view");
    EXPECT_EQ(image.width, 48);
    areas.insert(shown_pixels(image));
    const Image again = draw_view(model, 48, {.seed = 1, .index = i}, "view");
    EXPECT_TRUE(std::equal(image.pixels.get(), image.pixels.get() + image.size(), again.pixels.get()));
  }
  EXPECT_GT(areas.size(), 20u);  // from many sides and distances
  EXPECT_GT(*areas.rbegin(), 300);
}

class ViewSource : public testing::Test {
 protected:
  ViewSource() {
    fs::remove_all(folder_);
    for (int i = 0; i < 3; ++i) {
      write("flat.3dshapes/" + std::to_string(i) + ".obj", box(3, 0.2F, static_cast<float>(i + 1)));
      write("tall/deep/" + std::to_string(i) + ".obj", box(1, static_cast<float>(i + 5), 1));
    }
    write("one/only.obj", box(1, 1, 1));
    fs::create_directories(folder_ / "empty");
  }
  ~ViewSource() override { fs::remove_all(folder_); }

  void write(const std::string& name, const TriangleMesh& mesh) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream file(folder_ / name);
    for (size_t i = 0; i < mesh.vertices.size(); i += 3) {
      file << "v " << mesh.vertices[i] << ' ' << mesh.vertices[i + 1] << ' ' << mesh.vertices[i + 2] << '\n';
    }
    for (size_t i = 0; i < mesh.triangles.size(); i += 3) {
      file << "f " << mesh.triangles[i] + 1 << ' ' << mesh.triangles[i + 1] + 1 << ' '
           << mesh.triangles[i + 2] + 1 << '\n';
    }
  }

  ImageSplits open(const std::string& options, const std::string& file = "") const {
    return open_image_source("views:path=" + (folder_ / file).string() + "," + options);
  }

  std::string error_of(const std::string& options) const {
    return error_text([&] { open(options); });
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "view_source_test";
};

TEST_F(ViewSource, HasAClassForEachFolderOfEnough) {
  const ImageSplits splits = open("min_class_size=3,per_model=4,size=32");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"flat", "tall"}));
  EXPECT_EQ(splits.train->size(), 24);
  EXPECT_EQ(splits.test, nullptr);
  std::vector<int> counts(2);
  for (int64_t i = 0; i < 24; ++i) ++counts[static_cast<size_t>(splits.train->label(i))];
  EXPECT_EQ(counts, (std::vector<int>{12, 12}));
  EXPECT_EQ(open("min_class_size=1").classes, (std::vector<std::string>{"flat", "one", "tall"}));
}

TEST_F(ViewSource, TakesAListToo) {
  std::ofstream(folder_ / "list.csv") << "path,label,split\none/only.obj,b,train\ntall/deep/0.obj,a,test\n";
  const ImageSplits splits = open("min_class_size=1,per_model=1", "list.csv");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(splits.train->size(), 2);
}

TEST_F(ViewSource, GivesTheSamePixelsOnAllThreads) {
  const auto one = open("min_class_size=1,per_model=8,size=24").train;
  const auto all = open("min_class_size=1,per_model=8,size=24").train;
  std::vector<Image> images(static_cast<size_t>(all->size()));
#pragma omp parallel for schedule(dynamic) num_threads(4)
  for (size_t i = 0; i < images.size(); ++i) images[i] = all->image(static_cast<int64_t>(i));
  for (size_t i = 0; i < images.size(); ++i) {
    const Image image = one->image(static_cast<int64_t>(i));
    ASSERT_TRUE(std::equal(image.pixels.get(), image.pixels.get() + image.size(), images[i].pixels.get()));
  }
  const auto other = open("min_class_size=1,per_model=8,size=24,seed=1").train->image(0);
  EXPECT_FALSE(std::equal(other.pixels.get(), other.pixels.get() + other.size(), images[0].pixels.get()));
}

TEST_F(ViewSource, SaysWhatIsWrong) {
  EXPECT_NE(error_of("min_class_size=4").find("expected at least 2 classes of 4 shapes or more"),
            std::string::npos);
  EXPECT_NE(error_of("up=x").find("expected auto, y, z, -y"), std::string::npos);
  expect_part(error_text([] { open_image_source("views:path=/nowhere"); }),
              "/nowhere: no such file or folder");
  std::ofstream(folder_ / "tall" / "bad.obj") << "v 1 2\n";
  const auto views = open("min_class_size=1,per_model=1").train;
  int64_t bad = 0;
  for (int64_t i = 0; i < views->size(); ++i) {
    const std::string text = error_text([&] { views->image(i); });
    if (text == "no error") continue;
    expect_part(text, "bad.obj:1");
    ++bad;
  }
  EXPECT_EQ(bad, 1);
}

TEST_F(ViewSource, LeavesLargeFilesOut) {
  std::ofstream(folder_ / "tall" / "large.obj") << std::string(3000, '#');
  EXPECT_EQ(open("per_model=1,min_class_size=3,most_kb=2").train->size(), 6);
  EXPECT_EQ(open("per_model=1,min_class_size=3").train->size(), 7);
}

}  // namespace
}  // namespace ax
