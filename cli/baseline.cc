// adapterx baseline: logistic regression on raw pixels, the floor that every method has to beat.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "adapterx/base/cpu.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/report/run_folder.h"
#include "adapterx/suite/suite_config.h"
#include "adapterx/train/config_settings.h"
#include "adapterx/train/pixel_regression.h"
#include "adapterx/train/setup.h"
#include "cli/bench_result.h"
#include "cli/command.h"
#include "cli/setting_text.h"

namespace ax::cli {
namespace {

struct BaselineOptions {
  DataConfig data;
  PixelRegressionOptions regression;
  std::string out;
  std::vector<std::string> settings;  // of the data
  bool json = false;
};

constexpr double kMega = 1e6;

// The data's settings, and, for the run folder, what else decides the result.
TrainConfig config_of(const BaselineOptions& options) {
  TrainConfig config;
  config.data = options.data;
  assign_all(data_settings(config.data), parse_key_values(options.settings), "data");
  config.data.path = options.data.path;
  config.method = {kPixelRegression, {{"size", fmt::format("{}", options.regression.size)}}};
  config.train.seed = config.data.split_seed;
  config.train.out = options.out;
  return config;
}

RunFacts facts_of(const TrainConfig& config, const ImageSplits& images, const PixelRegression& result,
                  double seconds) {
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
  facts.seconds = seconds;
  facts.peak_rss_mb = static_cast<double>(peak_rss_bytes()) / kMega;
  return facts;
}

void run_baseline(const BaselineOptions& options) {
  const TrainConfig config = from_command_line([&] { return config_of(options); });
  const ImageSplits images = open_image_splits(dataset_spec(config.data));
  if (!images.train || !images.test) {
    fail("{}: expected training and test images, got no {} images", config.data.path,
         images.train ? "test" : "training");
  }
  std::optional<RunFolder> folder;
  if (!options.out.empty()) folder = RunFolder::create(options.out);
  const double start = seconds_now();
  const PixelRegression result =
      pixel_regression(*images.train, images.val.get(), *images.test,
                       static_cast<int64_t>(images.classes.size()), options.regression);
  const double seconds = seconds_now() - start;
  if (folder) {
    folder->write_config(to_toml(config));
    folder->write_result(facts_of(config, images, result, seconds));
  }
  if (options.json) {
    const nlohmann::ordered_json json = {
        {"accuracy", result.accuracy},     {"val_accuracy", result.val_accuracy}, {"l2", result.l2},
        {"parameters", result.parameters}, {"test_images", result.images},        {"seconds", seconds}};
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{:.2f} % of {} test images by logistic regression on {} x {} pixels (l2 {})\n",
               100 * result.accuracy, result.images, options.regression.size, options.regression.size,
               result.l2);
  }
}

}  // namespace

void add_baseline(CLI::App& app) {
  auto options = std::make_shared<BaselineOptions>();
  CLI::App* command = app.add_subcommand("baseline", "Logistic regression on raw pixels: the floor to beat");
  add_setting_option(*command, "--data", data_settings(options->data), "data.path");
  command->get_option("--data")->required();
  add_setting_option(*command, "--size", pixel_regression_settings(options->regression), "method.size");
  command->add_option("--out", options->out, "Run folder, for compare");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("settings", options->settings, "Settings of the data, key=value: train_size=800");
  command->callback([options] { run_baseline(*options); });
}

}  // namespace ax::cli
