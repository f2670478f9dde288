#include "adapterx/app/predictor.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "adapterx/base/error.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

std::vector<double> softmax(std::span<const float> logits) {
  const float top = *std::ranges::max_element(logits);
  std::vector<double> p(logits.size());
  std::ranges::transform(logits, p.begin(),
                         [top](float x) { return std::exp(static_cast<double>(x - top)); });
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
  return p;
}

std::vector<float> row_of(const Tensor& t, int64_t r) {
  const auto* values = static_cast<const float*>(t.row(r));
  return {values, values + t.shape.dim(-1)};
}

std::unique_ptr<Session> session_of(const PredictModel& model, const PredictorOptions& options,
                                    SharedBackbones& backbones) {
  if (model.adapted) {
    return build_adapted_session(*model.adapted, options.batch, options.compile, backbones.of(*model.adapted))
        .session;
  }
  SessionSpec spec;
  spec.model = model.backbone;
  spec.batch = options.batch;
  spec.training = false;
  spec.options = options.compile;
  const Unadapted none;
  return build_session(spec, none, std::make_shared<FrozenWeights>(model.source), model.source).session;
}

}  // namespace

std::vector<size_t> top_classes(std::span<const double> probabilities, size_t k) {
  std::vector<size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), size_t{0});
  k = std::min(k, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(k), order.end(),
                    [&](size_t a, size_t b) { return probabilities[a] > probabilities[b]; });
  order.resize(k);
  return order;
}

std::shared_ptr<FrozenWeights> SharedBackbones::of(const AdaptedModel& model) {
  const auto& backbone = model.adapter.info.backbone;
  if (!backbone) return nullptr;
  std::shared_ptr<FrozenWeights>& frozen = frozen_[backbone->hash];
  if (!frozen) frozen = std::make_shared<FrozenWeights>(model.backbone);
  return frozen;
}

size_t SharedBackbones::bytes() const {
  size_t sum = 0;
  for (const auto& [hash, frozen] : frozen_) sum += frozen->bytes();
  return sum;
}

Predictor::Predictor(const PredictModel& model, const PredictorOptions& options, SharedBackbones& backbones)
    : input_(model.input),
      has_logits_(model.has_logits),
      classifies_(model.classifies),
      loading_(options.loading),
      batch_(options.batch),
      session_(session_of(model, options, backbones)) {}

std::vector<Answer> Predictor::predict(std::span<const float> inputs) {
  const std::span<float> memory = session_->input(input_->name()).f32_span();
  const size_t size = memory.size() / static_cast<size_t>(batch_);
  if (inputs.size() % size != 0) {
    fail("{}: expected a multiple of {} numbers, got {}", input_->name(), size, inputs.size());
  }
  std::vector<Answer> answers;
  for (size_t begin = 0; begin < inputs.size(); begin += memory.size()) {
    const auto part = inputs.subspan(begin, std::min(memory.size(), inputs.size() - begin));
    std::ranges::copy(part, memory.begin());
    session_->run();
    for (size_t i = 0; i < part.size() / size; ++i) answers.push_back(answer(static_cast<int64_t>(i)));
  }
  return answers;
}

std::vector<FileAnswer> Predictor::predict(std::span<const fs::path> files) {
  std::vector<FileAnswer> answers;
  const auto batch = static_cast<size_t>(batch_);
  for (size_t begin = 0; begin < files.size(); begin += batch) {
    const auto part = files.subspan(begin, std::min(batch, files.size() - begin));
    const std::vector<std::string> errors = load(part);
    session_->run();
    for (size_t i = 0; i < part.size(); ++i) {
      FileAnswer& a = answers.emplace_back(FileAnswer{part[i], errors[i], {}});
      if (a.error.empty()) a.answer = answer(static_cast<int64_t>(i));
    }
  }
  return answers;
}

// Fills the session's input; an error text for each file, "" where it is well.
std::vector<std::string> Predictor::load(std::span<const fs::path> files) const {
  return input_->load_files(files, loading_, session_->input(input_->name()).f32_span());
}

Answer Predictor::answer(int64_t row) const {
  Answer a;
  a.features = row_of(session_->output("features"), row);
  if (has_logits_) a.logits = row_of(session_->output("logits"), row);
  if (classifies_) a.probabilities = softmax(a.logits);
  return a;
}

}  // namespace ax
