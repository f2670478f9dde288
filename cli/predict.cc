// adapterx predict: classes or features of images, by a model as it was trained.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "adapterx/base/parallel.h"
#include "adapterx/data/load_images.h"
#include "adapterx/io/npy.h"
#include "adapterx/train/build_session.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/vit_options.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;

struct PredictOptions {
  VitOptions vit;
  std::vector<std::string> images;
  std::string classes, features, precision = "auto";
  int64_t top_k = 5, batch = 32;
  int threads = 0;
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

std::vector<double> softmax(std::span<const float> logits) {
  const float top = *std::ranges::max_element(logits);
  std::vector<double> p(logits.size());
  std::ranges::transform(logits, p.begin(),
                         [top](float x) { return std::exp(static_cast<double>(x - top)); });
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
  return p;
}

std::vector<size_t> top_indices(const std::vector<double>& p, size_t k) {
  std::vector<size_t> order(p.size());
  std::iota(order.begin(), order.end(), size_t{0});
  k = std::min(k, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(k), order.end(),
                    [&](size_t a, size_t b) { return p[a] > p[b]; });
  order.resize(k);
  return order;
}

// What --features collects: a row for each image that could be read.
class FeatureTable {
 public:
  void add(const std::string& file, std::span<const float> features, std::span<const float> logits) {
    files_.push_back(file);
    features_.insert(features_.end(), features.begin(), features.end());
    logits_.insert(logits_.end(), logits.begin(), logits.end());
  }

  // features [n, width], logits [n, classes] (CLIP: embeddings) and files, as text of fixed length: u8 [n,
  // longest].
  void write(const fs::path& path, std::string_view logits_name) const {
    const auto n = static_cast<int64_t>(files_.size());
    size_t longest = 1;
    for (const std::string& file : files_) longest = std::max(longest, file.size());
    std::vector<char> names(files_.size() * longest, '\0');
    for (size_t i = 0; i < files_.size(); ++i)
      std::ranges::copy(files_[i], names.begin() + static_cast<ptrdiff_t>(i * longest));
    const auto columns = [n](const std::vector<float>& v) {
      return n > 0 ? static_cast<int64_t>(v.size()) / n : 0;
    };
    TensorMap tensors;
    tensors["features"] = f32_tensor({n, columns(features_)}, features_);
    if (!logits_.empty()) tensors[std::string(logits_name)] = f32_tensor({n, columns(logits_)}, logits_);
    tensors["files"] = {
        FileDType::u8, {n, static_cast<int64_t>(longest)}, std::as_bytes(std::span(names)), {}};
    write_npz(path, tensors);
  }

 private:
  std::vector<std::string> files_;
  std::vector<float> features_, logits_;
};

class Predictor {
 public:
  explicit Predictor(const PredictOptions& options) : options_(options) {
    if (options.threads > 0) set_thread_count(options.threads);
    const Precision precision = from_command_line([&] { return parse_precision(options.precision); });
    checkpoint_ = open_checkpoint(options.vit);
    const std::vector<fs::path> paths(options.images.begin(), options.images.end());
    files_ = find_images(paths);
    classifies_ = checkpoint_.has_head && !checkpoint_.is_projection;
    if (!classifies_ && options.features.empty()) {
      fail("{}: {}, so there are no classes to predict; write its features: --features out.npz",
           options.vit.weights,
           checkpoint_.is_projection ? "the head is CLIP's projection" : "the checkpoint has no classifier");
    }
    if (!options.classes.empty()) {
      if (!classifies_) fail("{}: the checkpoint has no classifier to name the classes of", options.classes);
      names_ = read_class_names(options.classes, checkpoint_.config.classes);
    }
    batch_ = std::min(options.batch, std::max<int64_t>(1, std::ssize(files_)));
    build(precision);
  }

  // The number of images that could not be read.
  int64_t run() {
    if (!options_.quiet) {
      complain(checkpoint_.report.text());
      complain(fmt::format("  {:<12} {}\n", "images", to_string(checkpoint_.preprocess)));
    }
    const auto count = static_cast<int64_t>(files_.size());
    Progress progress("images", count);
    for (int64_t begin = 0; begin < count; begin += batch_) {
      run_batch(begin, std::min(count, begin + batch_), progress);
      progress.update(std::min(count, begin + batch_));
    }
    progress.clear();
    if (!options_.features.empty()) {
      table_.write(options_.features, checkpoint_.is_projection ? "embeddings" : "logits");
    }
    if (skipped_ > 0) complain(fmt::format("adapterx: {} of {} images skipped\n", skipped_, count));
    return skipped_;
  }

 private:
  static void complain(const std::string& text) { std::fputs(text.c_str(), stderr); }

  void build(Precision precision) {
    SessionSpec spec;
    spec.model = checkpoint_.config;
    spec.batch = batch_;
    spec.training = false;
    spec.options.precision = precision;
    Backbone none;
    session_ =
        build_session(spec, none, std::make_shared<FrozenWeights>(checkpoint_.source), checkpoint_.source)
            .session;
  }

  void run_batch(int64_t begin, int64_t end, Progress& progress) {
    const std::span files(files_.data() + begin, static_cast<size_t>(end - begin));
    const ImageLoadOptions load{checkpoint_.preprocess, {}, options_.scaled_jpeg};
    const std::vector<std::string> errors = load_images(files, load, session_->input("images").f32_span());
    session_->run();
    for (size_t i = 0; i < files.size(); ++i) {
      progress.clear();
      if (errors[i].empty()) {
        report(files[i].string(), static_cast<int64_t>(i));
      } else {
        ++skipped_;
        complain(fmt::format("adapterx: {}\n", errors[i]));
        if (options_.json) print_json({{"file", files[i].string()}, {"error", errors[i]}});
      }
    }
  }

  static std::span<const float> row(const Tensor& t, int64_t r) {
    return {static_cast<const float*>(t.row(r)), static_cast<size_t>(t.shape.dim(-1))};
  }

  void report(const std::string& file, int64_t r) {
    const auto logits = checkpoint_.has_head ? row(session_->output("logits"), r) : std::span<const float>();
    if (!options_.features.empty()) table_.add(file, row(session_->output("features"), r), logits);
    if (!classifies_) return;
    const std::vector<double> p = softmax(logits);
    const std::vector<size_t> top = top_indices(p, static_cast<size_t>(options_.top_k));
    options_.json ? report_json(file, p, top) : report_text(file, p, top);
  }

  void report_text(const std::string& file, const std::vector<double>& p,
                   const std::vector<size_t>& top) const {
    fmt::print("{}\n", file);
    for (const size_t c : top)
      fmt::print("  {:5.1f} %  {}{}\n", 100 * p[c], c, names_.empty() ? "" : "  " + names_[c]);
  }

  void report_json(const std::string& file, const std::vector<double>& p,
                   const std::vector<size_t>& top) const {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const size_t c : top) {
      nlohmann::ordered_json entry{{"class", c}};
      if (!names_.empty()) entry["name"] = names_[c];
      entry["probability"] = p[c];
      list.push_back(std::move(entry));
    }
    print_json({{"file", file}, {"top", list}});
  }

  // One line; bytes of names that aren't UTF-8 are replaced.
  static void print_json(const nlohmann::ordered_json& json) {
    fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }

  const PredictOptions& options_;
  std::vector<fs::path> files_;
  VitCheckpoint checkpoint_;
  bool classifies_ = false;
  std::vector<std::string> names_;
  int64_t batch_ = 1, skipped_ = 0;
  std::unique_ptr<Session> session_;
  FeatureTable table_;
};

}  // namespace

void add_predict(CLI::App& app) {
  auto options = std::make_shared<PredictOptions>();
  CLI::App* command = app.add_subcommand("predict", "Classes or features of images");
  command->footer(
      "Images that cannot be read are reported and skipped; the exit code is then 1.\n"
      "--features writes arrays `features` [images, width], `logits` (CLIP: `embeddings`) and `files`\n"
      "(the names as bytes: numpy's d['files'].view('S%d' % d['files'].shape[1])).");
  command->add_option("images", options->images, "Images, or folders of images")->required();
  add_vit_options(*command, options->vit);
  command->add_option("--classes", options->classes, "Names of the classes, one a line");
  command->add_option("--top-k", options->top_k, "Classes shown")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--features", options->features, "Write features to this .npz");
  command->add_option("--batch", options->batch, "Images at a time")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--precision", options->precision, "auto, fp32 or bf16")->capture_default_str();
  command->add_option("--threads", options->threads, "Threads (default: all cores)")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--scaled-jpeg", options->scaled_jpeg,
                    "Decode large JPEGs smaller: faster, other pixels");
  command->add_flag("--json", options->json, "One JSON object a line and image");
  command->add_flag("--quiet", options->quiet, "No report of the weights");
  command->callback([options] {
    if (Predictor(*options).run() > 0) throw SkippedInputs();
  });
}

}  // namespace ax::cli
