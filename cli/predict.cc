// adapterx predict: classes or features of images, by a model as it was trained or by adapters over it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "adapterx/app/feature_table.h"
#include "adapterx/app/predictor.h"
#include "adapterx/base/parallel.h"
#include "adapterx/train/config_settings.h"
#include "cli/command.h"
#include "cli/text/bundled_text.h"
#include "cli/text/prediction_text.h"
#include "cli/text/progress.h"
#include "cli/text/setting_text.h"
#include "cli/text/terminal_text.h"
#include "cli/vit_options.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;

struct PredictOptions {
  VitOptions vit;
  std::vector<std::string> images, adapters;
  std::vector<std::vector<std::string>> with;  // each: an adapter, then images
  std::string classes, features;
  int64_t top_k = 5;
  OptimConfig run;  // batch, precision and threads
  bool json = false, quiet = false, scaled_jpeg = false;
};

void complain(const std::string& text) { std::fputs(text.c_str(), stderr); }

void complain_of(const ModelInput& input) {
  complain(fmt::format("  {:<12} {}\n", input.noun(), input.text()));
}

// A model and the images it is asked about.
struct Job {
  std::string adapter;  // "": the checkpoint as it is
  std::vector<fs::path> images;
};

std::vector<fs::path> find_inputs(const std::string& adapter, const std::vector<fs::path>& paths,
                                  const PredictOptions& options) {
  return find_model_inputs(adapter, options.vit.model.weights, paths);
}

// What is asked without an adapter and without weights is asked of the backbone that suits the first input.
std::optional<BundledChoice> choose_backbone(PredictOptions& options) {
  const bool plain = options.adapters.empty() && !options.images.empty();
  if (!plain || !options.vit.model.weights.empty()) return std::nullopt;
  DatasetSpec inputs;
  inputs.path = options.images[0];
  auto choice = from_command_line([&] { return choose_bundled(options.vit.model, inputs); });
  if (!choice) throw UsageError("--weights is required where the model is named");
  return choice;
}

std::vector<Job> jobs_of(const PredictOptions& options) {
  const auto paths = [](auto begin, auto end) { return std::vector<fs::path>(begin, end); };
  std::vector<Job> jobs;
  if (!options.images.empty()) {
    std::vector<std::string> models = options.adapters;
    if (models.empty()) models.emplace_back();
    const std::vector<fs::path> inputs = paths(options.images.begin(), options.images.end());
    for (const std::string& adapter : models) {
      jobs.push_back({adapter, find_inputs(adapter, inputs, options)});
    }
  } else if (!options.adapters.empty() || options.with.empty()) {
    throw UsageError("images is required");
  }
  for (const std::vector<std::string>& list : options.with) {
    if (list.size() < 2)
      throw UsageError("--with: expected an adapter, then images or shapes, or folders of them");
    jobs.push_back({list[0], find_inputs(list[0], paths(list.begin() + 1, list.end()), options)});
  }
  return jobs;
}

class Prediction {
 public:
  explicit Prediction(const PredictOptions& options) : options_(options) {
    if (options.run.threads > 0) set_thread_count(static_cast<int>(options.run.threads));
    compile_.precision = options.run.precision;
    jobs_ = jobs_of(options);
    if (!options.features.empty() && jobs_.size() > 1) {
      throw UsageError("--features: expected one model, got several adapters");
    }
  }

  // The number of images that could not be read.
  int64_t run() {
    int64_t skipped = 0, count = 0;
    for (const Job& job : jobs_) {
      skipped += run(job);
      count += std::ssize(job.images);
    }
    if (!options_.features.empty()) table_.write(options_.features, logits_name_);
    if (skipped > 0) complain(fmt::format("adapterx: {} of {} files skipped\n", skipped, count));
    return skipped;
  }

 private:
  int64_t run(const Job& job) {
    const auto images = std::ssize(job.images);
    const int64_t batch = std::clamp<int64_t>(images, 1, options_.run.batch);
    const PredictModel model = job.adapter.empty() ? plain_model() : adapted_model(job);
    Predictor predictor(model, {batch, compile_, {options_.scaled_jpeg}}, backbones_);
    Progress progress("files", images);
    int64_t skipped = 0;
    for (int64_t begin = 0; begin < images; begin += batch) {
      const int64_t count = std::min(batch, images - begin);
      const auto answers = predictor.predict(
          std::span(job.images).subspan(static_cast<size_t>(begin), static_cast<size_t>(count)));
      progress.clear();
      for (const FileAnswer& answer : answers) {
        skipped += answer.error.empty() ? 0 : 1;
        show(answer, model, jobs_.size() > 1 ? job.adapter : "");
      }
      progress.update(begin + count);
    }
    return skipped;
  }

  void show(const FileAnswer& a, const PredictModel& model, const std::string& label) {
    const std::string file = a.file.string();
    if (!a.error.empty()) complain(fmt::format("adapterx: {}\n", a.error));
    if (a.error.empty() && !options_.features.empty()) table_.add(file, a.answer.features, a.answer.logits);
    if (a.error.empty() && !model.classifies) return;
    const PredictionStyle style{static_cast<size_t>(options_.top_k), label};
    if (options_.json) {
      fmt::print("{}\n", prediction_json(a, model.classes, style));
    } else if (a.error.empty()) {
      fmt::print("{}", prediction_text(a, model.classes, style));
    }
  }

  // The checkpoint as its library trained it.
  PredictModel plain_model() {
    const BackboneCheckpoint checkpoint = open_checkpoint(options_.vit);
    PredictModel model = predict_model(checkpoint);
    if (!model.classifies && options_.features.empty()) {
      fail("{}: {}, so there are no classes to predict; write its features: --features out.npz",
           options_.vit.model.weights,
           checkpoint.is_projection ? "the head is CLIP's projection" : "the checkpoint has no classifier");
    }
    if (!options_.classes.empty()) {
      if (!model.classifies)
        fail("{}: the checkpoint has no classifier to name the classes of", options_.classes);
      model.classes = read_class_names(options_.classes, checkpoint.backbone->classes());
    }
    if (checkpoint.is_projection) logits_name_ = "embeddings";
    if (!options_.quiet) {
      complain(checkpoint.report.text());
      complain_of(*checkpoint.input);
    }
    return model;
  }

  PredictModel adapted_model(const Job& job) {
    PredictModel model = open_predict_model(job.adapter, options_.vit.model.weights);
    if (!model.classifies && options_.features.empty()) {
      fail("{}: the adapter has no classes to predict; write its features: --features out.npz", job.adapter);
    }
    if (!options_.classes.empty())
      model.classes = read_class_names(options_.classes, model.backbone->classes());
    if (!options_.quiet) {
      const AdapterInfo& info = model.adapted->adapter.info;
      const std::string& weights = model.adapted->weights;
      complain(fmt::format("{}: {}, {} classes{}\n", job.adapter, info.method, info.model->classes(),
                           info.backbone ? fmt::format(", over {} ({})", info.backbone->name, weights) : ""));
      complain_of(*info.input);
    }
    return model;
  }

  const PredictOptions& options_;
  CompileOptions compile_;
  std::vector<Job> jobs_;
  SharedBackbones backbones_;
  FeatureTable table_;
  std::string logits_name_ = "logits";
};

}  // namespace

void add_predict(CLI::App& app) {
  auto options = std::make_shared<PredictOptions>();
  options->run.batch = 32;
  CLI::App* command = app.add_subcommand("predict", "Classes or features of images or 3D shapes");
  command->footer(
      wrap(kBundledHelp, output_width(), 0) + "\n" +
      wrap("An adapter over a bundled backbone finds it by its name, without --weights.", output_width(), 0) +
      "\n"
      "Files that cannot be read are reported and skipped; the exit code is then 1.\n"
      "--features writes arrays `features` [files, width], `logits` (CLIP: `embeddings`) and `files`\n"
      "(the names as bytes: numpy's d['files'].view('S%d' % d['files'].shape[1])).");
  command->add_option("images", options->images, "Images or 3D shapes, or folders of them");
  add_vit_options(*command, options->vit);
  command->get_option("--weights")->required(false);
  constexpr const char* kAdapters = "Adapters";
  command
      ->add_option("--adapter", options->adapters, "adapter.safetensors of a run over --weights; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(kAdapters);
  command
      ->add_option("--with", options->with,
                   "An adapter and images or shapes of its own, over the same backbone; repeatable")
      ->type_name("FILE FILES...")
      ->group(kAdapters);
  command->add_option("--classes", options->classes, "Names of the classes, one a line");
  command->add_option("--top-k", options->top_k, "Classes shown")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--features", options->features, "Write features to this .npz");
  const std::vector<Setting> settings = optim_settings(options->run);
  add_setting_option(*command, "--batch", settings, "train.batch");
  add_setting_option(*command, "--precision", settings, "train.precision");
  add_setting_option(*command, "--threads", settings, "train.threads");
  command->add_flag("--scaled-jpeg", options->scaled_jpeg,
                    "Decode large JPEGs smaller: faster, other pixels");
  command->add_flag("--json", options->json, "One JSON object a line and file");
  command->add_flag("--quiet", options->quiet, "No report of the weights");
  command->callback([options] {
    const auto bundled = choose_backbone(*options);
    if (bundled && !options->quiet) complain(bundled_text(*bundled));
    if (Prediction(*options).run() > 0) throw SkippedInputs();
  });
}

}  // namespace ax::cli
