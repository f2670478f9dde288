#include "adapterx/app/pixel_baseline.h"

#include <chrono>
#include <optional>

#include "adapterx/base/cpu.h"
#include "adapterx/base/error.h"
#include "adapterx/report/run_folder.h"
#include "adapterx/suite/suite_config.h"
#include "adapterx/train/setup.h"

namespace ax {
namespace {

constexpr double kMega = 1e6;

RunFacts facts_of(const TrainConfig& config, const ImageSplits& images, const PixelBaseline& result) {
  RunFacts facts;
  facts.finished = true;
  facts.title = "Logistic regression on raw pixels";
  facts.method = config.method.name;
  facts.data = config.data.path;
  facts.seed = config.train.seed;
  facts.train_images = images.train->size();
  facts.val_images = images.val ? images.val->size() : 0;
  facts.test_images = result.images;
  facts.accuracy = result.accuracy;
  facts.accuracy_split = "test";
  if (images.val) facts.best_val_accuracy = result.val_accuracy;
  facts.parameters.parts = {{"pixels", result.parameters, false}};
  facts.seconds = result.seconds;
  facts.peak_rss_mb = static_cast<double>(peak_rss_bytes()) / kMega;
  return facts;
}

PixelBaseline fit(const ImageSplits& images, int64_t size) {
  const auto start = std::chrono::steady_clock::now();
  PixelRegressionOptions options;
  options.size = size;
  PixelBaseline result{pixel_regression(*images.train, images.val.get(), *images.test,
                                        static_cast<int64_t>(images.classes.size()), options)};
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace

PixelBaseline run_pixel_baseline(TrainConfig config, int64_t size) {
  config.method = {kPixelRegression, {{"size", std::to_string(size)}}};
  config.train.seed = config.data.split_seed;
  const ImageSplits images = open_image_splits(dataset_spec(config.data));
  if (!images.train || !images.test) {
    fail("{}: expected training and test images, got no {} images", config.data.path,
         images.train ? "test" : "training");
  }
  std::optional<RunFolder> folder;
  if (!config.train.out.empty()) folder = RunFolder::create(config.train.out);
  const PixelBaseline result = fit(images, size);
  if (folder) {
    folder->write_config(to_toml(config));
    folder->write_result(facts_of(config, images, result));
  }
  return result;
}

}  // namespace ax
