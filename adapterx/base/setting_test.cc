#include "adapterx/base/setting.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "adapterx/base/setting_laws_test.h"
#include "adapterx/base/toml_text.h"

namespace ax {
namespace {

enum class Fruit : uint8_t { apple, pear };

struct Options {
  std::string text = "t", one = "b";
  int64_t integer = 3, named = 1;
  uint64_t seed = 7;
  float real = 0.1f, open = 0.5f;
  double twice = 1e-3;
  bool flag = true;
  Fruit fruit = Fruit::pear;
  std::optional<bool> maybe;
};

std::vector<Setting> settings_of(Options& o) {
  return {
      {"text", &o.text, "Some text."},
      {"one", one_of(o.one, {"", "a", "b"}), "One text."},
      {"integer", &o.integer, "An integer.", {-2, 9}},
      {"named", &o.named, "An integer with names.", at_least(1), {}, {{"all", 0}, {"one", 1}}},
      {"seed", &o.seed, "A seed."},
      {"real", &o.real, "A number."},
      {"open", &o.open, "A probability.", from_below(0, 1)},
      {"part.twice", &o.twice, "A rate.", above(0)},
      {"part.flag", &o.flag, "A flag."},
      {"part.fruit", one_of(o.fruit, {{"apple", Fruit::apple}, {"pear", Fruit::pear}}), "A fruit."},
      {"part.maybe", one_of(o.maybe, {{"", std::nullopt}, {"true", true}, {"false", false}}), "A maybe."}};
}

TEST(Setting, AllKindsKeepTheLaws) {
  Options options;
  expect_lawful(settings_of(options));
}

TEST(Setting, AssignsToTheMember) {
  Options o;
  const std::vector<Setting> settings = settings_of(o);
  for (const char* text : {"text=", "one=", "integer=-2", "named=all", "seed=0", "real=-1e-3", "open=0",
                           "twice=0.1", "flag=false", "fruit=apple", "maybe=false"}) {
    const auto [name, value] = parse_key_value(text);
    assign(*find_setting(settings, name), value, name);
  }
  EXPECT_EQ(o.text + o.one, "");
  EXPECT_EQ(o.integer, -2);
  EXPECT_EQ(o.named, 0);
  EXPECT_EQ(o.seed, 0u);
  EXPECT_EQ(o.real, -1e-3f);
  EXPECT_EQ(o.open, 0);
  EXPECT_EQ(o.twice, 0.1);
  EXPECT_FALSE(o.flag);
  EXPECT_EQ(o.fruit, Fruit::apple);
  EXPECT_EQ(o.maybe, std::optional(false));
}

TEST(Setting, SaysWhatIsWrong) {
  Options o;
  const std::vector<Setting> settings = settings_of(o);
  const auto error = [&](const char* name, const char* text) {
    return error_text([&] { assign(*find_setting(settings, name), text, "here"); });
  };
  EXPECT_EQ(error("integer", "1.5"), "here: expected an integer, got `1.5`");
  EXPECT_EQ(error("integer", "10"), "here: expected a number from -2 to 9, got 10");
  EXPECT_EQ(error("named", "al"), "here: expected an integer or all, one, got `al`");
  EXPECT_EQ(error("named", "0"), "here: expected 1 or more, or all, one, got 0");
  EXPECT_EQ(error("seed", "-1"), "here: expected an integer of 0 or more, got -1");
  EXPECT_EQ(error("real", "inf"), "here: expected a finite number, got inf");
  EXPECT_EQ(error("open", "1"), "here: expected a number in [0, 1), got 1");
  EXPECT_EQ(error("twice", "0"), "here: expected a number above 0, got 0");
  EXPECT_EQ(error("flag", "yes"), "here: expected true or false, got `yes`");
  EXPECT_EQ(error("fruit", "paer"), "here: expected apple, pear, got `paer`; did you mean `pear`?");
  EXPECT_EQ(error("one", "other"), "here: expected a, b, got `other`");
}

TEST(Range, AnOpenEndHoldsForTheFloatToo) {
  EXPECT_TRUE(from_below(0, 1).holds(0.9999));
  EXPECT_FALSE(from_below(0, 1).holds(0.99999999999));  // 1 as a float
  EXPECT_FALSE(Range{}.holds(std::nan("")));
  EXPECT_FALSE(Range{}.holds(INFINITY));
}

TEST(Setting, HasSectionAndShortName) {
  Options o;
  const std::vector<Setting> settings = settings_of(o);
  EXPECT_EQ(settings[0].section(), "");
  EXPECT_EQ(settings[0].short_name(), "text");
  EXPECT_EQ(settings.back().section(), "part");
  EXPECT_EQ(settings.back().short_name(), "maybe");
}

TEST(TomlText, QuotesTextsAndChoices) {
  Options o;
  o.text = "C:\\new \"quoted\"\ttab\x01";
  std::string all;
  for (const Setting& s : settings_of(o)) all += toml_of(s) + " ";
  EXPECT_EQ(all,
            "\"C:\\\\new \\\"quoted\\\"\\u0009tab\\u0001\" \"b\" 3 one 7 0.1 0.5 0.001 true \"pear\" \"\" ");
  EXPECT_EQ(toml_value("0.07"), "0.07");
  EXPECT_EQ(toml_value("007"), "\"007\"");
  EXPECT_EQ(toml_value("1e400"), "\"1e400\"");
  EXPECT_EQ(toml_value("cosine"), "\"cosine\"");
}

}  // namespace
}  // namespace ax
