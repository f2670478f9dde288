// adapterx baseline: logistic regression on raw pixels, the floor that every method has to beat.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "adapterx/app/pixel_baseline.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/base/text_format.h"
#include "adapterx/train/config_settings.h"
#include "cli/command.h"
#include "cli/text/setting_text.h"

namespace ax::cli {
namespace {

struct BaselineOptions {
  DataConfig data;
  PixelRegressionOptions regression;
  std::string out;
  std::vector<std::string> settings;  // of the data
  bool json = false;
};

TrainConfig config_of(const BaselineOptions& options) {
  TrainConfig config;
  config.data = options.data;
  assign_all(data_settings(config.data), parse_key_values(options.settings), "data");
  config.data.path = options.data.path;
  config.train.out = options.out;
  return config;
}

void run_baseline(const BaselineOptions& options) {
  const TrainConfig config = from_command_line([&] { return config_of(options); });
  const PixelBaseline result = run_pixel_baseline(config, options.regression.size);
  if (options.json) {
    const nlohmann::ordered_json json = {{"accuracy", result.accuracy},
                                         {"val_accuracy", result.val_accuracy},
                                         {"l2", result.l2},
                                         {"parameters", result.parameters},
                                         {"test_images", result.images},
                                         {"seconds", result.seconds}};
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{} of {} test images by logistic regression on {} x {} pixels (l2 {})\n",
               percent_text(result.accuracy, 2), result.images, options.regression.size,
               options.regression.size, result.l2);
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
