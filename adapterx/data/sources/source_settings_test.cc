#include <gtest/gtest.h>

#include "adapterx/base/setting_laws_test.h"
#include "adapterx/data/sources/made_images_test.h"

namespace ax {
namespace {

TEST(SourceSettings, KeepTheLaws) {
  for (const ImageSource& source : image_sources()) {
    SCOPED_TRACE(source.name);
    expect_lawful(source.draft().settings);
  }
}

TEST(SourceSettings, SayWhatIsWrong) {
  EXPECT_EQ(source_error("atoms:classes"), "atoms: `classes`: expected settings key=value,key=value");
  EXPECT_EQ(source_error("atoms:classes=2,classes=3"), "atoms: classes: given twice");
  EXPECT_EQ(source_error("atoms:classes=4x"), "atoms: classes: expected an integer, got `4x`");
  EXPECT_EQ(source_error("atoms:classes=1"), "atoms: classes: expected a number from 2 to 100000, got 1");
  EXPECT_EQ(
      source_error("atoms:seeed=1"),
      "atoms: unknown setting `seeed`; it has classes, per_class, size, seed, colours; did you mean `seed`?");
  EXPECT_EQ(source_error("atms:seed=1").find("source of images `atms`: expected atoms, dsprites"), 0u);
}

TEST(SourceSettings, TextsMayHaveEqualsSigns) {
  EXPECT_NE(source_error("glyphs:fonts=/a=b").find("/a=b"), std::string::npos);
}

}  // namespace
}  // namespace ax
