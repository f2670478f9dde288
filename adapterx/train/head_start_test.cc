// Runs on images of 8 x 8 pixels whose head starts from the linear probe, or whose features are kept.
#include "adapterx/train/head_start.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/images/tiny_images_test.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/feature_use.h"
#include "adapterx/train/fit_probe.h"
#include "adapterx/train/trainer.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNever{false};

// Asks to stop after a number of steps, or within the features of the training images.
struct Recorder : TrainingObserver {
  std::vector<HeadStart> heads;
  std::vector<EpochRecord> epochs;
  std::string notes;
  int64_t steps = 0, stop_after = -1;
  bool stop_within_features = false;
  std::atomic<bool> stop{false};

  void on_head_start(const HeadStart& head) override { heads.push_back(head); }
  void on_note(const std::string& lines) override { notes += lines; }
  void on_step(const StepRecord&) override {
    if (++steps == stop_after) stop = true;
  }
  void on_evaluation(std::string_view split, int64_t, int64_t) override {
    if (split == "train" && stop_within_features) stop = true;
  }
  void on_epoch(const EpochResult& epoch, const Evaluation*) override { epochs.push_back(epoch.record); }
};

class HeadStartTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_head_start_" + std::to_string(::getpid()));
    testing::write_tiny_images(folder_ / "data", {.dark = 70, .bright = 110, .noise = 110});
    TrainConfig c = config("backbone", "full");
    c.model = {};
    c.model.width = 16;
    c.model.depth = c.model.heads = 2;
    c.model.patch_size = 4;
    c.model.image_size = 8;
    c.model.mlp_ratio = 2;
    EXPECT_TRUE(run(c).heads.empty());  // from scratch there are no features worth a fit
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static TrainConfig config(const std::string& out, const std::string& method) {
    TrainConfig c;
    c.model.weights = (folder_ / "backbone/best/adapter.safetensors").string();
    c.data.path = (folder_ / "data").string();
    c.data.val_fraction = 0.34;
    c.data.loader_threads = 1;
    c.method.name = method;
    c.train.epochs = 2;
    c.train.batch = 4;
    c.train.warmup_epochs = 0;
    c.train.precision = Precision::fp32;
    c.train.threads = 1;
    c.train.checkpoint_minutes = 60;
    c.train.out = (folder_ / out).string();
    return c;
  }

  static Recorder& run(const TrainConfig& c, bool resume = false) {
    static std::optional<Recorder> recorder;
    train(c, recorder.emplace(), kNever, resume);
    return *recorder;
  }

  static std::string best(const std::string& out) {
    std::ifstream in(folder_ / out / "best/adapter.safetensors", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // Of the training images, by the adapter of a run.
  static SampleFeatures features(const TrainConfig& c) {
    const TrainingSetup setup = open_training(c);
    const AdaptedModel model = open_adapted_model(c.train.out + "/best/adapter.safetensors", c.model.weights);
    const BuiltSession built =
        build_adapted_session(model, 5, {.precision = Precision::fp32}, nullptr, false);
    Loader loader(evaluation_samples(c, setup, Split::train, false), 2, evaluation_loader(c, 5));
    return *sample_features(*built.session, setup.input->name(), loader, *setup.data.train);
  }

  static inline fs::path folder_;
};

// Of methods whose steps at rate 0 leave everything where it starts: the first epoch finds the probe's loss
// and accuracy.
TEST_F(HeadStartTest, TheFirstEpochBeginsAtTheProbe) {
  for (const char* method : {"linear_probe", "adapter_x", "full"}) {
    TrainConfig c = config(fmt::format("start_{}", method), method);
    if (method_has(method, "dropout")) c.method.settings = {{"dropout", "0"}};
    c.train.lr = c.train.min_lr = c.train.warmup_lr = 0;
    c.train.select = Select::last;
    c.train.epochs = 1;
    const Recorder& told = run(c);
    ASSERT_EQ(told.heads.size(), 1u) << method;
    const SampleFeatures found = features(c);
    ProbeFit fit = fit_probe(found.rows(), 2, c.train.seed);
    const ClassifierScore probe = score(fit.classifier, found.rows());
    EXPECT_EQ(told.heads[0].samples, 16);
    EXPECT_EQ(told.heads[0].l2, fit.l2);
    EXPECT_EQ(told.heads[0].held_out_correct, fit.held_out_correct);
    EXPECT_NEAR(told.epochs[0].train_loss, probe.loss, 1e-5) << method;
    EXPECT_EQ(told.epochs[0].train_accuracy * 16, static_cast<double>(probe.correct)) << method;
    EXPECT_GE(probe.correct, 12) << method;
  }
}

TEST_F(HeadStartTest, StoppedAnywhereItResumesToTheSameBits) {
  TrainConfig c = config("straight", "adaptformer_x");
  c.train.ema = 0.9;
  EXPECT_EQ(run(c).heads.size(), 1u);
  for (const int64_t steps : {0, 1, 5}) {
    c.train.out = (folder_ / fmt::format("stopped{}", steps)).string();
    Recorder stopping;
    stopping.stop_after = steps;
    stopping.stop_within_features = steps == 0;
    EXPECT_TRUE(train(c, stopping, stopping.stop).interrupted);
    EXPECT_EQ(stopping.heads.size(), steps > 0 ? 1u : 0u);
    EXPECT_EQ(run(c, true).heads.size(), steps > 0 ? 0u : 1u);
    EXPECT_EQ(best(fmt::format("stopped{}", steps)), best("straight")) << steps;
  }
}

TEST_F(HeadStartTest, RandomIsTheStartOfBefore) {
  TrainConfig c = config("random", "linear_probe");
  c.train.head_init = HeadInit::random;
  c.train.lr = c.train.min_lr = c.train.warmup_lr = 0;
  EXPECT_TRUE(run(c).heads.empty());
  const AdapterFile file = open_adapter(folder_ / "random/best/adapter.safetensors");
  std::vector<float> bias(2), weight(32), drawn(32);
  file.source({})("head.bias", {2}, bias);
  file.source({})("head.weight", {2, 16}, weight);
  initialise(Init::trunc_normal(0.02f), "head.weight", {2, 16}, c.train.seed, drawn);
  EXPECT_EQ(bias, (std::vector<float>{0, 0}));
  EXPECT_EQ(weight, drawn);
}

TEST_F(HeadStartTest, WithoutALinearHeadAutoIsRandomAndProbeAnError) {
  TrainConfig c = config("heads", "adaptformer");
  c.data.path += " + " + c.data.path;  // two label sets
  c.train.select = Select::last;
  c.train.epochs = 1;
  EXPECT_TRUE(run(c).heads.empty());
  c.train.head_init = HeadInit::probe;
  c.train.out = (folder_ / "refused").string();
  expect_part(error_text([&] { run(c); }), "train.head_init: probe fits one linear layer");
  EXPECT_FALSE(fs::exists(c.train.out));
}

// A drop path too rare to drop anything keeps features from being kept, and changes nothing else.
TrainConfig running(TrainConfig c) {
  c.train.drop_path = 1e-9;
  c.train.out += "_running";
  return c;
}

std::vector<float> head_of(const std::string& out) {
  std::vector<float> weight(32);
  open_adapter(out + "/best/adapter.safetensors").source({})("head.weight", {2, 16}, weight);
  return weight;
}

TEST_F(HeadStartTest, KeptFeaturesTrainTheSameHead) {
  for (const HeadInit init : {HeadInit::probe, HeadInit::random}) {
    TrainConfig c = config(fmt::format("kept{}", static_cast<int>(init)), "linear_probe");
    c.train.head_init = init;
    c.train.epochs = 6;
    c.train.accumulate = 2;
    c.train.label_smoothing = 0.1;
    c.train.ema = 0.9;
    c.train.lr = 0.1;
    Recorder kept, ran;
    train(c, kept, kNever);
    train(running(c), ran, kNever);
    expect_part(kept.notes, "features of 24 images, 1.5 kB, are kept");
    EXPECT_EQ(ran.notes, "");
    ASSERT_EQ(kept.epochs.size(), 6u);
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_NEAR(kept.epochs[i].train_loss, ran.epochs[i].train_loss, 1e-5);
      EXPECT_NEAR(kept.epochs[i].gradient_norm, ran.epochs[i].gradient_norm, 1e-4);
      EXPECT_NEAR(kept.epochs[i].val_loss, ran.epochs[i].val_loss, 1e-5);
      EXPECT_EQ(kept.epochs[i].val_accuracy, ran.epochs[i].val_accuracy);
    }
    const std::vector<float> a = head_of(c.train.out), b = head_of(running(c).train.out);
    for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5) << i;
    EXPECT_GT(std::abs(a[0] - head_of((folder_ / "random").string())[0]), 1e-3);
  }
}

TEST_F(HeadStartTest, KeptFeaturesResumeToTheSameBits) {
  TrainConfig c = config("kept", "linear_probe");
  run(c);
  for (const int64_t steps : {0, 1, 4, 6}) {
    const std::string out = fmt::format("kept_stopped{}", steps);
    c.train.out = (folder_ / out).string();
    Recorder stopping;
    stopping.stop_after = steps;
    stopping.stop_within_features = steps == 0;
    EXPECT_TRUE(train(c, stopping, stopping.stop).interrupted);
    expect_part(run(c, true).notes, "are kept");
    EXPECT_EQ(best(out), best("kept")) << steps;
  }
  EXPECT_EQ(run(c, true).notes, "");  // over: nothing is computed for a run without steps
}

TEST_F(HeadStartTest, FeaturesAreKeptWhereNothingChangesThem) {
  const auto use = [](TrainConfig c, size_t memory = 0) {
    const TrainingSetup setup = open_training(c);
    return feature_use(c, setup, TrainingSteps(c, setup), memory);
  };
  const TrainConfig probe = config("never", "linear_probe");
  EXPECT_TRUE(use(probe).kept);
  TrainConfig c = probe;
  c.augment.flip = 0.5;
  EXPECT_FALSE(use(c).kept);
  c = probe;
  c.augment.mixup = 0.5;
  EXPECT_FALSE(use(c).kept);
  c = probe;
  c.train.drop_path = 0.1;
  EXPECT_FALSE(use(c).kept);
  c = probe;
  for (const char* method : {"bitfit", "layer_norm", "adaptformer", "full"}) {
    c.method.name = method;
    EXPECT_FALSE(use(c).kept) << method;
    EXPECT_TRUE(use(c).fits_head) << method;
  }
  constexpr size_t kBytes = 24 * 16 * sizeof(float);  // of training and validation
  EXPECT_TRUE(use(probe, 4 * kBytes).kept);
  const FeatureUse none = use(probe, 4 * kBytes - 4);
  EXPECT_FALSE(none.kept || none.fits_head);
  expect_part(none.note, "are not kept");
  c = probe;
  c.train.head_init = HeadInit::probe;
  expect_part(error_text([&] { use(c, 100); }),
              "train.head_init: probe needs the features of 24 images, 1.5 kB");
}

}  // namespace
}  // namespace ax
