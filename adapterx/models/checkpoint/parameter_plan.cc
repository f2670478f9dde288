#include "adapterx/models/checkpoint/parameter_plan.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"

namespace ax {
namespace {

std::vector<int64_t> without_ones(const Shape& s) {
  std::vector<int64_t> dims;
  for (int axis = 0; axis < s.rank(); ++axis) {
    if (s[axis] != 1) dims.push_back(s[axis]);
  }
  return dims;
}

// Whether the last axes of a shape multiply to `columns`: [d, H, d / H] as a matrix of d columns.
bool ends_with_columns(const Shape& s, int64_t columns) {
  int64_t product = 1;
  for (int axis = s.rank() - 1; axis >= 0 && product < columns; --axis) product *= s[axis];
  return product == columns;
}

// values [k, n] to out [n, k], by tiles whose cache lines are used whole.
void transpose(std::span<const float> values, int64_t n, std::span<float> out) {
  constexpr int64_t kTile = 16;
  const int64_t k = static_cast<int64_t>(values.size()) / n;
  for (int64_t i0 = 0; i0 < n; i0 += kTile) {
    for (int64_t j = 0; j < k; ++j) {
      for (int64_t i = i0; i < std::min(n, i0 + kTile); ++i) {
        out[static_cast<size_t>(i * k + j)] = values[static_cast<size_t>(j * n + i)];
      }
    }
  }
}

// values [h, w, in, out_channels] to out [out_channels, in, h, w]; shape: out's.
void from_hwio(std::span<const float> values, const Shape& shape, std::span<float> out) {
  const int64_t n = shape[0], c = shape[1], pixels = shape[2] * shape[3];
  for (int64_t o = 0; o < n; ++o) {
    for (int64_t i = 0; i < c; ++i) {
      for (int64_t p = 0; p < pixels; ++p) {
        out[static_cast<size_t>((o * c + i) * pixels + p)] = values[static_cast<size_t>((p * c + i) * n + o)];
      }
    }
  }
}

class PlannedSource {
 public:
  PlannedSource(std::shared_ptr<const TensorFile> file, ParameterPlans plans)
      : file_(std::move(file)), plans_(std::move(plans)) {}

  bool operator()(std::string_view name, const Shape& shape, std::span<float> out) const {
    const auto found = plans_.find(name);
    if (found == plans_.end()) return false;
    const ParameterPlan& plan = found->second;
    if (plan.start) {
      initialise(*plan.start, name, shape, 0, out);
    } else if (shape == plan.shape) {
      copy(plan, out);
    } else if (plan.positions && shape.rank() == 3 && shape[2] == plan.shape[2]) {
      resample(plan, shape, out);
    } else {
      fail("{}: {}: expected {}, got {}", file_->path(), name, to_string(shape), to_string(plan.shape));
    }
    return true;
  }

 private:
  void copy(const ParameterPlan& plan, std::span<float> out) const {
    const size_t part = out.size() / plan.tensors.size();
    const Shape shape = plan.shape.with(0, plan.shape[0] / static_cast<int64_t>(plan.tensors.size()));
    for (size_t i = 0; i < plan.tensors.size(); ++i) {
      const std::span<float> to = out.subspan(i * part, part);
      if (plan.layout == Layout::same) {
        file_->copy_f32(plan.tensors[i], to);
      } else {
        const std::vector<float> values = file_->f32(plan.tensors[i]);
        if (plan.layout == Layout::transposed) transpose(values, shape[0], to);
        if (plan.layout == Layout::hwio) from_hwio(values, shape, to);
      }
      file_->release(plan.tensors[i]);
    }
  }

  void resample(const ParameterPlan& plan, const Shape& shape, std::span<float> out) const {
    const auto [prefix, how] = *plan.positions;
    const auto grid_of = [prefix = prefix](const Shape& s) {
      return static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(s[1] - prefix))));
    };
    std::vector<float> positions(static_cast<size_t>(plan.shape.size()));
    copy(plan, positions);
    resample_pos_embed(positions, prefix, shape[2], grid_of(plan.shape), grid_of(shape), how, out);
  }

  std::shared_ptr<const TensorFile> file_;
  ParameterPlans plans_;
};

}  // namespace

bool fits(const Shape& theirs, Layout layout, const Shape& ours) {
  if (theirs.size() != ours.size()) return false;
  switch (layout) {
    case Layout::same:
      return without_ones(theirs) == without_ones(ours) || ours.rank() == 1;
    case Layout::transposed:
      return ends_with_columns(theirs, ours[0]);
    case Layout::hwio:
      return ours.rank() == 4 && theirs == Shape{ours[2], ours[3], ours[1], ours[0]};
  }
  return false;
}

WeightSource planned_source(std::shared_ptr<const TensorFile> file, ParameterPlans plans) {
  return PlannedSource(std::move(file), std::move(plans));
}

}  // namespace ax
