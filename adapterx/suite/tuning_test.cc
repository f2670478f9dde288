#include "adapterx/suite/tuning.h"

#include "adapterx/suite/suite_files_test.h"

namespace ax {
namespace {

class Tuning : public testing::SuiteFiles {
 protected:
  // Of adapter on ant: lr 0.1 and 0.2 by scale 1 and 10; two seeds each.
  std::vector<TrialScore> scores(const std::vector<double>& accuracies) const {
    std::vector<TrialScore> all;
    for (const SuiteTrial& t :
         plan_trials(suite_, resolve(suite_, {{"ant"}, {"adapter"}, {}, false}), "out")) {
      all.push_back({t, accuracies[all.size()]});
    }
    return all;
  }

  SuiteConfig suite_ = read_suite(write(testing::kSuite));
};

TEST_F(Tuning, TheBestMeanWins) {
  const auto best = best_trials(suite_, scores({0.5, 0.5, 0.9, 0.2, 0.6, 0.7, 0.1, 0.1}));
  ASSERT_EQ(best.size(), 1u);
  EXPECT_EQ(best[0].values[0].value, "0.2");
  EXPECT_EQ(best[0].values[1].value, "1");
  EXPECT_NEAR(best[0].accuracy, 0.65, 1e-12);
}

TEST_F(Tuning, OfEqualsTheEarlier) {
  const auto best = best_trials(suite_, scores({0.1, 0.1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}));
  EXPECT_EQ(best[0].values[0].value, "0.1");
  EXPECT_EQ(best[0].values[1].value, "10");
}

TEST_F(Tuning, AGridWithAMissingTrialHasNoBest) {
  auto all = scores({0.5, 0.5, 0.9, 0.2, 0.6, 0.7, 0.1, 0.1});
  all.erase(all.begin() + 4);
  EXPECT_TRUE(best_trials(suite_, all).empty());
}

TEST_F(Tuning, TheFileIsReadAsTuned) {
  const auto best = best_trials(suite_, scores({0.5, 0.5, 0.9, 0.2, 0.6, 0.7, 0.1, 0.1}));
  write(tuned_toml(best), "tuned.toml");
  const auto file = changed("[common]", "tuned = \"" + (folder_ / "tuned.toml").string() + "\"\n[common]");
  const SuiteConfig suite = read_suite(file);
  const auto runs = plan_runs(suite, resolve(suite, {{"ant"}, {"adapter"}, {1}, false}), "out");
  EXPECT_EQ(runs[0].config.train.lr, 0.2);
  EXPECT_EQ(runs[0].config.method.settings.at("scale"), "1");
}

TEST_F(Tuning, SaysWhereAGridIsTooSmall) {
  SuiteConfig suite = suite_;
  suite.grids[0].axes[0].values = {"1", "2", "3", "4"};
  std::vector<TrialScore> all;
  const std::vector<double> accuracies = {0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4};
  for (const SuiteTrial& t : plan_trials(suite, resolve(suite, {{"ant"}, {"full"}, {}, false}), "out")) {
    all.push_back({t, accuracies[all.size()]});
  }
  const auto best = best_trials(suite, all);
  EXPECT_EQ(best[0].at_edge, (std::vector<std::string>{"lr"}));
  EXPECT_NE(tuned_toml(best).find("at the edge of its grid: lr"), std::string::npos);
}

}  // namespace
}  // namespace ax
