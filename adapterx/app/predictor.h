// Predictor: one model in memory, and what it says of images or shapes. Several share one packed backbone.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapterx/app/predict_model.h"

namespace ax {

// What a model says of one input.
struct Answer {
  std::vector<float> logits;          // [classes]; empty without a head
  std::vector<double> probabilities;  // [classes], of sum 1; empty where the model doesn't classify
  std::vector<float> features;        // [width]
};

struct FileAnswer {
  std::filesystem::path file;
  std::string error;  // why it could not be read; "": it could
  Answer answer;      // empty where there is an error
};

// The k most probable classes, the first of them first; all, where there are fewer.
std::vector<size_t> top_classes(std::span<const double> probabilities, size_t k);

struct PredictorOptions {
  int64_t batch = 32;      // inputs of one run of the model
  CompileOptions compile;  // precision
  FileLoading loading;
};

// The backbones of adapters, each packed once for all of them: by the hash of its weights.
class SharedBackbones {
 public:
  // Null for a whole model.
  std::shared_ptr<FrozenWeights> of(const AdaptedModel& model);
  size_t bytes() const;  // held by all

 private:
  std::map<std::string, std::shared_ptr<FrozenWeights>> frozen_;
};

// For one thread at a time.
class Predictor {
 public:
  Predictor(const PredictModel& model, const PredictorOptions& options, SharedBackbones& backbones);

  int64_t batch() const { return batch_; }

  // Inputs as the model takes them, preprocessed: [n, input size], any n. Throws Error where they are no
  // whole number of inputs.
  std::vector<Answer> predict(std::span<const float> inputs);

  // Any number of files. One that can't be read is told of in its place; the others are answered all the
  // same.
  std::vector<FileAnswer> predict(std::span<const std::filesystem::path> files);

 private:
  std::vector<std::string> load(std::span<const std::filesystem::path> files) const;
  Answer answer(int64_t row) const;

  ModelInputPtr input_;
  bool has_logits_, classifies_;
  FileLoading loading_;
  int64_t batch_;
  std::unique_ptr<Session> session_;
};

}  // namespace ax
