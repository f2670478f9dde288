#include "adapterx/graph/ops/group_points.h"

#include <gtest/gtest.h>

#include "adapterx/base/rng.h"
#include "adapterx/graph/compile.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/kernels/twin/points.h"

namespace ax {
namespace {

// The indices as well as what they point at, whichever of the outputs is read.
TEST(GroupPoints, EveryOutputAloneAndTogether) {
  constexpr int64_t kBatch = 3, kPoints = 90, kGroups = 7, kSize = 11;
  std::vector<float> xyz(kBatch * kPoints * 3);
  Rng(1, 2, 3).fill_normal(xyz, 0, 1);
  for (unsigned wanted = 1; wanted < 16; ++wanted) {
    Graph g;
    const PointGroups groups = group_points(g.input("points", {kBatch, kPoints, 3}), kGroups, kSize);
    const std::pair<std::string, Value> all[] = {{"neighbours", groups.neighbours},
                                                 {"centers", groups.centers},
                                                 {"neighbour_points", groups.neighbour_points},
                                                 {"center_points", groups.center_points}};
    CompileRequest request;
    for (unsigned i = 0; i < 4; ++i) {
      if (wanted >> i & 1) request.outputs.push_back(all[i]);
    }
    const auto session = compile(g, request);
    std::copy(xyz.begin(), xyz.end(), session->input("points").f32());
    session->run(0, 0);
    const auto read = [&](unsigned i) { return wanted >> i & 1 ? session->output(all[i].first) : Tensor{}; };
    const Tensor neighbours = read(0), centers = read(1), near_points = read(2), center_points = read(3);
    for (size_t i = 0; i < kBatch * kGroups; ++i) {
      const float* cloud = xyz.data() + i / kGroups * kPoints * 3;
      const int32_t chosen = twin::farthest_points(cloud, kPoints, kGroups)[i % kGroups];
      const float* center = cloud + 3 * chosen;
      const auto near = twin::nearest_points(cloud, kPoints, center, kSize);
      if (center_points) {
        ASSERT_EQ(center_points.i32()[i], chosen);
      }
      for (size_t c = 0; centers && c < 3; ++c) ASSERT_EQ(centers.f32()[3 * i + c], center[c]);
      for (size_t k = 0; k < kSize; ++k) {
        if (near_points) {
          ASSERT_EQ(near_points.i32()[i * kSize + k], near[k]);
        }
        for (size_t c = 0; neighbours && c < 3; ++c) {
          ASSERT_EQ(neighbours.f32()[(i * kSize + k) * 3 + c], cloud[3 * near[k] + c] - center[c]);
        }
      }
    }
  }
}

TEST(GroupPoints, PointsGetNoGradient) {
  Graph g;
  const Value points = g.parameter("points", {1, 9, 3}, Init::normal(0, 1), {.trained = true});
  CompileRequest request;
  request.loss = sum(group_points(points, 2, 3).neighbours);
  request.trained = std::make_shared<TrainedParameters>(g);
  EXPECT_THROW(compile(g, request), Error);
}

}  // namespace
}  // namespace ax
