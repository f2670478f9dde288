// adapterx baseline: logistic regression on raw pixels, the floor that every method has to beat.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "adapterx/app/pixel_baseline.h"
#include "adapterx/base/text_format.h"
#include "cli/command.h"

namespace ax::cli {
namespace {

struct BaselineOptions {
  std::string data, out;
  std::vector<std::string> settings;
  int64_t size = 28;
  bool json = false;
};

TrainConfig config_of(const BaselineOptions& options) {
  TrainConfig config;
  for (const std::string& text : options.settings) {
    override_config(text.starts_with("data.") ? text : "data." + text, config);
  }
  config.data.path = options.data;
  config.train.out = options.out;
  return config;
}

void run_baseline(const BaselineOptions& options) {
  const TrainConfig config = from_command_line([&] { return config_of(options); });
  const PixelBaseline result = run_pixel_baseline(config, options.size);
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
               percent_text(result.accuracy, 2), result.images, options.size, options.size, result.l2);
  }
}

}  // namespace

void add_baseline(CLI::App& app) {
  auto options = std::make_shared<BaselineOptions>();
  CLI::App* command = app.add_subcommand("baseline", "Logistic regression on raw pixels: the floor to beat");
  command->add_option("--data", options->data, "Images, as for train")->required();
  command->add_option("--size", options->size, "Pixels of a side")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--out", options->out, "Run folder, for compare");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("settings", options->settings, "Settings of the data, key=value: train_size=800");
  command->callback([options] { run_baseline(*options); });
}

}  // namespace ax::cli
