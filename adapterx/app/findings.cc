#include "adapterx/app/findings.h"

#include "adapterx/app/cloud_findings.h"
#include "adapterx/app/image_findings.h"
#include "adapterx/train/adapted_model.h"

namespace ax {
namespace {

constexpr int64_t kMostConfusionClasses = 2000;

}  // namespace

Findings findings_of(const Evaluation& evaluation, const DataSplits& data, Split split,
                     const std::string& adapter, const TrainConfig& config) {
  Findings findings;
  findings.confusion.classes = class_names(data);
  if (evaluation.classes <= kMostConfusionClasses) findings.confusion.counts = evaluation.confusion();
  const AdaptedModel model = open_adapted_model(adapter, config.model.weights);
  if (const auto* splits = std::get_if<ImageSplits>(&data)) {
    const ImageDataset& images = split == Split::test ? *splits->test : *splits->val;
    add_images(evaluation, images, model, config, findings);
  } else {
    const auto clouds = samples_of(data, split, model.adapter.info.preprocess, 0);
    add_clouds(evaluation, *clouds, model, config, findings);
  }
  return findings;
}

}  // namespace ax
