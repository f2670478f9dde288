#include "adapterx/tasks/masked.h"

#include "adapterx/graph/ops/cast.h"

namespace ax {
namespace {

class MaskedPretraining : public Task {
 public:
  explicit MaskedPretraining(const MaskedOptions& options) : options_(options) {}

  std::string_view name() const override { return "masked pretraining"; }
  const std::vector<std::string>& classes() const override { return none_; }

  TaskGraph build(Graph& graph, const Backbone& backbone, const BackboneBuild& build,
                  Slots& slots) const override {
    const MaskedBackbone model = backbone.build_masked(graph, options_, build, slots);
    return {{{"features", cast(model.pooled, Role::exact)}}, model.loss};
  }
  // The sample is its own target.
  TargetsPtr targets(const std::shared_ptr<const SampleSource>&) const override { return nullptr; }
  void set_targets(const Loader::Batch&, const Session&) const override {}
  int64_t count_correct(const Loader::Batch&, const Session&) const override { return 0; }
  std::unique_ptr<Evaluator> evaluator(int64_t, const Session&) const override { return nullptr; }
  bool evaluates() const override { return false; }
  bool makes_backbone() const override { return true; }

 private:
  MaskedOptions options_;
  std::vector<std::string> none_;
};

}  // namespace

TaskPtr masked_pretraining(const MaskedOptions& options) {
  return std::make_shared<MaskedPretraining>(options);
}

TaskPtr make_masked_pretraining(const TaskSettings& settings, const DataSplits&) {
  return masked_pretraining(settings.masked);
}

}  // namespace ax
