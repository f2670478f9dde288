// The account of a file by a family of three names.
#include "adapterx/models/checkpoint/checkpoint_planner.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/micro_backbones_test.h"

namespace ax {
namespace {

// Our names below "net."; `bias` may be absent; counters are known, everything beside the root is outside.
class NetNames : public CheckpointNames {
 public:
  explicit NetNames(const TensorFile& file) : file_(file) {}

  std::string_view title() const override { return "the net"; }
  const std::string& root() const override { return root_; }
  std::string_view architecture() const override { return "net"; }
  ParameterPlan find(const std::string& ours, const Shape& shape) const override {
    if (!file_.contains(expected(ours))) return {};
    return {{expected(ours)}, Layout::same, shape};
  }
  std::string expected(const std::string& ours) const override { return root_ + ours; }
  std::optional<Start> start_of(const std::string& ours) const override {
    if (ours != "bias") return std::nullopt;
    return Start{Init::ones(), "one: the net has none"};
  }
  Use use_of(const std::string& tensor) const override {
    if (!tensor.starts_with(root_)) return {Use::Kind::outside, ""};
    if (tensor.ends_with(".count")) return {Use::Kind::known, "counters"};
    if (tensor.starts_with("net.student.")) return {Use::Kind::another_model, ""};
    return {};
  }

 private:
  const TensorFile& file_;
  const std::string root_ = "net.";
};

class PlannerTest : public testing::Test {
 protected:
  void SetUp() override {
    stored_.backbone = {{"bias", {4}}, {"weight", {4, 3}}};
    stored_.head = {{"head.bias", {5}}, {"head.weight", {5, 4}}};
    wanted_ = stored_;
    for (const auto& [name, shape] : stored_.all()) owned_.add("net." + name, shape);
  }

  PlannedCheckpoint plan() {
    file_ = std::make_shared<const TensorFile>(owned_.file());
    report_ = {};
    return plan_checkpoint(file_, NetNames(*file_), stored_, wanted_, strict_, report_);
  }
  void remove(const std::string& name) { owned_.tensors.erase(name); }
  // Every tensor of the file was loaded, ignored or not expected.
  void expect_account(int64_t loaded, int64_t ignored, int64_t unexpected) const {
    EXPECT_EQ(report_.loaded, loaded);
    EXPECT_EQ(std::ssize(report_.ignored), ignored);
    EXPECT_EQ(std::ssize(report_.unexpected), unexpected);
  }

  OwnedTensors owned_;
  std::shared_ptr<const TensorFile> file_;
  ModelParameters stored_, wanted_;
  bool strict_ = true;
  LoadReport report_;
};

TEST_F(PlannerTest, AWholeFileIsLoaded) {
  const PlannedCheckpoint planned = plan();
  EXPECT_TRUE(planned.has_head && planned.has_head_bias);
  EXPECT_EQ(planned.stored, stored_.backbone);
  EXPECT_EQ(report_.numbers, 4 + 12 + 5 + 20);
  EXPECT_EQ(report_.parameters, 4);
  EXPECT_EQ(report_.root, "net.");
  expect_account(4, 0, 0);
  std::vector<float> weight(12);
  ASSERT_TRUE(planned.source("weight", {4, 3}, weight));
  EXPECT_EQ(weight, owned_.values.at("net.weight"));
}

TEST_F(PlannerTest, WhatAFamilyMayLackStarts) {
  remove("net.bias");
  const PlannedCheckpoint planned = plan();
  std::vector<float> bias(4);
  ASSERT_TRUE(planned.source("bias", {4}, bias));
  EXPECT_EQ(bias, std::vector<float>(4, 1.0f));
  ASSERT_EQ(report_.initialised.size(), 1u);
  EXPECT_EQ(report_.initialised[0].note, "one: the net has none");
  expect_account(3, 0, 0);
  remove("net.weight");
  owned_.add("net.wieght", {4, 3});
  expect_part(error_text([&] { plan(); }),
              "1 of the model's tensors missing, first `weight` (the net as "
              "`net.weight`); did you mean `net.wieght`?");
}

TEST_F(PlannerTest, AHeadOfOtherClassesIsExplainedAndLeftOut) {
  wanted_.head = {{"head.bias", {2}}, {"head.weight", {2, 4}}};
  const PlannedCheckpoint planned = plan();
  EXPECT_FALSE(planned.has_head || planned.has_head_bias);
  std::vector<float> bias(2);
  EXPECT_FALSE(planned.source("head.bias", {2}, bias));
  ASSERT_EQ(report_.initialised.size(), 2u);
  EXPECT_EQ(report_.initialised[0].note, "[5] in the file, [2] wanted");
  expect_account(2, 0, 0);
}

TEST_F(PlannerTest, AHeadThatIsNotWholeStartsAnew) {
  remove("net.head.bias");
  const PlannedCheckpoint planned = plan();
  EXPECT_FALSE(planned.has_head);
  ASSERT_EQ(report_.initialised.size(), 1u);
  EXPECT_EQ(report_.initialised[0].name, "head.bias");
  EXPECT_EQ(report_.initialised[0].note, "not in the file");
}

TEST_F(PlannerTest, TheRestIsAccountedForByGroups) {
  owned_.add("net.norm.count", {1});
  owned_.add("net.norm2.count", {1});
  owned_.add("optimizer.state.0.moment", {4});
  owned_.add("optimizer.state.1.moment", {4});
  owned_.add("net.student.weight", {4, 3});
  owned_.add("step", {1});
  plan();
  expect_account(4, 4, 0);
  EXPECT_EQ(report_.ignored[0].name, "2 tensors");
  EXPECT_EQ(report_.ignored[0].note, "counters");
  EXPECT_EQ(report_.ignored[1].name, "optimizer.*");
  EXPECT_EQ(report_.ignored[1].note, "2 tensors outside of `net.`");
  EXPECT_EQ(report_.ignored[2].name, "step");
  EXPECT_EQ(report_.ignored[3].name, "net.student.*");
  EXPECT_EQ(report_.ignored[3].note, "1 tensors of another model in the file");
}

TEST_F(PlannerTest, UnexplainedTensorsAreAnErrorUnlessAskedFor) {
  for (int i = 0; i < 6; ++i) owned_.add(fmt::format("net.gate{}", i), {2});
  const std::string text = error_text([&] { plan(); });
  expect_part(text, "6 tensors that a net of the net doesn't have: `net.gate0` [2]");
  expect_part(text, "`net.gate4` [2], ...");
  strict_ = false;
  plan();
  expect_account(4, 0, 6);
}

TEST_F(PlannerTest, AnotherShapeIsAnErrorThatNamesTheTensor) {
  owned_.add("net.weight", {3, 4});
  expect_part(error_text([&] { plan(); }), "net.weight: expected [4, 3] for weight, got [3, 4]");
}

TEST_F(PlannerTest, WhatChangesItsSizeIsReported) {
  wanted_.backbone.at("weight") = {9, 3};
  const PlannedCheckpoint planned = plan();
  ASSERT_EQ(report_.reshaped.size(), 1u);
  EXPECT_EQ(report_.reshaped[0].note, "[4, 3] to [9, 3]");
  EXPECT_EQ(planned.stored.at("weight"), (Shape{4, 3}));
}

}  // namespace
}  // namespace ax
