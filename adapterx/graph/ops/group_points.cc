#include "adapterx/graph/ops/group_points.h"

#include <algorithm>
#include <array>

#include "adapterx/graph/ops/cast.h"
#include "adapterx/kernels/points/group_points.h"
#include "adapterx/kernels/scratch_layout.h"
#include "adapterx/kernels/twin/points.h"

namespace ax {
namespace {

// Operand: points. Outputs: neighbours, centers, neighbour_points, center_points.
struct GroupPointsOp : Op {
  GroupPointsOp(int64_t groups, int64_t size) : groups_(groups), size_(size) {}

  std::string_view name() const override { return "group_points"; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "points", 3);
    const int64_t batch = c.shape(0)[0], n = c.shape(0)[1];
    c.expect_shape(0, "points", c.shape(0).with(2, 3));
    const std::string range = fmt::format("1 to {}, the points of a cloud", n);
    if (groups_ < 1 || groups_ > n) c.reject("groups", range, fmt::format("{}", groups_));
    if (size_ < 1 || size_ > n) c.reject("group_size", range, fmt::format("{}", size_));
    return {{Shape{batch, groups_, size_ * 3}, Role::exact},
            {Shape{batch, groups_, 3}, Role::exact},
            {Shape{batch, groups_, size_}, Role::index},
            {Shape{batch, groups_}, Role::index}};
  }

  Kernel bind(Binding& b) const override {
    const Tensor points = b.input(0);
    const int64_t batch = points.shape[0];
    const Tensor wanted[] = {{nullptr, DType::f32, {batch, groups_, size_ * 3}},
                             {nullptr, DType::f32, {batch, groups_, 3}},
                             {nullptr, DType::i32, {batch, groups_, size_}},
                             {nullptr, DType::i32, {batch, groups_}}};
    kernels::ScratchLayout layout;
    layout.add(kernels::group_points_scratch(points.shape[1], size_));
    std::array<Tensor, 4> out;
    std::array<size_t, 4> offset{};  // into scratch, where nobody reads the output
    for (size_t i = 0; i < 4; ++i) {
      out[i] = b.output(i) ? b.output(i) : wanted[i];
      if (!b.output(i)) offset[i] = layout.add(wanted[i].bytes());
    }
    b.need_scratch(layout.size());
    return [=](const StepState& s) {
      std::array<Tensor, 4> to = out;
      for (size_t i = 0; i < 4; ++i) {
        if (!to[i]) to[i].data = kernels::at(s.scratch, offset[i]);
      }
      kernels::group_points({points, to[0], to[1], to[2], to[3], s.scratch});
    };
  }

  // Chosen in f32, as the kernel does; the differences in double.
  void evaluate(TwinNode& t) const override {
    const auto n = static_cast<size_t>(t.in[0]->shape[1]), size = static_cast<size_t>(size_);
    const auto groups = static_cast<size_t>(groups_);
    const std::vector<double>& points = t.in[0]->v;
    const std::vector<float> rounded(points.begin(), points.end());
    for (size_t i = 0; i < static_cast<size_t>(t.in[0]->shape[0]) * groups; ++i) {
      const size_t cloud = i / groups * n * 3;
      if (i % groups == 0) {
        const auto chosen = twin::farthest_points(rounded.data() + cloud, n, groups);
        std::copy(chosen.begin(), chosen.end(), t.out[3].v.begin() + static_cast<std::ptrdiff_t>(i));
      }
      const size_t center = cloud + static_cast<size_t>(t.out[3].v[i]) * 3;
      const auto near = twin::nearest_points(rounded.data() + cloud, n, rounded.data() + center, size);
      for (size_t c = 0; c < 3; ++c) t.out[1].v[i * 3 + c] = points[center + c];
      for (size_t k = 0; k < size; ++k) {
        t.out[2].v[i * size + k] = near[k];
        for (size_t c = 0; c < 3; ++c) {
          t.out[0].v[(i * size + k) * 3 + c] =
              points[cloud + static_cast<size_t>(near[k]) * 3 + c] - points[center + c];
        }
      }
    }
  }

 private:
  int64_t groups_, size_;
};

}  // namespace

PointGroups group_points(Value points, int64_t groups, int64_t group_size) {
  const Value operands[] = {cast(points, Role::exact)};
  const std::vector<Value> out =
      points.graph->append(std::make_shared<GroupPointsOp>(groups, group_size), operands);
  return {out[0], out[1], out[2], out[3]};
}

}  // namespace ax
