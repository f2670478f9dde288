#include "adapterx/data/points/point_pickles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/image_list.h"

namespace ax {
namespace {

using Kind = PickledValue::Kind;

class PickledClouds : public PointDataset {
 public:
  PickledClouds(std::shared_ptr<const NumpyPickle> pickle, std::string part, std::vector<PickledCloud> clouds)
      : pickle_(std::move(pickle)), part_(std::move(part)), clouds_(std::move(clouds)) {}

  int64_t size() const override { return std::ssize(clouds_); }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(at(i).label); }
  std::string name(int64_t i) const override {
    return fmt::format("{}{}#{}", pickle_->file.name(), part_, i);
  }

  PointCloud points(int64_t i) const override {
    const TensorInfo& array = *at(i).xyz;
    std::vector<float> values(static_cast<size_t>(array.shape.size()));
    copy_f32(name(i), array, values);
    const auto columns = static_cast<size_t>(array.shape[1]);
    PointCloud cloud;
    for (size_t p = 0; p < static_cast<size_t>(array.shape[0]); ++p) {
      for (size_t k = 0; k < 3; ++k) {
        const float x = values[p * columns + k];
        if (!std::isfinite(x)) fail("{}: point {}: expected finite coordinates, got {}", name(i), p, x);
        cloud.xyz.push_back(x);
      }
    }
    return cloud;
  }

 private:
  const PickledCloud& at(int64_t i) const { return clouds_[static_cast<size_t>(i)]; }

  std::shared_ptr<const NumpyPickle> pickle_;
  std::string part_;
  std::vector<PickledCloud> clouds_;
};

bool is_float(FileDType type) {
  return type == FileDType::f64 || type == FileDType::f32 || type == FileDType::f16;
}

int64_t label_of(const std::string& where, const PickledValue& value) {
  std::array<int64_t, 1> label = {-1};
  if (value.kind == Kind::integer) {
    label[0] = value.integer;
  } else if (value.kind == Kind::array && value.array->shape.size() == 1) {
    copy_i64(where, *value.array, label);
  } else {
    fail("{}: expected a label, a number or an array of one, got {}", where, to_string(value.kind));
  }
  if (label[0] < 0 || label[0] >= kMaxClasses) {
    fail("{}: expected a label in [0, {}), got {}", where, kMaxClasses, label[0]);
  }
  return label[0];
}

}  // namespace

PickledCloud pickled_cloud(const std::string& where, const PickledValue& points, const PickledValue& label) {
  if (points.kind != Kind::array) {
    fail("{}: expected an array of points, got {}", where, to_string(points.kind));
  }
  const Shape& shape = points.array->shape;
  if (shape.rank() != 2 || shape[0] < 1 || shape[1] < 3 || !is_float(points.array->dtype)) {
    fail("{}: expected floats [points, 3 or more], got {} {}", where, to_string(points.array->dtype),
         to_string(shape));
  }
  return {points.array, label_of(where, label)};
}

std::shared_ptr<const PointDataset> pickled_clouds(std::shared_ptr<const NumpyPickle> pickle,
                                                   const std::string& part,
                                                   std::vector<PickledCloud> clouds) {
  if (clouds.empty()) fail("{}{}: expected clouds, got none", pickle->file.name(), part);
  return std::make_shared<PickledClouds>(std::move(pickle), part, std::move(clouds));
}

}  // namespace ax
