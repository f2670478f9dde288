#include "adapterx/train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/kernels/optimizer.h"

namespace ax {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kStateKey = "adapterx.state";
constexpr const char* kConfigKey = "adapterx.config";
constexpr const char* kLayoutKey = "adapterx.layout";
constexpr const char* kBackboneHashKey = "adapterx.backbone_hash";

// Calls visit(key, field) for each counter: one list for both directions. JSON keeps doubles exactly.
template <class State, class Visit>
void visit_state(State& s, const Visit& visit) {
  visit("epoch", s.epoch);
  visit("batch", s.batch);
  visit("passes", s.passes);
  visit("steps", s.steps);
  visit("last_lr", s.last_lr);
  visit("sum_loss", s.sums.loss);
  visit("sum_penalty", s.sums.penalty);
  visit("sum_gradient_norm", s.sums.gradient_norm);
  visit("sum_seconds", s.sums.seconds);
  visit("sum_images", s.sums.images);
  visit("sum_correct", s.sums.correct);
  visit("sum_steps", s.sums.steps);
  visit("best_accuracy", s.best_accuracy);
  visit("best_epoch", s.best_epoch);
  visit("stale", s.stale);
  visit("stopped", s.stopped);
  visit("seconds", s.seconds);
}

// Names, shapes and places of the parameters.
std::string layout_of(const TrainedParameters& trained) {
  std::string text;
  for (const TrainedParameters::Entry& e : trained.entries()) {
    text += fmt::format("{} {} {}\n", e.offset, e.name, to_string(e.shape));
  }
  return text;
}

void expect_finite(const std::filesystem::path& path, TrainedParameters& trained) {
  if (std::isfinite(kernels::squared_norm(trained.values()))) return;
  for (const TrainedParameters::Entry& e : trained.entries()) {
    if (std::isfinite(kernels::squared_norm(trained.value(e).f32_span()))) continue;
    fail("{}: not written, since {} is not finite; try a lower learning rate or gradient clipping",
         path.string(), e.name);
  }
}

TensorInfo span_tensor(std::span<const float> values) {
  return f32_tensor({static_cast<int64_t>(values.size())}, values);
}

void read_span(const TensorFile& file, const char* name, std::span<float> out) {
  const int64_t size = file.at(name).shape.size();
  if (size != std::ssize(out))
    fail("{}: {}: expected {} numbers, got {}", file.path(), name, out.size(), size);
  file.copy_f32(name, out);
}

const std::string& metadata(const TensorFile& file, const char* key) {
  const auto found = file.metadata().find(std::string_view(key));
  if (found == file.metadata().end()) {
    fail("{}: metadata `{}`: missing; is this the checkpoint of a run?", file.path(), key);
  }
  return found->second;
}

void expect_in(const TensorFile& file, const char* key, double value, double low, double high) {
  if (value >= low && value <= high) return;
  fail("{}: metadata `{}`: {}: expected a number from {} to {}, got {}; the file is damaged", file.path(),
       kStateKey, key, low, high, value);
}

// Of each counter alone; the trainer knows how they hang together.
void check_state(const TensorFile& file, const TrainConfig& config, const TrainState& state) {
  constexpr double kMost = std::numeric_limits<uint32_t>::max(), kMostSum = 1e300;
  visit_state(state, [&](const char* key, const auto& field) {
    const std::string_view name = key;
    const bool any_sign = name == "sum_loss" || name == "sum_penalty";
    const double low = any_sign ? -kMostSum : name.starts_with("best_") ? -1 : 0;
    expect_in(file, key, static_cast<double>(field), low, kMostSum);
  });
  const auto epochs = static_cast<double>(config.train.epochs);
  expect_in(file, "epoch", static_cast<double>(state.epoch), 0, epochs);
  expect_in(file, "batch", static_cast<double>(state.batch), 0, kMost);
  expect_in(file, "passes", static_cast<double>(state.passes), 0, kMost);
  expect_in(file, "steps", static_cast<double>(state.steps), 0, static_cast<double>(state.passes));
  expect_in(file, "best_accuracy", state.best_accuracy, -1, 1);
  expect_in(file, "best_epoch", static_cast<double>(state.best_epoch), -1, epochs);
}

void expect_settings(const TensorFile& file, const TrainConfig& config) {
  TrainConfig stored;
  read_config_text(file.path() + ": settings", metadata(file, kConfigKey), stored);
  const std::string text = difference(stored, config);
  if (text.empty()) return;
  fail("{}: the checkpoint is of a run with other settings ({}); a resumed run keeps its own", file.path(),
       text);
}

// Files of before the backbone was noted fit any.
void expect_same_backbone(const TensorFile& file, const std::string& weights,
                          const std::optional<BackboneId>& backbone) {
  const auto noted = file.metadata().find(std::string_view(kBackboneHashKey));
  if (!backbone || noted == file.metadata().end() || noted->second == backbone->hash) return;
  fail(
      "{}: the run began on a backbone of hash {}, but {} now has {}; give the file back or start anew in "
      "another folder",
      file.path(), noted->second, weights, backbone->hash);
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const TrainConfig& config, const TrainState& state,
                     TrainedParameters& trained, Optimizer& optimizer,
                     const std::optional<BackboneId>& backbone) {
  expect_finite(path, trained);
  Json counters;
  visit_state(state, [&](const char* key, const auto& field) { counters[key] = field; });
  TensorMap tensors;
  tensors["values"] = span_tensor(trained.values());
  tensors["first_moment"] = span_tensor(optimizer.first_moment());
  if (!optimizer.second_moment().empty()) tensors["second_moment"] = span_tensor(optimizer.second_moment());
  if (!state.average.empty()) tensors["average"] = span_tensor(state.average);
  MetadataMap metadata = {
      {kStateKey, counters.dump()}, {kConfigKey, to_toml(config)}, {kLayoutKey, layout_of(trained)}};
  if (backbone) metadata[kBackboneHashKey] = backbone->hash;
  write_safetensors(path, tensors, metadata);
}

TrainState load_checkpoint(const std::filesystem::path& path, const TrainConfig& config,
                           TrainedParameters& trained, Optimizer& optimizer,
                           const std::optional<BackboneId>& backbone) {
  const TensorFile file = read_safetensors(path);
  expect_settings(file, config);
  expect_same_backbone(file, config.model.weights, backbone);
  if (metadata(file, kLayoutKey) != layout_of(trained)) {
    fail("{}: the checkpoint is of a run with other parameters; start anew in another folder", path.string());
  }
  TrainState state;
  try {
    const Json counters = Json::parse(metadata(file, kStateKey));
    visit_state(state, [&](const char* key, auto& field) { counters.at(key).get_to(field); });
  } catch (const nlohmann::json::exception& error) {
    fail("{}: metadata `{}`: {}", path.string(), kStateKey, error.what());
  }
  check_state(file, config, state);
  read_span(file, "values", trained.values());
  read_span(file, "first_moment", optimizer.first_moment());
  if (!optimizer.second_moment().empty()) read_span(file, "second_moment", optimizer.second_moment());
  if (config.train.ema > 0) {
    state.average.resize(trained.values().size());
    read_span(file, "average", state.average);
  }
  optimizer.set_steps_taken(state.steps);
  return state;
}

}  // namespace ax
