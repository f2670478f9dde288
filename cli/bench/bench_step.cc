// adapterx bench step: the time of one training (or inference) step, against the machine's own GEMM rate.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapterx/base/allocation_counter.h"
#include "adapterx/base/cpu.h"
#include "adapterx/base/parallel.h"
#include "adapterx/base/rng.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/optimizer.h"
#include "cli/bench/bench_gemm.h"
#include "cli/bench/bench_result.h"
#include "cli/bench/profile.h"
#include "cli/command.h"

namespace ax::cli {
namespace {

constexpr double kMega = 1e6;

struct StepOptions {
  std::string model = "vit_base_patch16_224", method = "adaptformer", precision = "auto", residual = "f32";
  std::vector<std::string> settings;
  int64_t batch = 32, classes = 100;
  int threads = 0, steps = 5, warmup = 2;
  float drop_path = 0;
  bool inference = false, profile = false, json = false;
};

SessionSpec spec_of(const StepOptions& options) {
  SessionSpec spec;
  spec.model = backbone_preset(options.model).backbone->with_classes(options.classes);
  spec.batch = options.batch;
  spec.training = !options.inference;
  spec.drop_path = options.drop_path;
  spec.options.precision = parse_precision(options.precision);
  spec.options.residual = options.residual == "bf16" ? DType::bf16 : DType::f32;
  return spec;
}

class StepBench {
 public:
  explicit StepBench(const StepOptions& options) : options_(options) {
    if (options.threads > 0) set_thread_count(options.threads);
    SessionSpec spec = from_command_line([&] { return spec_of(options); });
    const auto method = from_command_line([&] { return make_method(options.method, options.settings); });
    precision_ = resolve(spec.options.precision);
    frozen_ = std::make_shared<FrozenWeights>(synthetic_source);
    input_name_ = spec.model->input_name();
    if (method->positions_once()) spec.model = spec.model->with_positions_once();
    built_ = build_session(spec, *method, frozen_, synthetic_source);
    if (spec.training) optimizer_ = std::make_unique<Optimizer>(built_.trained, OptimizerOptions{});
    fill_inputs();
  }

  nlohmann::ordered_json run() {
    uint32_t step = 0;
    for (int i = 0; i < options_.warmup; ++i) run_step(step++);
    session().set_profiling(options_.profile);
    seconds_.reserve(static_cast<size_t>(options_.steps));
    const uint64_t own = allocations_counted(), foreign = foreign_allocations_counted();
    for (int i = 0; i < options_.steps; ++i) {
      const double start = seconds_now();
      run_step(step++);
      seconds_.push_back(seconds_now() - start);
    }
    const auto steps = static_cast<uint64_t>(options_.steps);
    return report((allocations_counted() - own + steps - 1) / steps,
                  (foreign_allocations_counted() - foreign) / steps);
  }

  Session& session() { return *built_.session; }
  int steps() const { return options_.steps; }

 private:
  void run_step(uint32_t step) {
    if (optimizer_) built_.trained->zero_gradients();
    session().run(1, step);
    if (optimizer_) optimizer_->step(1e-4f);
  }

  void fill_inputs() {
    const Tensor input = session().input(input_name_);
    fill_synthetic(input_name_, input.shape, input.f32_span());
    if (options_.inference) return;
    const Tensor labels = session().input("labels");
    fill_synthetic_labels(static_cast<int>(options_.classes),
                          {labels.i32(), static_cast<size_t>(options_.batch)});
  }

  nlohmann::ordered_json report(uint64_t allocations, uint64_t library_allocations) {
    const double seconds = median(seconds_);
    const size_t peak_rss = peak_rss_bytes();  // before the GEMM measurement adds its own operands
    const double rate = session().flops() / seconds;
    const double gemm_rate = gemm_flops_per_second(session().gemms());
    const auto& list = session().steps();
    const auto count = [&](auto predicate) { return std::count_if(list.begin(), list.end(), predicate); };
    nlohmann::ordered_json j;
    j["model"] = options_.model;
    j["method"] = options_.method;
    j["task"] = options_.inference ? "inference" : "training";
    j["precision"] = to_string(precision_);
    j["residual"] = precision_ == Precision::bf16 ? options_.residual : "f32";
    j["batch"] = options_.batch;
    j["threads"] = thread_count();
    j["cpu"] = cpu_description();
    j["samples_per_s"] = static_cast<double>(options_.batch) / seconds;
    j["median_step_seconds"] = seconds;
    j["step_seconds"] = seconds_;
    j["tflops"] = rate / 1e12;
    j["gemm_tflops"] = gemm_rate / 1e12;
    j["fraction_of_gemm"] = gemm_rate > 0 ? rate / gemm_rate : 0;
    j["step_gflop"] = session().flops() / 1e9;
    j["trained_parameters"] = options_.inference ? 0 : built_.trained->count();
    j["arena_mb"] = static_cast<double>(session().memory().arena_bytes) / kMega;
    j["peak_live_mb"] = static_cast<double>(session().memory().peak_live_bytes) / kMega;
    j["frozen_weights_mb"] = static_cast<double>(frozen_->bytes()) / kMega;
    j["peak_rss_mb"] = static_cast<double>(peak_rss) / kMega;
    j["kernels"] = list.size();
    j["backward_kernels"] = count([](const Step& s) { return s.backward; });
    j["frozen_weight_gradients"] =
        count([](const Step& s) { return s.op == "linear_weight_grad" && !s.trained_gradient; });
    if (allocation_counting_available()) {
      j["allocations_in_step"] = allocations;
      j["library_allocations_in_step"] = library_allocations;
    } else {
      j["allocations_in_step"] = nullptr;  // sanitizers and other C libraries replace the allocator
    }
    return j;
  }

  StepOptions options_;
  std::string input_name_;
  Precision precision_{};
  std::shared_ptr<FrozenWeights> frozen_;
  BuiltSession built_;
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<double> seconds_;
};

void run_step_bench(const StepOptions& options) {
  StepBench bench(options);
  nlohmann::ordered_json result = bench.run();
  if (options.profile) result["profile"] = profile_json(bench.session(), bench.steps());
  print_result(result, options.json);
  if (options.profile && !options.json) print_profile(result["profile"]);
}

}  // namespace

void add_bench_step(CLI::App& bench) {
  auto options = std::make_shared<StepOptions>();
  CLI::App* step = bench.add_subcommand("step", "Time one step on synthetic weights and images");
  step->add_option("--model", options->model, "Model preset")->capture_default_str();
  step->add_option("--method", options->method, "Fine-tuning method")->capture_default_str();
  step->add_option("--batch", options->batch, "Images per step")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  step->add_option("--classes", options->classes, "Classes of the head")
      ->check(CLI::Range(2, 1 << 20))
      ->capture_default_str();
  step->add_option("--precision", options->precision, "auto, fp32 or bf16")->capture_default_str();
  step->add_option("--residual", options->residual, "Residual stream at bf16")
      ->check(CLI::IsMember({"f32", "bf16"}))
      ->capture_default_str();
  step->add_option("--drop-path", options->drop_path, "Drop path of the last block")
      ->check(CLI::Range(0.0, 0.99));
  step->add_option("--threads", options->threads, "Threads (default: all cores)")->check(CLI::Range(1, 1024));
  step->add_option("--steps", options->steps, "Steps timed")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  step->add_option("--warmup", options->warmup, "Steps before timing")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  step->add_flag("--inference", options->inference, "Forward only");
  step->add_flag("--profile", options->profile, "Time by op");
  step->add_flag("--json", options->json, "Print one JSON object");
  step->add_option("settings", options->settings, "Settings of the method, key=value");
  step->callback([options] { run_step_bench(*options); });
}

}  // namespace ax::cli
