#include "adapterx/data/sources/source_options.h"

#include <gtest/gtest.h>

#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

TEST(SourceOptions, GivesWhatIsThereElseTheDefault) {
  SourceOptions options("glyphs", "classes=40,turn=12.5,label=y,fonts=/a=b");
  EXPECT_EQ(options.integer("classes", 300, 2, 1000), 40);
  EXPECT_EQ(options.integer("per_class", 100, 1, 1000), 100);
  EXPECT_EQ(options.number("turn", 180, 0, 180), 12.5);
  EXPECT_EQ(options.choice("label", "x", {"x", "y"}), "y");
  EXPECT_EQ(options.text("fonts", ""), "/a=b");
  EXPECT_EQ(options.seed(), 0u);
  options.expect_known();
}

TEST(SourceOptions, SaysWhatIsWrong) {
  EXPECT_EQ(error_text([] { SourceOptions("glyphs", "classes"); }),
            "glyphs: expected options key=value,key=value, got `classes`");
  EXPECT_EQ(error_text([] { SourceOptions("glyphs", "a=1,a=2"); }), "glyphs: a is given twice");
  SourceOptions options("glyphs", "classes=4x,label=z,seeed=1");
  EXPECT_EQ(error_text([&] { options.integer("classes", 1, 1, 9); }),
            "glyphs: classes: expected a number from 1 to 9, got `4x`");
  EXPECT_EQ(error_text([&] {
              options.choice("label", "x", {"x", "y"});
            }),
            "glyphs: label: expected x, y, got `z`; did you mean `x`?");
  options.seed();
  EXPECT_EQ(error_text([&] { options.expect_known(); }).substr(0, 34), "glyphs: unknown option `seeed`; di");
}

TEST(SourceOptions, NumbersOutOfRange) {
  SourceOptions options("glyphs", "classes=10,turn=nan");
  EXPECT_EQ(error_text([&] { options.integer("classes", 1, 1, 9); }),
            "glyphs: classes: expected a number from 1 to 9, got `10`");
  EXPECT_EQ(error_text([&] { options.number("turn", 1, 0, 9); }),
            "glyphs: turn: expected a number from 0 to 9, got `nan`");
}

}  // namespace
}  // namespace ax
