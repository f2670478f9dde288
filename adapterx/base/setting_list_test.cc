#include "adapterx/base/setting_list.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/setting_draft.h"
#include "adapterx/base/setting_help.h"

namespace ax {
namespace {

struct Options {
  double lr = 0.1, beta = 0.9;
  int64_t model_heads = 4, heads = 0, points = 0, samples = 0;
  std::string path = {};
};

std::vector<Setting> settings_of(Options& o) {
  return {{"train.lr", &o.lr, "Learning rate.", {0, 1e6}},
          {"train.beta", &o.beta, "Decay of a moment.", from_below(0, 1)},
          {"model.heads", &o.model_heads, "Heads of the model.", at_least(1)},
          {"method.heads", &o.heads, "Heads of the method.", at_least(0), {}, {{"none", 0}}},
          {"model.points", &o.points, "Points of a cloud.", {0, 1 << 20}, {"point clouds"}},
          {"data.path", &o.path, "Path of the data."}};
}

class SettingList : public testing::Test {
 protected:
  Options options_;
  std::vector<Setting> settings_ = settings_of(options_);
  std::string assign_error(const std::vector<std::string>& texts) {
    return error_text([&] { assign_all(settings_, parse_key_values(texts), "owner"); });
  }
};

TEST_F(SettingList, FindsByFullNameAndByLastPart) {
  EXPECT_EQ(find_setting(settings_, "train.lr"), &settings_[0]);
  EXPECT_EQ(find_setting(settings_, "lr"), &settings_[0]);
  EXPECT_EQ(find_setting(settings_, "method.heads"), &settings_[3]);
  EXPECT_EQ(find_setting(settings_, "data.lr"), nullptr);
  EXPECT_EQ(find_setting(settings_, "rate"), nullptr);
  EXPECT_EQ(error_text([&] { find_setting(settings_, "heads"); }),
            "heads: expected model.heads or method.heads");
}

TEST_F(SettingList, NamesTheNearestOfAllSections) {
  EXPECT_EQ(did_you_mean_setting("train.lrr", settings_), "; did you mean `train.lr`?");
  EXPECT_EQ(did_you_mean_setting("data.beta", settings_), "; did you mean `train.beta`?");
  EXPECT_EQ(did_you_mean_setting("betta", settings_), "; did you mean `beta`?");
  EXPECT_EQ(did_you_mean_setting("something", settings_), "");
}

TEST_F(SettingList, CutsAtTheFirstEqualsSign) {
  EXPECT_EQ(parse_key_value("a=b=c").key, "a");
  EXPECT_EQ(parse_key_value("a=b=c").value, "b=c");
  EXPECT_EQ(parse_key_value("a=").value, "");
  EXPECT_EQ(error_text([] { parse_key_value("lr"); }), "setting `lr`: expected key=value");
  EXPECT_EQ(error_text([] { parse_key_value("=1", "", "TASK=PATH"); }), "`=1`: expected TASK=PATH");
}

TEST_F(SettingList, AssignsAllOrSaysWhatIsWrong) {
  EXPECT_EQ(assign_error({"lr=3", "method.heads=none", "path=a=b"}), "no error");
  EXPECT_EQ(options_.lr, 3);
  EXPECT_EQ(options_.path, "a=b");
  EXPECT_EQ(assign_error({"lr=-1"}), "owner: lr: expected a number from 0 to 1000000, got -1");
  EXPECT_EQ(assign_error({"lr=1", "train.lr=2"}), "owner: train.lr: given twice");
  EXPECT_EQ(
      assign_error({"pth=a"}),
      "owner: unknown setting `pth`; it has lr, beta, heads, heads, points, path; did you mean `path`?");
  EXPECT_EQ(error_text([] { fail_unknown("full", "rank", {}); }), "full: has no settings, got `rank`");
  EXPECT_EQ(error_text([&] { fail_unknown("full", "betta", {}, settings_); }),
            "full: has no settings, got `betta`; did you mean `beta`?");
}

TEST_F(SettingList, DraftsKeepTheirOptionsAlive) {
  const auto make = +[](const Options& o) { return std::make_unique<double>(o.lr); };
  SettingDraft<std::unique_ptr<double>> one = draft(Options{.lr = 5}, settings_of, make);
  const auto other = draft(Options{.lr = 5}, settings_of, make);
  assign_all(one.settings, {{"lr", "7"}}, "one");
  EXPECT_EQ(*one.make(), 7);
  EXPECT_EQ(*other.make(), 5);
}

TEST_F(SettingList, ExplainsRangeDefaultAndWhoHasIt) {
  EXPECT_EQ(explained(settings_[0]), "Learning rate. A number in [0, 1e6]; default 0.1.");
  EXPECT_EQ(explained(settings_[1]), "Decay of a moment. A number in [0, 1); default 0.9.");
  EXPECT_EQ(explained(settings_[3]), "Heads of the method. An integer of 0 or more, or none; default none.");
  EXPECT_EQ(explained(settings_[4]),
            "Points of a cloud. An integer in [0, 1048576]; default 0; for point clouds alone.");
  EXPECT_EQ(explained(settings_[5]), "Path of the data.");
  options_.path = "here";
  EXPECT_EQ(explained(settings_[5]), "Path of the data. Default here.");
  bool flag = true;
  std::string text = "b";
  EXPECT_EQ(values_of({"flag", &flag, ""}), "true or false");
  EXPECT_EQ(values_of({"text", one_of(text, {"", "a", "b"}), ""}), "one of a, b, or empty");
}

}  // namespace
}  // namespace ax
