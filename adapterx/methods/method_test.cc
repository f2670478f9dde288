#include "adapterx/methods/method.h"

#include <gtest/gtest.h>

#include <set>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

TEST(Methods, HaveANameEachAndASummary) {
  std::set<std::string> names;
  for (const MethodInfo& info : methods()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.summary.empty()) << info.name;
    EXPECT_NE(make_method(info.name)->adapt(), nullptr);
  }
}

TEST(Methods, UnknownNamesAndSettingsNameTheNearest) {
  expect_part(error_text([] { make_method("lroa"); }),
              "method `lroa`: unknown; expected one of linear_probe, full");
  expect_part(error_text([] { make_method("bit_fit"); }), "did you mean `bitfit`?");
  EXPECT_EQ(error_text([] { make_method("bitfit", {"rank=2"}); }), "bitfit: has no settings, got `rank`");
}

TEST(Methods, HaveTheSettingsTheyRead) {
  EXPECT_TRUE(method_has("lora", "rank"));
  EXPECT_TRUE(method_has("lora", "method.rank"));
  EXPECT_FALSE(method_has("lora", "experts"));
  EXPECT_FALSE(method_has("none", "rank"));
}

// What trains nothing but parameters of the backbone always has a plain backbone that computes the same.
TEST(Methods, ThoseThatAddNothingMerge) {
  for (const char* name : {"linear_probe", "full", "bitfit", "layer_norm", "lora"}) {
    EXPECT_TRUE(make_method(name)->merges()) << name;
  }
  for (const char* name : {"adaptformer", "adaptformer_x", "adapter_x", "dapt", "dapt_x"}) {
    EXPECT_FALSE(make_method(name)->merges()) << name;
  }
}

TEST(BitFit, TrainsBiasesButNotOfTheTokenizer) {
  const auto part = [&](ParameterKind kind, bool tokenizer = false) {
    return make_method("bitfit")->adapt()->trained_part({kind, "attn.proj", tokenizer});
  };
  EXPECT_EQ(part(ParameterKind::bias), "bias");
  EXPECT_EQ(part(ParameterKind::norm_bias), "bias");
  EXPECT_EQ(part(ParameterKind::bias, true), "");
  EXPECT_EQ(part(ParameterKind::weight), "");
  EXPECT_EQ(part(ParameterKind::norm_weight), "");
}

TEST(AdapterX, TrainsLn2AndTheClassTokenUnlessToldOtherwise) {
  const auto part = [](const std::vector<std::string>& settings, const BackboneParameter& p) {
    return make_method("adapter_x", settings)->adapt()->trained_part(p);
  };
  const BackboneParameter ln2 = {ParameterKind::norm_bias, "norm2"},
                          ln1 = {ParameterKind::norm_bias, "norm1"}, cls = {ParameterKind::class_position},
                          token = {ParameterKind::token};
  EXPECT_EQ(part({}, ln2), "LN2");
  EXPECT_EQ(part({}, ln1), "");
  EXPECT_EQ(part({}, cls), "CLS");
  EXPECT_EQ(part({}, token), "");
  EXPECT_EQ(part({"train_norm2=false"}, ln2), "");
  EXPECT_EQ(part({"train_cls=false"}, cls), "");
}

}  // namespace
}  // namespace ax
