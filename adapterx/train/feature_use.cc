#include "adapterx/train/feature_use.h"

#include "adapterx/base/error.h"
#include "adapterx/base/text_format.h"
#include "adapterx/train/head_start.h"
#include "adapterx/train/run_evaluation.h"

namespace ax {

FeatureUse feature_use(const TrainConfig& config, const TrainingSetup& setup, const TrainingSteps& steps,
                       size_t memory) {
  FeatureUse use;
  use.fits_head = starts_from_probe(config, setup, steps.linear_head());
  use.kept = steps.features_stay();
  if (!use.fits_head && !use.kept) return use;
  const int64_t samples =
      setup.data.size(Split::train) + (use.kept ? setup.data.size(choosing_split(config)) : 0);
  const size_t bytes = static_cast<size_t>(samples * steps.feature_width()) * sizeof(float);
  const std::string text =
      fmt::format("features of {} {}, {}", count_text(samples), setup.input->noun(), bytes_text(bytes));
  if (memory == 0 || bytes <= memory / 4) {
    if (use.kept) use.note = text + ", are kept: the backbone runs once\n";
    return use;
  }
  if (config.train.head_init == HeadInit::probe) {
    fail(
        "train.head_init: probe needs the {}, which is more than a quarter of the machine's memory; expected "
        "random, or fewer samples (data.train_size)",
        text);
  }
  return {false, false, text + ", are more than a quarter of the memory and are not kept\n"};
}

}  // namespace ax
