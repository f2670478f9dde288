#include "cli/predictor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "adapterx/base/text_format.h"
#include "adapterx/data/images/load_images.h"
#include "adapterx/data/points/load_clouds.h"
#include "cli/terminal_text.h"

namespace ax::cli {
namespace {

using Json = nlohmann::ordered_json;

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

std::span<const float> row_of(const Tensor& t, int64_t r) {
  return {static_cast<const float*>(t.row(r)), static_cast<size_t>(t.shape.dim(-1))};
}

// One line; bytes of names that aren't UTF-8 are replaced.
void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Json json_of(const std::string& file, const std::string& label) {
  Json json{{"file", file}};
  if (!label.empty()) json["adapter"] = label;
  return json;
}

}  // namespace

int64_t Predictor::run(std::span<const std::filesystem::path> files, FeatureTable& table,
                       Progress& progress) {
  const auto batch = static_cast<size_t>(model_.session->input(model_.input).shape[0]);
  int64_t skipped = 0;
  for (size_t begin = 0; begin < files.size(); begin += batch) {
    const size_t count = std::min(batch, files.size() - begin);
    skipped += run_batch(files.subspan(begin, count), table, progress);
    progress.update(static_cast<int64_t>(begin + count));
  }
  return skipped;
}

// Fills the session's input; an error text for each file, "" where it is well.
std::vector<std::string> Predictor::load(std::span<const std::filesystem::path> files) const {
  const std::span<float> out = model_.session->input(model_.input).f32_span();
  if (const auto* clouds = std::get_if<PointPreprocess>(&model_.preprocess)) {
    return load_clouds(files, *clouds, out);
  }
  return load_images(files, {std::get<Preprocess>(model_.preprocess), {}, style_.scaled_jpeg}, out);
}

int64_t Predictor::run_batch(std::span<const std::filesystem::path> files, FeatureTable& table,
                             Progress& progress) {
  const std::vector<std::string> errors = load(files);
  model_.session->run();
  progress.clear();
  int64_t skipped = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string file = files[i].string();
    if (errors[i].empty()) {
      report(file, static_cast<int64_t>(i), table);
      continue;
    }
    ++skipped;
    std::fputs(fmt::format("adapterx: {}\n", errors[i]).c_str(), stderr);
    if (!style_.json) continue;
    Json json = json_of(file, model_.label);
    json["error"] = errors[i];
    print_json(json);
  }
  return skipped;
}

void Predictor::report(const std::string& file, int64_t row, FeatureTable& table) const {
  const auto logits =
      model_.has_logits ? row_of(model_.session->output("logits"), row) : std::span<const float>();
  if (style_.collect) table.add(file, row_of(model_.session->output("features"), row), logits);
  if (!model_.classifies) return;
  const std::vector<double> p = softmax(logits);
  const std::vector<size_t> top = top_indices(p, static_cast<size_t>(style_.top_k));
  if (!style_.json) {
    fmt::print("{}{}\n", file, model_.label.empty() ? "" : "  " + printable(model_.label));
    for (const size_t c : top) {
      fmt::print("  {:>7}  {}{}\n", percent_text(p[c], 1), c,
                 model_.classes.empty() ? "" : "  " + printable(model_.classes[c]));
    }
    return;
  }
  Json json = json_of(file, model_.label), list = Json::array();
  for (const size_t c : top) {
    Json entry{{"class", c}};
    if (!model_.classes.empty()) entry["name"] = model_.classes[c];
    entry["probability"] = p[c];
    list.push_back(std::move(entry));
  }
  json["top"] = std::move(list);
  print_json(json);
}

}  // namespace ax::cli
