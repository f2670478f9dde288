#include "adapterx/suite/suite_config.h"

#include "adapterx/suite/suite_files_test.h"

namespace ax {
namespace {

using SuiteConfigFile = testing::SuiteFiles;

TEST_F(SuiteConfigFile, KeepsTheOrderOfTheFile) {
  const SuiteConfig suite = read_suite(write(testing::kSuite));
  ASSERT_EQ(suite.tasks.size(), 2u);
  EXPECT_EQ(suite.tasks[0].name, "zebra");
  EXPECT_EQ(suite.methods[0].name, "raw");
  EXPECT_EQ(suite.methods[2].method, "adaptformer");
  EXPECT_EQ(suite.seeds, (std::vector<uint64_t>{3, 1}));
  EXPECT_EQ(suite.tasks[1].settings[1].key, "augment.flip");
  EXPECT_EQ(suite.ablations[0].method, "adaptformer");
  EXPECT_EQ(suite.grids[1].trials(), 4u);
}

TEST_F(SuiteConfigFile, ChangesReplaceAndAdd) {
  const SuiteConfig suite = read_suite(
      write(testing::kSuite), {"tasks.ant.data=other/place", "suite.seeds=[7]", "methods.full.lr=1e-2"});
  EXPECT_EQ(suite.seeds, (std::vector<uint64_t>{7}));
  EXPECT_EQ(suite.methods[1].settings[0].value, "0.01");
  EXPECT_EQ(suite.methods[1].settings[0].where, "the command line");
  const auto change = [&](const std::string& text) { read_suite(write(testing::kSuite), {text}); };
  expect_error([&] { change("tasks.ants.data=x"); }, "no section `ants`; did you mean `ant`?");
  expect_error([&] { change("epochs=3"); }, "expected SECTION.KEY=VALUE");
}

TEST_F(SuiteConfigFile, ErrorsNameTheLineAndTheNearest) {
  const auto expect = [&](const std::string& part, const std::string& other, const std::string& error) {
    const auto file = changed(part, other);
    expect_error([&] { read_suite(file); }, error);
  };
  expect("[common]", "[comon]", ":6: unknown section `comon`; did you mean `common`?");
  expect("seeds = [3, 1]", "seed = [3]", ":3: unknown key `suite.seed`; did you mean `seeds`?");
  expect("seeds = [3, 1]", "seeds = [3, 3]", "3 is there twice");
  expect("seeds = [3, 1]", "seeds = [-1]", "expected whole numbers from 0, got -1");
  expect("epochs = 10", "epoch = 10", ":7: unknown setting `epoch`; did you mean `epochs`?");
  expect("epochs = 10", "epochs = \"ten\"", ":7: train.epochs: expected");
  expect("epochs = 10", "seed = 1", ":7: seed: the suite sets train.seed itself");
  expect("rank = 8", "rnk = 8", "unknown setting `rnk` of adaptformer; did you mean `rank`?");
  expect("lr = 0.25", "rank = 3", "unknown setting `rank` of full");
  expect("\"adaptformer\"", "\"adaptfomer\"", "unknown method `adaptfomer`; did you mean `adaptformer`?");
  expect("adapter.tasks.ant", "adapter.tasks.aunt", "unknown task `aunt`; did you mean `ant`?");
  expect("base = \"adapter\"", "base = \"adopter\"", "unknown method `adopter`; did you mean `adapter`?");
  expect("reference = \"full\"", "reference = \"fool\"", ":5: unknown method `fool`; did you mean `full`?");
  expect("data = \"stripes\"", "drop_path = 0.1", ":10: tasks.zebra: expected `data`");
  expect("[tasks.zebra]", "[tasks.\"a/b\"]", "expected a name of letters, digits, _ and -");
  expect("[tasks.zebra]", "[tasks.\"v1.0\"]", "expected a name of letters, digits, _ and -");
  expect("scale = [1, 10]", "scal = [1, 10]", ":36: unknown setting `scal` of adaptformer");
  expect(
      "lr = [1, 2, 3, 4]", "lr = [1, 2, 3]",
      "tune.adapter: expected 3 trials, as for full, got 4: each method is to be tuned with the same care");
  expect("[tune.full]", "[tune.raw]", "tune.raw");
  expect("[suite]", "[suite", ":1: ");
}

// A bare name that is the backbone's and the method's would be taken for the backbone's.
TEST_F(SuiteConfigFile, ANameWithTwoMeaningsIsRefused) {
  const auto suite = [&](const std::string& line) {
    return read_suite(changed("method = \"adaptformer\"\nrank = 8", "method = \"adapter_x\"\n" + line));
  };
  expect_error([&] { suite("heads = 2"); }, "heads: expected model.heads or method.heads");
  EXPECT_EQ(suite("\"method.heads\" = 2").methods[2].settings[0].key, "method.heads");
  EXPECT_EQ(suite("model.heads = 2").methods[2].settings[0].key, "model.heads");
  const SuiteConfig named = read_suite(
      changed("[methods.full]\nlr = 0.25", "[methods.full]\n[methods.adapter_x]\nmethod.heads = 2"));
  EXPECT_EQ(named.methods[2].method, "adapter_x");
  EXPECT_EQ(named.methods[2].settings[0].key, "method.heads");
}

TEST_F(SuiteConfigFile, TunedValuesComeLast) {
  write("[methods.adapter.tasks.ant]\nlr = 7\n", "tuned.toml");
  const std::string tuned = "tuned = \"" + (folder_ / "tuned.toml").string() + "\"\n[common]";
  const auto file = changed("[common]", tuned);
  const SuiteSettings all = read_suite(file).methods[2].on_task.at("ant");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].value, "7");
  EXPECT_EQ(read_suite(file, {}, false).methods[2].on_task.at("ant").size(), 1u);
  EXPECT_EQ(read_suite(file, {"suite.tuned=''"}).methods[2].on_task.at("ant").size(), 1u);
  write("[methods.adapter]\nlr = 7\n", "tuned.toml");
  expect_error([&] { read_suite(file); }, "tuned.toml:2: methods.adapter: expected sections");
  write("[methods.adapter.tasks.aunt]\nlr = 7\n", "tuned.toml");
  expect_error([&] { read_suite(file); }, "did you mean `ant`?");
  std::filesystem::remove(folder_ / "tuned.toml");
  expect_error([&] { read_suite(file); }, "tuned.toml");
}

}  // namespace
}  // namespace ax
