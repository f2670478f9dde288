// adapterx predict: classes or features of images, by a model as it was trained or by adapters over it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>

#include "adapterx/base/parallel.h"
#include "adapterx/data/images/load_images.h"
#include "adapterx/data/points/load_clouds.h"
#include "adapterx/train/config_settings.h"
#include "cli/command.h"
#include "cli/predictor.h"
#include "cli/progress.h"
#include "cli/setting_text.h"
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

std::vector<std::string> read_class_names(const std::string& path, int64_t classes) {
  std::ifstream in(path);
  if (!in) fail("{}: cannot open the class names", path);
  std::vector<std::string> names;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    names.push_back(line);
  }
  if (std::ssize(names) != classes) {
    fail("{}: expected {} class names, one a line, got {}", path, classes, names.size());
  }
  return names;
}

void complain(const std::string& text) { std::fputs(text.c_str(), stderr); }

void complain_of(const InputPreprocess& preprocess) {
  const bool clouds = std::holds_alternative<PointPreprocess>(preprocess);
  complain(fmt::format("  {:<12} {}\n", clouds ? "clouds" : "images", to_string(preprocess)));
}

// A model and the images it is asked about.
struct Job {
  std::string adapter;  // "": the checkpoint as it is
  std::vector<fs::path> images;
};

// Of the adapter, or of the weights without one.
bool is_of_points(const std::string& adapter, const PredictOptions& options) {
  if (!adapter.empty()) return is_point_backbone(open_adapter(adapter).info.model);
  if (options.vit.model.weights.empty()) throw UsageError("--weights is required");
  return holds_point_backbone(options.vit.model.weights);
}

std::vector<fs::path> find_inputs(const std::string& adapter, const std::vector<fs::path>& paths,
                                  const PredictOptions& options) {
  return is_of_points(adapter, options) ? find_shapes(paths) : find_images(paths);
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
    if (options.vit.model.weights.empty() && jobs_[0].adapter.empty())
      throw UsageError("--weights is required");
  }

  // The number of images that could not be read.
  int64_t run() {
    PredictStyle style{options_.top_k, options_.json, options_.scaled_jpeg, !options_.features.empty()};
    int64_t skipped = 0, count = 0;
    FeatureTable table;
    for (const Job& job : jobs_) {
      const auto images = static_cast<int64_t>(job.images.size());
      const int64_t batch = std::clamp<int64_t>(images, 1, options_.run.batch);
      Predictor predictor(job.adapter.empty() ? plain_model(batch) : adapted_model(job, batch), style);
      Progress progress("files", images);
      skipped += predictor.run(job.images, table, progress);
      count += images;
    }
    if (style.collect) table.write(options_.features, logits_name_);
    if (skipped > 0) complain(fmt::format("adapterx: {} of {} files skipped\n", skipped, count));
    return skipped;
  }

 private:
  // The checkpoint as its library trained it.
  Predictor::Model plain_model(int64_t batch) {
    const PlainCheckpoint checkpoint = open_plain_checkpoint(options_.vit);
    Predictor::Model model;
    model.input = input_name(checkpoint.config);
    model.preprocess = checkpoint.preprocess;
    model.has_logits = checkpoint.has_head;
    model.classifies = checkpoint.has_head && !checkpoint.is_projection;
    if (!model.classifies && options_.features.empty()) {
      fail("{}: {}, so there are no classes to predict; write its features: --features out.npz",
           options_.vit.model.weights,
           checkpoint.is_projection ? "the head is CLIP's projection" : "the checkpoint has no classifier");
    }
    if (!options_.classes.empty()) {
      if (!model.classifies)
        fail("{}: the checkpoint has no classifier to name the classes of", options_.classes);
      model.classes = read_class_names(options_.classes, classes_of(checkpoint.config));
    }
    if (checkpoint.is_projection) logits_name_ = "embeddings";
    if (!options_.quiet) {
      complain(checkpoint.report.text());
      complain_of(checkpoint.preprocess);
    }
    SessionSpec spec;
    spec.model = checkpoint.config;
    spec.batch = batch;
    spec.training = false;
    spec.options = compile_;
    Backbone none;
    model.session =
        build_session(spec, none, std::make_shared<FrozenWeights>(checkpoint.source), checkpoint.source)
            .session;
    return model;
  }

  // An adapter over the backbone, which is packed for the first of them.
  Predictor::Model adapted_model(const Job& job, int64_t batch) {
    const AdaptedModel adapted = open_adapted_model(job.adapter, options_.vit.model.weights);
    const AdapterInfo& info = adapted.adapter.info;
    Predictor::Model model;
    model.label = jobs_.size() > 1 ? job.adapter : "";
    model.input = input_name(info.model);
    model.preprocess = info.preprocess;
    model.has_logits = model.classifies = classes_of(info.model) > 0;
    if (!model.classifies && options_.features.empty()) {
      fail("{}: the adapter has no classes to predict; write its features: --features out.npz", job.adapter);
    }
    model.classes =
        options_.classes.empty() ? info.classes : read_class_names(options_.classes, classes_of(info.model));
    if (!options_.quiet) {
      complain(fmt::format("{}: {}, {} classes{}\n", job.adapter, info.method, classes_of(info.model),
                           info.backbone ? ", over " + info.backbone->name : ""));
      complain_of(info.preprocess);
    }
    if (info.backbone && !frozen_) frozen_ = std::make_shared<FrozenWeights>(adapted.backbone);
    model.session =
        build_adapted_session(adapted, batch, compile_, info.backbone ? frozen_ : nullptr).session;
    return model;
  }

  const PredictOptions& options_;
  CompileOptions compile_;
  std::vector<Job> jobs_;
  std::shared_ptr<FrozenWeights> frozen_;  // of --weights
  std::string logits_name_ = "logits";
};

}  // namespace

void add_predict(CLI::App& app) {
  auto options = std::make_shared<PredictOptions>();
  options->run.batch = 32;
  CLI::App* command = app.add_subcommand("predict", "Classes or features of images or 3D shapes");
  command->footer(
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
    if (Prediction(*options).run() > 0) throw SkippedInputs();
  });
}

}  // namespace ax::cli
