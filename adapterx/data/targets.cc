#include "adapterx/data/targets.h"

#include <utility>

namespace ax {
namespace {

class ClassTargets : public Targets {
 public:
  ClassTargets(std::shared_ptr<const Dataset> dataset, int64_t classes)
      : dataset_(std::move(dataset)), classes_(classes) {}
  int64_t size() const override { return classes_; }
  void write(int64_t i, const Placement& /*placement*/, std::span<float> row) const override {
    dataset_->add_targets(i, row);
  }

 private:
  std::shared_ptr<const Dataset> dataset_;
  int64_t classes_;
};

}  // namespace

TargetsPtr class_targets(std::shared_ptr<const Dataset> dataset, int64_t classes) {
  return std::make_shared<ClassTargets>(std::move(dataset), classes);
}

}  // namespace ax
