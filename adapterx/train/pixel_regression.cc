#include "adapterx/train/pixel_regression.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "adapterx/base/error.h"
#include "adapterx/data/images/load_images.h"
#include "adapterx/graph/compile.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cross_entropy.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/train/optimizer.h"

namespace ax {
namespace {

constexpr int64_t kTestBatch = 256;

struct Pixels {
  int64_t count = 0;
  std::vector<float> values;  // [count, 3 * size * size]
  std::vector<int32_t> labels;
};

Pixels load(const ImageDataset& images, int64_t size) {
  Preprocess preprocess = preprocess_preset("half");
  preprocess.size = size;
  preprocess.crop = Crop::squash;
  preprocess.interpolation = Interpolation::bilinear;
  const auto width = static_cast<size_t>(3 * size * size);
  Pixels p{images.size(), std::vector<float>(static_cast<size_t>(images.size()) * width), {}};
  for (int64_t i = 0; i < images.size(); ++i) {
    preprocess_image(images.image(i), preprocess,
                     std::span(p.values).subspan(static_cast<size_t>(i) * width, width));
    p.labels.push_back(images.label(i));
  }
  return p;
}

Pixels joined(Pixels a, const Pixels& b) {
  a.count += b.count;
  a.values.insert(a.values.end(), b.values.begin(), b.values.end());
  a.labels.insert(a.labels.end(), b.labels.begin(), b.labels.end());
  return a;
}

struct Fit {
  std::shared_ptr<TrainedParameters> parameters;
  int64_t width = 0, classes = 0;
};

Value logits_of(Graph& graph, int64_t batch, int64_t width, int64_t classes) {
  const Value x = graph.input("pixels", {batch, width});
  const ParameterUse use = {.part = "head", .trained = true};
  return linear(x, graph.parameter("weight", {classes, width}, Init::zeros(), use),
                graph.parameter("bias", {classes}, Init::zeros(), use), Role::exact);
}

Fit fit(const Pixels& p, int64_t classes, float l2, const PixelRegressionOptions& options) {
  Fit fit{nullptr, static_cast<int64_t>(p.values.size()) / p.count, classes};
  Graph graph;
  const Value logits = logits_of(graph, p.count, fit.width, classes);
  const Value labels = graph.input("labels", {p.count}, Role::index);
  const Value weight = graph.value(graph.find(ValueKind::parameter, "weight"));
  CompileRequest request;
  request.loss = add(cross_entropy(logits, labels), scale(sum(multiply(weight, weight)), l2 / 2));
  request.options.precision = Precision::fp32;
  fit.parameters = request.trained = std::make_shared<TrainedParameters>(graph);
  fit.parameters->initialise(nullptr, 0);
  const auto session = compile(graph, request);
  std::ranges::copy(p.values, session->input("pixels").f32());
  std::ranges::copy(p.labels, session->input("labels").i32());
  Optimizer optimizer(fit.parameters, OptimizerOptions{});
  for (int64_t step = 0; step < options.steps; ++step) {
    const double progress = static_cast<double>(step) / static_cast<double>(options.steps);
    fit.parameters->zero_gradients();
    session->run();
    optimizer.step(options.lr * static_cast<float>(0.5 + 0.5 * std::cos(std::numbers::pi * progress)));
  }
  return fit;
}

double accuracy(const Fit& fit, const Pixels& p) {
  Graph graph;
  CompileRequest request;
  request.outputs = {{"logits", logits_of(graph, kTestBatch, fit.width, fit.classes)}};
  request.options.precision = Precision::fp32;
  request.trained = fit.parameters;
  const auto session = compile(graph, request);
  const Tensor input = session->input("pixels"), logits = session->output("logits");
  int64_t correct = 0;
  for (int64_t first = 0; first < p.count; first += kTestBatch) {
    const int64_t count = std::min(kTestBatch, p.count - first);
    std::copy_n(p.values.begin() + first * fit.width, count * fit.width, input.f32());
    session->run();
    for (int64_t i = 0; i < count; ++i) {
      const float* row = static_cast<const float*>(logits.row(i));
      const auto best = std::max_element(row, row + fit.classes) - row;
      correct += best == p.labels[static_cast<size_t>(first + i)];
    }
  }
  return static_cast<double>(correct) / static_cast<double>(p.count);
}

}  // namespace

std::vector<Setting> pixel_regression_settings(PixelRegressionOptions& o) {
  return {{"method.size", &o.size, "Side in pixels to which the images are squashed.", {1, 1024}}};
}

PixelRegression pixel_regression(const ImageDataset& train, const ImageDataset* val, const ImageDataset& test,
                                 int64_t classes, const PixelRegressionOptions& options) {
  if (options.l2.empty()) fail("pixel regression: expected at least one l2 to choose from");
  PixelRegression result;
  result.l2 = options.l2.front();
  Pixels images = load(train, options.size);
  if (val != nullptr) {
    const Pixels validation = load(*val, options.size);
    for (const float l2 : options.l2) {
      const double found = accuracy(fit(images, classes, l2, options), validation);
      if (found > result.val_accuracy) {
        result.val_accuracy = found;
        result.l2 = l2;
      }
    }
    images = joined(std::move(images), validation);
  }
  const Fit final_fit = fit(images, classes, result.l2, options);
  result.accuracy = accuracy(final_fit, load(test, options.size));
  result.images = test.size();
  result.parameters = final_fit.parameters->count();
  return result;
}

}  // namespace ax
