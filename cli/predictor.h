// Predictor: one model in memory, and what it says of images or shapes. Several share one packed backbone.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapterx/train/adapted_model.h"
#include "cli/feature_table.h"
#include "cli/progress.h"

namespace ax::cli {

struct PredictStyle {
  int64_t top_k = 5;
  bool json = false, scaled_jpeg = false;
  bool collect = false;  // features into the table
};

class Predictor {
 public:
  struct Model {
    std::string label;             // shown with each file where several models answer, else ""
    std::string input = "images";  // the session's
    InputPreprocess preprocess;
    bool has_logits = false, classifies = false;
    std::vector<std::string> classes;  // names, or empty
    std::unique_ptr<Session> session;
  };

  Predictor(Model model, const PredictStyle& style) : model_(std::move(model)), style_(style) {}

  // Prints what the model says of each file. Returns how many could not be read; they are reported and
  // skipped.
  int64_t run(std::span<const std::filesystem::path> files, FeatureTable& table, Progress& progress);

 private:
  std::vector<std::string> load(std::span<const std::filesystem::path> files) const;
  int64_t run_batch(std::span<const std::filesystem::path> files, FeatureTable& table, Progress& progress);
  void report(const std::string& file, int64_t row, FeatureTable& table) const;

  Model model_;
  PredictStyle style_;
};

}  // namespace ax::cli
