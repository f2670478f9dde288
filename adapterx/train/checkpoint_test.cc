// Checkpoints and adapter files: what is saved comes back bit for bit, what is damaged or of another run is
// refused, and a disk that fails at any call leaves the old file.
#include "adapterx/train/checkpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/images/image_input.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_checkpoint.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/moving_average.h"
#include "adapterx/train/trained_parts.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

VitConfig small_model() {
  VitConfig c;
  c.image_size = 16;
  c.patch_size = 8;
  c.width = 48;
  c.depth = 2;
  c.heads = 3;
  c.mlp_ratio = 2;
  c.classes = 5;
  return c;
}

ParameterShapes small_backbone() { return vit_backbone(small_model())->parameters().backbone; }

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ax_train_" + std::to_string(::getpid()));
    fs::create_directory(folder_);
  }
  void TearDown() override {
    internal::fail_file_calls(-1);
    fs::remove_all(folder_);
  }

  // Trained parameters of a method with values, and an optimizer after some steps.
  void make(const std::string& method) {
    SessionSpec spec;
    spec.model = vit_backbone(small_model());
    trained_ = build_session(spec, *make_method(method), std::make_shared<FrozenWeights>(synthetic_source),
                             synthetic_source)
                   .trained;
    optimizer_ = std::make_unique<Optimizer>(trained_, OptimizerOptions{});
    step();
    step();
  }

  void step() {
    for (const TrainedParameters::Entry& e : trained_->entries()) {
      fill_synthetic("images", e.shape, trained_->gradient(e).f32_span());
    }
    optimizer_->step(0.01f);
  }

  std::vector<float> values() const { return {trained_->values().begin(), trained_->values().end()}; }
  fs::path path(const char* name) const { return folder_ / name; }
  int64_t files() const { return std::distance(fs::directory_iterator(folder_), {}); }

  AdapterInfo info() const {
    AdapterInfo i;
    i.method = "adaptformer";
    i.settings = {"rank=64"};
    i.model = vit_backbone(small_model());
    Preprocess preprocess = preprocess_preset("imagenet");
    preprocess.size = 16;
    i.input = std::make_shared<ImageInput>(preprocess);
    i.classes = {"a", "b", "c", "d", "\"e\""};
    i.backbone = BackboneId{"toy", backbone_hash(synthetic_source, small_backbone())};
    i.training = {{"epoch", 3}, {"seed", 1}};
    return i;
  }

  fs::path folder_;
  std::shared_ptr<TrainedParameters> trained_;
  std::unique_ptr<Optimizer> optimizer_;
};

TrainState some_state() {
  TrainState s;
  s.epoch = 3;
  s.batch = 7;
  s.passes = 41;
  s.steps = 2;
  s.sums.loss = 0.1 + 0.2;
  s.best_accuracy = 1.0 / 3;
  s.stopped = true;
  return s;
}

TEST_F(Files, CheckpointComesBackBitForBit) {
  make("adaptformer");
  TrainConfig config;
  config.train.ema = 0.9;
  TrainState state = some_state();
  state.average.assign(trained_->values().size(), 0.25f);
  save_checkpoint(path("c"), config, state, *trained_, *optimizer_);
  step();  // where the run without a stop goes on
  const std::vector<float> straight = values();

  make("adaptformer");
  step();
  const TrainState loaded = load_checkpoint(path("c"), config, *trained_, *optimizer_);
  EXPECT_EQ(optimizer_->steps_taken(), 2);
  step();
  EXPECT_EQ(values(), straight);
  EXPECT_EQ(loaded.average, state.average);
  EXPECT_EQ(loaded.epoch, 3);
  EXPECT_EQ(loaded.batch, 7);
  EXPECT_EQ(loaded.passes, 41);
  EXPECT_EQ(loaded.sums.loss, 0.1 + 0.2);
  EXPECT_EQ(loaded.best_accuracy, 1.0 / 3);
  EXPECT_TRUE(loaded.stopped);
}

TEST_F(Files, CheckpointWithoutItsAverageIsAnError) {
  make("linear_probe");
  TrainConfig config;
  config.train.ema = 0.9;
  save_checkpoint(path("c"), config, some_state(), *trained_, *optimizer_);
  const std::string text = error_text([&] { load_checkpoint(path("c"), config, *trained_, *optimizer_); });
  EXPECT_NE(text.find("average"), std::string::npos) << text;
  EXPECT_TRUE(text.starts_with(path("c").string())) << text;
}

TEST_F(Files, CountersOutOfRangeAreAnError) {
  make("linear_probe");
  const auto error_with = [&](const std::function<void(TrainState&)>& change) {
    TrainState state = some_state();
    change(state);
    save_checkpoint(path("c"), {}, state, *trained_, *optimizer_);
    return error_text([&] { load_checkpoint(path("c"), {}, *trained_, *optimizer_); });
  };
  EXPECT_EQ(error_with([](TrainState&) {}), "no error");
  EXPECT_EQ(error_with([](TrainState& s) { s.sums.loss = -1e-7; }), "no error");  // rounding of a loss of 0
  const std::pair<const char*, std::function<void(TrainState&)>> changes[] = {
      {"epoch", [](TrainState& s) { s.epoch = -1; }},
      {"epoch", [](TrainState& s) { s.epoch = int64_t{1} << 60; }},
      {"batch", [](TrainState& s) { s.batch = -7; }},
      {"batch", [](TrainState& s) { s.batch = int64_t{1} << 60; }},
      {"passes", [](TrainState& s) { s.passes = -1; }},
      {"steps", [](TrainState& s) { s.steps = -2; }},
      {"steps", [](TrainState& s) { s.steps = 42; }},
      {"sum_images", [](TrainState& s) { s.sums.images = -1; }},
      {"best_accuracy", [](TrainState& s) { s.best_accuracy = 3; }},
      {"best_epoch", [](TrainState& s) { s.best_epoch = -2; }},
      {"stale", [](TrainState& s) { s.stale = -1; }},
      {"seconds", [](TrainState& s) { s.seconds = -1; }},
  };
  for (const auto& [key, change] : changes) {
    const std::string text = error_with(change);
    EXPECT_TRUE(text.starts_with(path("c").string())) << key << ": " << text;
    EXPECT_NE(text.find(std::string(": ") + key + ": expected"), std::string::npos) << key << ": " << text;
  }
}

TEST_F(Files, CheckpointOfAnotherRunIsRefused) {
  make("adaptformer");
  save_checkpoint(path("c"), {}, some_state(), *trained_, *optimizer_);
  TrainConfig other;
  other.train.lr = 0.5;
  EXPECT_NE(error_text([&] {
              load_checkpoint(path("c"), other, *trained_, *optimizer_);
            }).find("train.lr: 0.001, 0.5"),
            std::string::npos);
  make("full");
  EXPECT_NE(
      error_text([&] { load_checkpoint(path("c"), {}, *trained_, *optimizer_); }).find("other parameters"),
      std::string::npos);
}

TEST_F(Files, CheckpointOnAnotherBackboneIsRefused) {
  make("adaptformer");
  TrainConfig config;
  config.model.weights = "vit.pth";
  const BackboneId first{"vit", "aaaa"}, other{"vit", "bbbb"};
  save_checkpoint(path("c"), config, some_state(), *trained_, *optimizer_, first);
  EXPECT_EQ(load_checkpoint(path("c"), config, *trained_, *optimizer_, first).epoch, 3);
  const std::string text =
      error_text([&] { load_checkpoint(path("c"), config, *trained_, *optimizer_, other); });
  for (const std::string& part :
       {path("c").string(), std::string("aaaa"), std::string("vit.pth now has bbbb")}) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
}

TEST_F(Files, DamagedCheckpointIsAnError) {
  make("linear_probe");
  save_checkpoint(path("c"), {}, some_state(), *trained_, *optimizer_);
  const auto size = fs::file_size(path("c"));
  for (const auto cut : {size - 1, size / 2, uintmax_t{100}, uintmax_t{7}, uintmax_t{0}}) {
    fs::resize_file(path("c"), cut);
    EXPECT_THROW(load_checkpoint(path("c"), {}, *trained_, *optimizer_), Error) << cut;
  }
  save_adapter(path("a"), info(), *trained_, trained_->values());
  EXPECT_NE(error_text([&] {
              load_checkpoint(path("a"), {}, *trained_, *optimizer_);
            }).find("is this the checkpoint"),
            std::string::npos);
}

TEST_F(Files, ValuesThatAreNotFiniteAreNotSaved) {
  make("adaptformer");
  save_checkpoint(path("c"), {}, some_state(), *trained_, *optimizer_);
  const std::vector<float> good = values();
  trained_->value(*trained_->find("head.bias")).f32()[1] = std::nanf("");
  EXPECT_NE(error_text([&] {
              save_checkpoint(path("c"), {}, {}, *trained_, *optimizer_);
            }).find("head.bias is not finite"),
            std::string::npos);
  load_checkpoint(path("c"), {}, *trained_, *optimizer_);
  EXPECT_EQ(values(), good);
}

TEST_F(Files, EveryFailingWriteKeepsTheOldCheckpoint) {
  make("adaptformer");
  internal::fail_file_calls(-1);
  save_checkpoint(path("c"), {}, some_state(), *trained_, *optimizer_);
  const int64_t calls = internal::fail_file_calls(-1);
  ASSERT_GE(calls, 8);
  const std::vector<float> old = values();
  step();
  const std::vector<float> later = values();
  for (int64_t i = 0; i < calls; ++i) {
    std::ranges::copy(later, trained_->values().begin());
    internal::fail_file_calls(i, i % 2 == 0 ? ENOSPC : EIO);
    const std::string text = error_text([&] { save_checkpoint(path("c"), {}, {}, *trained_, *optimizer_); });
    internal::fail_file_calls(-1);
    EXPECT_TRUE(text.starts_with(path("c").string() + ": cannot ")) << i << ": " << text;
    EXPECT_EQ(files(), 1) << i;
    EXPECT_EQ(load_checkpoint(path("c"), {}, *trained_, *optimizer_).epoch, 3) << i;
    EXPECT_EQ(values(), old) << i;
  }
}

TEST_F(Files, AdapterComesBack) {
  make("adaptformer");
  save_adapter(path("a"), info(), *trained_, trained_->values());
  const AdapterFile a = open_adapter(path("a"));
  EXPECT_EQ(a.info.method, "adaptformer");
  EXPECT_EQ(a.info.settings, info().settings);
  EXPECT_EQ(a.info.classes, info().classes);
  EXPECT_EQ(a.info.backbone, info().backbone);
  EXPECT_EQ(a.info.training, info().training);
  EXPECT_EQ(a.info.input->text(), info().input->text());
  const VitConfig& model = vit_config(*a.info.model);
  EXPECT_EQ(model.heads, 3);
  EXPECT_EQ(model.mlp_ratio, 2);
  std::vector<float> loaded(trained_->values().size());
  load_values(a, *trained_, loaded);
  EXPECT_EQ(loaded, values());
  EXPECT_NE(error_text([&] { open_backbone_file(path("a")); }).find("got an adapter"), std::string::npos);
  save_checkpoint(path("c"), {}, {}, *trained_, *optimizer_);
  EXPECT_NE(error_text([&] { open_adapter(path("c")); }).find("is this an adapter?"), std::string::npos);
}

// Buffers, which no optimizer sees, are saved with what is trained, and averaged with it.
TEST_F(Files, BuffersComeBack) {
  Graph g;
  g.parameter("head.weight", {5, 8}, Init::normal(0, 1), {"head", true});
  g.buffer("norm.running_mean", {8}, Init::zeros());
  trained_ = std::make_shared<TrainedParameters>(g);
  trained_->initialise(nullptr, 1);
  optimizer_ = std::make_unique<Optimizer>(trained_, OptimizerOptions{});
  const std::span<float> buffer = trained_->value(*trained_->find("norm.running_mean")).f32_span();
  std::ranges::fill(buffer, 3.5f);
  TrainConfig config;
  config.train.ema = 0.9;
  TrainState state = some_state();
  state.average = values();
  const std::vector<float> saved = values();
  save_checkpoint(path("c"), config, state, *trained_, *optimizer_);
  save_adapter(path("a"), info(), *trained_, trained_->values());

  std::ranges::fill(trained_->values(), 0.0f);
  load_checkpoint(path("c"), config, *trained_, *optimizer_);
  EXPECT_EQ(values(), saved);
  std::ranges::fill(trained_->values(), 0.0f);
  load_values(open_adapter(path("a")), *trained_, trained_->values());
  EXPECT_EQ(values(), saved);

  std::ranges::fill(buffer, 4.5f);
  MovingAverage(0.5).update(1000, trained_->values(), state.average);
  const AverageInPlace averaged(*trained_, state.average);
  EXPECT_FLOAT_EQ(buffer[7], 4);
  EXPECT_EQ(trained_parts(trained_->entries(), *vit_backbone(small_model())).total, 40);
}

TEST_F(Files, AdapterRefusesAnotherBackbone) {
  make("adaptformer");
  save_adapter(path("a"), info(), *trained_, trained_->values());
  const AdapterFile a = open_adapter(path("a"));
  expect_backbone(a, "same.safetensors", {"renamed", info().backbone->hash});
  const WeightSource other = [](std::string_view name, const Shape& shape, std::span<float> out) {
    synthetic_source(name, shape, out);
    if (name == "blocks.1.norm1.bias") out[0] = std::nextafter(out[0], 1.0f);
    return true;
  };
  const std::string hash = backbone_hash(other, small_backbone());
  EXPECT_NE(hash, info().backbone->hash);
  EXPECT_NE(error_text([&] {
              expect_backbone(a, "other.pth", {"toy", hash});
            }).find("expected the backbone `toy`"),
            std::string::npos);
}

TEST_F(Files, WholeModelIsACheckpoint) {
  make("full");
  AdapterInfo whole = info();
  whole.backbone.reset();
  save_adapter(path("w.safetensors"), whole, *trained_, trained_->values());
  const BackboneCheckpoint c = open_backbone(path("w.safetensors"), {});
  EXPECT_EQ(vit_config(*c.backbone).heads, 3);  // 48 channels: not heads of 64
  EXPECT_EQ(c.backbone->classes(), 5);
  EXPECT_TRUE(c.has_head);
  EXPECT_EQ(c.input->text(), whole.input->text());
  EXPECT_TRUE(c.report.assumed.empty());
  for (const TrainedParameters::Entry& e : trained_->entries()) {
    std::vector<float> out(e.size());
    ASSERT_TRUE(c.source(e.name, e.shape, out)) << e.name;
    EXPECT_TRUE(std::ranges::equal(out, trained_->value(e).f32_span())) << e.name;
  }
}

TEST_F(Files, HashIsOfValuesNotOfTheFile) {
  const BackboneModel model{vit_backbone(small_model()),
                            std::make_shared<ImageInput>(preprocess_preset("half"))};
  save_backbone(path("f32.safetensors"), model, synthetic_source, FileDType::f32);
  save_backbone(path("bf16.safetensors"), model, synthetic_source, FileDType::bf16);
  const auto id = [&](const char* name, const BackboneRequest& request = {}) {
    return backbone_id(path(name), "", open_backbone(path(name), request));
  };
  const BackboneId f32 = id("f32.safetensors"), bf16 = id("bf16.safetensors");
  EXPECT_EQ(f32.name, "f32");
  EXPECT_EQ(f32.hash, backbone_hash(synthetic_source, small_backbone()));
  EXPECT_NE(bf16.hash, f32.hash);
  BackboneRequest larger;
  larger.model.image_size = 32;
  EXPECT_EQ(id("f32.safetensors", larger).hash, f32.hash);
  BackboneRequest other_head;
  other_head.classes = 3;
  EXPECT_EQ(id("f32.safetensors", other_head).hash, f32.hash);
  // The bf16 file, widened and written as f32, holds the same values.
  const BackboneCheckpoint c = open_backbone(path("bf16.safetensors"), {});
  save_backbone(path("wide.safetensors"), c, c.source, FileDType::f32);
  EXPECT_EQ(id("wide.safetensors").hash, bf16.hash);
  EXPECT_LT(fs::file_size(path("bf16.safetensors")), fs::file_size(path("f32.safetensors")) * 55 / 100);
}

}  // namespace
}  // namespace ax
