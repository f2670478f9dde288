#include "adapterx/suite/suite_table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"

namespace ax {
namespace {

RunFacts facts(double accuracy, int64_t adapter, int64_t head) {
  RunFacts f;
  f.accuracy = accuracy;
  f.parameters.parts = {{"adapter", adapter, false}, {"head", head, true}};
  f.parameters.backbone = 1000;
  return f;
}

SuiteRun run(const std::string& task, const std::string& row, uint64_t seed) {
  SuiteRun r;
  r.task = task;
  r.row = row;
  r.seed = seed;
  return r;
}

SuiteConfig compared_with(const std::string& reference) {
  SuiteConfig suite;
  suite.reference = reference;
  return suite;
}

// Two tasks, two rows and a third without a run, two seeds.
SuiteTable table() {
  SuiteTable t(compared_with("full"), {{"ant", "bee"}, {"full", "small", "none"}, {0, 1}, false});
  t.add(run("ant", "full", 0), facts(0.50, 1000, 10));
  t.add(run("ant", "full", 1), facts(0.60, 1000, 10));
  t.add(run("bee", "full", 0), facts(0.70, 1000, 30));
  t.add(run("bee", "full", 1), facts(0.90, 1000, 30));
  t.add(run("ant", "small", 0), facts(0.54, 20, 10));
  t.add(run("ant", "small", 1), facts(0.66, 20, 10));
  t.add(run("bee", "small", 0), facts(0.72, 20, 30));
  t.add(run("bee", "small", 1), facts(0.92, 20, 30));
  return t;
}

TEST(SuiteTable, ShowsMeansSpreadsAndPairedDifferences) {
  EXPECT_EQ(table().markdown(),
            "| method | trained % | without head % |          ant |           bee |          mean |  mean - "
            "full |\n"
            "|--------|----------:|---------------:|-------------:|--------------:|--------------:|----------"
            "---:|\n"
            "| full   |    102.00 |         100.00 | 55.00 ± 7.07 | 80.00 ± 14.14 | 67.50 ± 10.61 |          "
            "    |\n"
            "| small  |      4.00 |           2.00 | 60.00 ± 8.49 | 82.00 ± 14.14 | 71.00 ± 11.31 | +3.50 ± "
            "0.71 |\n"
            "| none   |         - |              - |            - |             - |             - |          "
            "  - |\n");
}

TEST(SuiteTable, SaysWhatIsMissing) {
  SuiteTable t(compared_with("full"), {{"ant"}, {"full", "small"}, {0, 1}, false});
  t.add(run("ant", "full", 0), facts(0.50, 1000, 10));
  t.add(run("ant", "small", 0), facts(0.25, 20, 10));
  t.add(run("ant", "small", 1), facts(0.75, 20, 10));
  const std::string text = t.markdown();
  EXPECT_NE(text.find("50.00 (1 of 2)"), std::string::npos) << text;
  EXPECT_NE(text.find("-25.00 (1 of 2)"), std::string::npos) << text;
  EXPECT_THROW(t.add(run("ant", "full", 2), facts(1, 1, 1)), Error);
}

TEST(SuiteTable, ComparesAnAblationWithWhatItChanges) {
  SuiteConfig suite = compared_with("full");
  for (const auto& [name, base] : {std::pair("a_less", "a"), std::pair("b_less", "b")}) {
    SuiteMethod& ablation = suite.ablations.emplace_back();
    ablation.name = name;
    ablation.base = base;
  }
  SuiteTable t(suite, {{"ant"}, {"full", "a", "b", "a_less", "b_less"}, {0}, true});
  const double accuracies[] = {0.9, 0.5, 0.3, 0.4, 0.1};
  for (size_t i = 0; i < 5; ++i) t.add(run("ant", t.rows()[i].name, 0), facts(accuracies[i], 20, 10));
  const nlohmann::json rows = nlohmann::json::parse(t.json()).at("rows");
  EXPECT_TRUE(rows[1].at("reference").is_null());
  EXPECT_NEAR(rows[3].at("mean").at("difference").get<double>(), -0.1, 1e-12);
  EXPECT_NEAR(rows[4].at("mean").at("difference").get<double>(), -0.2, 1e-12);
  EXPECT_NE(t.markdown().find("mean - what it changes"), std::string::npos) << t.markdown();
}

// Where a setting differs by task, so do the counts; the order in which runs end doesn't matter.
TEST(SuiteTable, CountsAreMeansOverTasks) {
  SuiteTable t(compared_with(""), {{"ant", "bee"}, {"small"}, {0}, false});
  t.add(run("bee", "small", 0), facts(0.5, 40, 10));
  t.add(run("ant", "small", 0), facts(0.5, 20, 10));
  EXPECT_NE(t.markdown().find("|      4.00 |           3.00 |"), std::string::npos) << t.markdown();
}

TEST(SuiteTable, JsonHasAllNumbers) {
  const nlohmann::json j = nlohmann::json::parse(table().json());
  EXPECT_TRUE(j.at("rows").at(0).at("reference").is_null());
  const auto& small = j.at("rows").at(1);
  EXPECT_EQ(small.at("row"), "small");
  EXPECT_EQ(small.at("reference"), "full");
  EXPECT_EQ(small.at("trained_percent_without_head"), 2);
  EXPECT_EQ(small.at("tasks").at("bee").at("accuracies"), nlohmann::json({0.72, 0.92}));
  EXPECT_NEAR(small.at("tasks").at("ant").at("difference").get<double>(), 0.05, 1e-12);
  EXPECT_NEAR(small.at("tasks").at("ant").at("difference_sd").get<double>(), std::sqrt(2.0) / 100, 1e-12);
  EXPECT_NEAR(small.at("mean").at("difference").get<double>(), 0.035, 1e-12);
  EXPECT_TRUE(j.at("rows").at(2).at("mean").at("accuracy").is_null());
}

}  // namespace
}  // namespace ax
