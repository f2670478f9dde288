#include <gtest/gtest.h>

#include "adapterx/base/setting_laws_test.h"
#include "adapterx/methods/method.h"

namespace ax {
namespace {

std::string error_of(const std::string& method, const std::vector<std::string>& settings) {
  return error_text([&] { make_method(method, settings); });
}

TEST(MethodSettings, KeepTheLaws) {
  for (const MethodInfo& info : methods()) {
    SCOPED_TRACE(info.name);
    const MethodDraft method = info.draft();
    for (const Setting& s : method.settings) EXPECT_EQ(s.section(), "method");
    expect_lawful(method.settings);
    EXPECT_NO_THROW(method.make());
  }
}

TEST(MethodSettings, AreTakenByShortAndByFullName) {
  EXPECT_TRUE(method_has("adaptformer", "rank"));
  EXPECT_TRUE(method_has("adaptformer", "method.rank"));
  EXPECT_FALSE(method_has("adaptformer", "train.rank"));
  EXPECT_FALSE(method_has("full", "rank"));
  EXPECT_FALSE(method_has("no method", "rank"));
  const MethodDraft method = draft_method("adaptformer", {"rank=3", "method.scale=2"});
  EXPECT_EQ(text_of(*find_setting(method.settings, "rank")), "3");
  EXPECT_EQ(text_of(*find_setting(method.settings, "scale")), "2");
  EXPECT_EQ(error_of("adaptformer", {"rank=3", "method.rank=4"}), "adaptformer: method.rank: given twice");
}

TEST(MethodSettings, SayWhatIsWrong) {
  EXPECT_EQ(error_of("fll", {}).find("method `fll`: unknown; expected one of linear_probe, full"), 0u);
  EXPECT_NE(error_of("fll", {}).find("did you mean `full`?"), std::string::npos);
  EXPECT_EQ(error_of("full", {"rank=3"}), "full: has no settings, got `rank`");
  EXPECT_EQ(error_of("dapt", {"ranks=3"}),
            "dapt: unknown setting `ranks`; it has rank, dropout, tfts, prompts; did you mean `rank`?");
  EXPECT_EQ(error_of("adapter_x", {"top_k=9"}), "adapter_x: top_k: expected 1 to 4 (experts) or all, got 9");
  EXPECT_EQ(error_of("adapter_x", {"top_k=9", "experts=9"}), "no error");
  EXPECT_EQ(error_of("dapt_x", {"token_norm=true", "router=linear"}),
            "dapt_x: token_norm: needs router=cosine");
}

}  // namespace
}  // namespace ax
