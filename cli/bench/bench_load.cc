// adapterx bench load: how long a checkpoint takes from its file to packed weights, and in how much memory.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "adapterx/base/cpu.h"
#include "adapterx/train/build_session.h"
#include "cli/bench/bench_result.h"
#include "cli/command.h"
#include "cli/vit_options.h"

namespace ax::cli {
namespace {

struct LoadOptions {
  VitOptions vit;
  std::string precision = "auto";
  bool json = false;
};

void run_load_bench(const LoadOptions& options) {
  const Precision precision = from_command_line([&] { return parse_precision(options.precision); });
  const size_t before = peak_rss_bytes();
  const double start = seconds_now();
  const BackboneCheckpoint checkpoint = open_checkpoint(options.vit);
  const double opened = seconds_now() - start;

  SessionSpec spec;
  spec.model = checkpoint.backbone;
  spec.training = false;
  spec.options.precision = precision;
  const Unadapted method;
  const auto frozen = std::make_shared<FrozenWeights>(checkpoint.source);
  const BuiltSession built = build_session(spec, method, frozen, checkpoint.source);
  const double packed = seconds_now() - start;

  nlohmann::ordered_json j;
  j["file"] = options.vit.model.weights;
  j["precision"] = to_string(resolve(precision));
  j["open_seconds"] = opened;
  j["open_and_pack_seconds"] = packed;
  j["file_mb"] = static_cast<double>(std::filesystem::file_size(options.vit.model.weights)) / 1e6;
  j["packed_mb"] = static_cast<double>(frozen->bytes()) / 1e6;
  j["arena_mb"] = static_cast<double>(built.session->memory().arena_bytes) / 1e6;
  j["rss_before_mb"] = static_cast<double>(before) / 1e6;
  j["peak_rss_mb"] = static_cast<double>(peak_rss_bytes()) / 1e6;
  print_result(j, options.json);
}

}  // namespace

void add_bench_load(CLI::App& bench) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* load = bench.add_subcommand("load", "Time opening a checkpoint and packing its weights");
  add_vit_options(*load, options->vit);
  load->add_option("--precision", options->precision, "auto, fp32 or bf16")->capture_default_str();
  load->add_flag("--json", options->json, "Print one JSON object");
  load->callback([options] { run_load_bench(*options); });
}

}  // namespace ax::cli
