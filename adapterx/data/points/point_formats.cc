#include "adapterx/data/points/point_formats.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapterx/base/error.h"

namespace ax {
namespace {

class CloudsInMemory : public PointDataset {
 public:
  explicit CloudsInMemory(std::vector<LabelledCloud> clouds) : clouds_(std::move(clouds)) {}
  int64_t size() const override { return std::ssize(clouds_); }
  int32_t label(int64_t i) const override { return at(i).label; }
  std::string name(int64_t i) const override { return at(i).name; }
  PointCloud points(int64_t i) const override { return at(i).cloud; }
  bool in_memory() const override { return true; }

 private:
  const LabelledCloud& at(int64_t i) const { return clouds_[static_cast<size_t>(i)]; }

  std::vector<LabelledCloud> clouds_;
};

}  // namespace

std::string variant_of(const DatasetSpec& spec, const std::vector<std::string>& variants) {
  if (spec.variant.empty()) return variants[0];
  if (std::ranges::find(variants, spec.variant) == variants.end()) {
    fail("{}: variant `{}`: expected {}{}", spec.path.string(), spec.variant, fmt::join(variants, ", "),
         did_you_mean(spec.variant, variants));
  }
  return spec.variant;
}

std::shared_ptr<const PointDataset> clouds_in_memory(std::vector<LabelledCloud> clouds) {
  if (clouds.empty()) return nullptr;
  for (const LabelledCloud& c : clouds) {
    const auto bad = std::ranges::find_if_not(c.cloud.xyz, [](float x) { return std::isfinite(x); });
    if (bad != c.cloud.xyz.end()) {
      fail("{}: point {}: expected finite coordinates, got {}", c.name, (bad - c.cloud.xyz.begin()) / 3,
           *bad);
    }
  }
  return std::make_shared<CloudsInMemory>(std::move(clouds));
}

std::vector<LabelledCloud> cut_clouds(const std::string& file, std::span<const float> xyz, int64_t points,
                                      std::span<const int64_t> labels, int64_t limit) {
  const auto size = static_cast<size_t>(3 * points);
  if (points < 1 || xyz.size() != labels.size() * size) {
    fail("{}: expected {} clouds for as many labels, of at least a point, got {} numbers, {} a cloud", file,
         labels.size(), xyz.size(), size);
  }
  std::vector<LabelledCloud> clouds;
  for (size_t i = 0; i < labels.size(); ++i) {
    std::string name = fmt::format("{}#{}", file, i);
    if (labels[i] < 0 || labels[i] >= limit) {
      fail("{}: expected a label in [0, {}), got {}", name, limit, labels[i]);
    }
    const auto cloud = xyz.subspan(i * size, size);
    clouds.push_back({{{cloud.begin(), cloud.end()}}, static_cast<int32_t>(labels[i]), std::move(name)});
  }
  return clouds;
}

}  // namespace ax
