#include "adapterx/train/config_settings.h"

#include <gtest/gtest.h>

#include "adapterx/base/setting_laws_test.h"
#include "adapterx/base/toml_text.h"
#include "adapterx/methods/method.h"
#include "adapterx/train/pixel_regression.h"

namespace ax {
namespace {

// A value that is not the default.
std::string other_value(const Setting& s) {
  const std::string now = text_of(s);
  if (const auto* choice = std::get_if<Choice>(&s.value)) {
    return choice->names[0] == now ? choice->names[1] : choice->names[0];
  }
  if (std::holds_alternative<bool*>(s.value)) return now == "true" ? "false" : "true";
  if (std::holds_alternative<std::string*>(s.value)) return "some \"text\" = \\ here";
  if (std::holds_alternative<uint64_t*>(s.value)) return "9223372036854775807";
  return number_like(s, text_of(s) == number_like(s, s.range.least) ? s.range.most : s.range.least);
}

TEST(ConfigSettings, KeepTheLaws) {
  TrainConfig config;
  expect_lawful(config_settings(config));
  EXPECT_EQ(difference(config, TrainConfig()), "");
  PixelRegressionOptions pixels;
  expect_lawful(pixel_regression_settings(pixels));
}

TEST(ConfigSettings, AreInSectionsOneAfterTheOther) {
  TrainConfig config;
  std::vector<std::string> sections;
  for (const Setting& s : config_settings(config)) {
    if (sections.empty() || sections.back() != s.section()) sections.emplace_back(s.section());
  }
  EXPECT_EQ(sections, (std::vector<std::string>{"model", "data", "method", "pretrain", "train", "augment"}));
}

// Each alone: by TOML, and by the command line.
TEST(ConfigSettings, GoThroughTomlAndOverrides) {
  TrainConfig defaults;
  for (const Setting& s : config_settings(defaults)) {
    TrainConfig changed = defaults;
    const std::vector<Setting> settings = config_settings(changed);
    const Setting& own = *find_setting(settings, s.name);
    const std::string value = other_value(own);
    assign(own, value, s.name);
    TrainConfig read, made;
    read_config_text("a.toml", to_toml(changed), read);
    EXPECT_EQ(to_toml(read), to_toml(changed)) << s.name;
    EXPECT_NE(to_toml(read), to_toml(defaults)) << s.name;
    EXPECT_EQ(overrides_of(changed), (std::vector<std::string>{s.name + "=" + value}));
    for (const std::string& text : overrides_of(changed)) override_config(text, made);
    EXPECT_EQ(to_toml(made), to_toml(changed)) << s.name;
  }
}

TEST(ConfigSettings, MethodsGoThroughTomlAndOverrides) {
  for (const MethodInfo& info : methods()) {
    const MethodDraft method = info.draft();
    TrainConfig config, read, made;
    config.method.name = info.name;
    for (const Setting& s : method.settings) override_config(s.name + "=" + other_value(s), config);
    EXPECT_EQ(config.method.settings.size(), method.settings.size());
    read_config_text("a.toml", to_toml(config), read);
    EXPECT_EQ(read.method.pairs(), config.method.pairs());
    for (const std::string& text : overrides_of(config)) override_config(text, made);
    EXPECT_EQ(made.method.pairs(), config.method.pairs());
  }
}

TEST(ConfigSettings, UnknownNamesFindTheNearestOfSectionsAndMethods) {
  const auto error = [](const std::string& text) {
    return error_text([&] {
      TrainConfig c;
      c.data.path = c.train.out = c.model.weights = "x";
      override_config(text, c);
      check(c);
    });
  };
  EXPECT_EQ(error("train.format=1"), "setting `train.format`: unknown; did you mean `data.format`?");
  EXPECT_EQ(error("train.rank=1"), "setting `train.rank`: unknown; did you mean `method.rank`?");
  EXPECT_NE(error("rnak=3").find("adaptformer_x: unknown setting `rnak`; it has experts, "),
            std::string::npos);
  EXPECT_NE(error("rnak=3").find("did you mean `rank`?"), std::string::npos);
  EXPECT_NE(error("epoch=3").find("did you mean `epochs`?"), std::string::npos);
  EXPECT_EQ(error("rank=0"), "adaptformer_x: rank: expected 1 or more, got 0");
}

}  // namespace
}  // namespace ax
