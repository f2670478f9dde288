#include "adapterx/suite/suite_backbone.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/models/backbone.h"
#include "adapterx/suite/suite_settings.h"
#include "adapterx/train/setup.h"

namespace ax {
namespace {

DatasetSpec data_of(const SuiteTask& task) {
  TrainConfig config;
  for (const SuiteSetting& s : task.settings) {
    if (is_config_key(s.key)) apply(s, config);
  }
  return dataset_spec(config.data);
}

// Of the first task that isn't of images, else of any.
DatasetSpec telling_data(const SuiteConfig& suite) {
  const auto tells = [](const SuiteTask& task) {
    return &family_of_data(data_of(task)) != backbone_families().back();
  };
  const auto found = std::ranges::find_if(suite.tasks, tells);
  return data_of(found == suite.tasks.end() ? suite.tasks[0] : *found);
}

}  // namespace

std::optional<BundledChoice> choose_bundled(SuiteConfig& suite, const std::filesystem::path& program) {
  if (!suite.weights.empty()) return std::nullopt;
  TrainConfig common;
  for (const SuiteSetting& s : suite.common) {
    if (is_config_key(s.key)) apply(s, common);
  }
  const int64_t named_size = common.model.image_size;
  auto choice = choose_bundled(common.model, telling_data(suite), program);
  if (!choice) fail("suite.weights: expected the checkpoint of the model that [common] names, got none");
  suite.weights = common.model.weights;
  if (named_size == 0 && common.model.image_size > 0) {
    const std::string size = fmt::format("{}", common.model.image_size);
    suite.common.insert(suite.common.begin(), {"model.image_size", size, "the bundled backbone"});
  }
  return choice;
}

}  // namespace ax
