#include "adapterx/app/predictor.h"

#include <cmath>
#include <numeric>

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/base/parallel.h"
#include "adapterx/tasks/class_evaluation.h"
#include "adapterx/train/evaluate.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::tiny_runs;

PredictorOptions options(int64_t batch) {
  PredictorOptions o;
  o.batch = batch;
  o.compile.precision = Precision::fp32;
  return o;
}

PredictModel model_of(const std::string& data, const std::string& method) {
  const fs::path adapter = tiny_runs().adapter(data, method);
  return open_predict_model(adapter, method == "full" ? "" : tiny_runs().adapter(data, "full").string());
}

std::vector<fs::path> files_of(const std::string& data) {
  const std::vector<fs::path> folder = {tiny_runs().path(data) / "test"};
  return find_model_inputs(tiny_runs().adapter(data, "full"), "", folder);
}

class PredictorTest : public ::testing::Test {
 protected:
  ThreadCount threads_{1};
  SharedBackbones backbones_;
};

TEST_F(PredictorTest, ProbabilitiesAreThoseOfTheLogits) {
  for (const std::string data : {"images", "clouds"}) {
    Predictor predictor(model_of(data, "full"), options(4), backbones_);
    const std::vector<fs::path> files = files_of(data);
    const std::vector<FileAnswer> answers = predictor.predict(files);
    ASSERT_EQ(answers.size(), files.size());
    for (size_t i = 0; i < answers.size(); ++i) {
      const auto& [file, error, a] = answers[i];
      EXPECT_EQ(file, files[i]);
      EXPECT_EQ(error, "");
      ASSERT_EQ(a.probabilities.size(), 2U);
      EXPECT_NEAR(std::accumulate(a.probabilities.begin(), a.probabilities.end(), 0.0), 1, 1e-12);
      EXPECT_NEAR(std::log(a.probabilities[0] / a.probabilities[1]), a.logits[0] - a.logits[1], 1e-5);
      EXPECT_FALSE(a.features.empty());
    }
  }
}

TEST_F(PredictorTest, AnswersAreThoseOfTheRunsTest) {
  for (const std::string method : {"full", "adaptformer_x"}) {
    Predictor predictor(model_of("images", method), options(7), backbones_);
    const auto& test = of_classes(*tiny_runs().result("images", method).test).predictions;
    // The data set and the folder have the files in the same order: by class, then name.
    const std::vector<FileAnswer> answers = predictor.predict(files_of("images"));
    ASSERT_EQ(answers.size(), test.size());
    for (size_t i = 0; i < test.size(); ++i) {
      const auto label = static_cast<size_t>(test[i].label);
      EXPECT_NEAR(answers[i].answer.probabilities[label], test[i].label_probability, 1e-5) << i;
    }
  }
}

// 24 files by 5: the last batch has room for one more, and what it held before must not show.
TEST_F(PredictorTest, ABatchesRemainderIsAnsweredAsEachAlone) {
  for (const std::string data : {"images", "clouds"}) {
    const std::vector<fs::path> files = files_of(data);
    Predictor single(model_of(data, "full"), options(1), backbones_);
    const std::vector<FileAnswer> expected = single.predict(files);
    for (const int64_t batch : {5, 7, 64}) {
      Predictor predictor(model_of(data, "full"), options(batch), backbones_);
      EXPECT_EQ(predictor.batch(), batch);
      const std::vector<FileAnswer> got = predictor.predict(files);
      ASSERT_EQ(got.size(), expected.size());
      for (size_t i = 0; i < got.size(); ++i) {
        ASSERT_EQ(got[i].answer.features.size(), expected[i].answer.features.size());
        for (size_t k = 0; k < got[i].answer.features.size(); ++k) {
          EXPECT_NEAR(got[i].answer.features[k], expected[i].answer.features[k], 1e-5);
        }
        EXPECT_NEAR(got[i].answer.probabilities[0], expected[i].answer.probabilities[0], 1e-6);
      }
    }
  }
}

TEST_F(PredictorTest, AnUnreadableFileIsReportedAndTheOthersAreAnswered) {
  const fs::path broken = tiny_runs().path("broken.pgm");
  std::ofstream(broken) << "P5\n8 8\n255\nshort";
  std::vector<fs::path> files = files_of("images");
  Predictor predictor(model_of("images", "full"), options(4), backbones_);
  const std::vector<FileAnswer> whole = predictor.predict(files);
  files.insert(files.begin() + 2, {broken, "missing.png"});
  const std::vector<FileAnswer> answers = predictor.predict(files);
  ASSERT_EQ(answers.size(), files.size());
  expect_part(answers[2].error, "broken.pgm");
  expect_part(answers[3].error, "missing.png");
  EXPECT_TRUE(answers[2].answer.logits.empty());
  EXPECT_TRUE(answers[3].answer.probabilities.empty());
  for (size_t i = 0; i < whole.size(); ++i) {
    const FileAnswer& got = answers[i < 2 ? i : i + 2];
    EXPECT_EQ(got.error, "");
    EXPECT_NEAR(got.answer.probabilities[0], whole[i].answer.probabilities[0], 1e-6) << i;
  }
}

TEST_F(PredictorTest, InputsInMemoryAreAnsweredAsTheirFiles) {
  const PredictModel model = model_of("images", "full");
  const std::vector<fs::path> files = files_of("images");
  Predictor predictor(model, options(5), backbones_);
  std::vector<float> inputs(files.size() * static_cast<size_t>(model.input->sample_size()));
  model.input->load_files(files, {}, inputs);
  const std::vector<FileAnswer> expected = predictor.predict(files);
  const std::vector<Answer> got = predictor.predict(inputs);
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i].probabilities[0], expected[i].answer.probabilities[0], 1e-6) << i;
  }
  EXPECT_TRUE(predictor.predict(std::span<const float>()).empty());
  inputs.pop_back();
  expect_part(error_text([&] { predictor.predict(inputs); }), "expected a multiple of 192 numbers");
}

TEST_F(PredictorTest, AdaptersShareOnePackedBackbone) {
  Predictor first(model_of("images", "adaptformer_x"), options(4), backbones_);
  const size_t bytes = backbones_.bytes();
  EXPECT_GT(bytes, 0U);
  // Of another adapter over the same backbone nothing is fetched or packed again, but its own.
  PredictModel again = model_of("images", "adaptformer_x");
  int64_t fetched = 0;
  const WeightSource backbone = again.adapted->backbone;
  again.adapted->backbone = [&](std::string_view name, const Shape& shape, std::span<float> out) {
    ++fetched;
    return backbone(name, shape, out);
  };
  Predictor second(again, options(4), backbones_);
  EXPECT_EQ(fetched, 0);
  EXPECT_EQ(backbones_.bytes(), bytes);
  const std::vector<fs::path> files = files_of("images");
  EXPECT_EQ(first.predict(files)[0].answer.logits, second.predict(files)[0].answer.logits);

  SharedBackbones others;  // whose backbone is packed anew
  Predictor third(again, options(4), others);
  EXPECT_GT(fetched, 0);
  EXPECT_EQ(others.bytes(), bytes);
}

TEST_F(PredictorTest, AWholeModelSharesNothing) {
  Predictor predictor(model_of("images", "full"), options(4), backbones_);
  EXPECT_EQ(backbones_.bytes(), 0U);
}

TEST(TopClasses, AreTheMostProbableInTheirOrder) {
  const std::vector<double> p = {0.1, 0.4, 0.2, 0.3};
  EXPECT_EQ(top_classes(p, 2), (std::vector<size_t>{1, 3}));
  EXPECT_EQ(top_classes(p, 9), (std::vector<size_t>{1, 3, 2, 0}));
  EXPECT_TRUE(top_classes({}, 3).empty());
}

}  // namespace
}  // namespace ax
