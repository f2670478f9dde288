#include "adapterx/app/export_checkpoint.h"

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/bf16.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::tiny_runs;

// Every value of an exported model, against that of the checkpoint by `expected`.
template <class Expected>
void expect_values(const BackboneCheckpoint& from, const BackboneCheckpoint& exported,
                   const Expected& expected) {
  size_t compared = 0;
  for (const auto& [name, shape] : exported.backbone->parameters().all()) {
    std::vector<float> a(static_cast<size_t>(shape.size())), b(a.size());
    ASSERT_TRUE(from.source(name, shape, a)) << name;
    ASSERT_TRUE(exported.source(name, shape, b)) << name;
    for (size_t i = 0; i < a.size(); ++i) ASSERT_EQ(b[i], expected(a[i])) << name << " " << i;
    compared += a.size();
  }
  EXPECT_GT(compared, 1000U);
}

TEST(ExportCheckpoint, HasTheValuesTheModelAndItsPreprocessing) {
  for (const std::string data : {"images", "clouds"}) {
    const BackboneCheckpoint from = open_backbone(tiny_runs().adapter(data, "full"), {});
    ASSERT_TRUE(from.has_head);
    const fs::path out = tiny_runs().path(data + ".safetensors");
    export_checkpoint(from, out, {.bf16 = false, .keep_head = true});
    const BackboneCheckpoint whole = open_backbone(out, {});
    EXPECT_TRUE(whole.has_head);
    EXPECT_EQ(whole.backbone->classes(), 2);
    EXPECT_EQ(whole.input->text(), from.input->text());
    expect_values(from, whole, [](float x) { return x; });
  }
}

TEST(ExportCheckpoint, LeavesTheHeadOutAndRounds) {
  const BackboneCheckpoint from = open_backbone(tiny_runs().adapter("images", "full"), {});
  const fs::path whole = tiny_runs().path("whole.safetensors"), half = tiny_runs().path("half.safetensors");
  export_checkpoint(from, whole);
  export_checkpoint(from, half, {.bf16 = true});
  const BackboneCheckpoint rounded = open_backbone(half, {});
  EXPECT_FALSE(rounded.has_head);
  EXPECT_EQ(rounded.backbone->classes(), 0);
  EXPECT_LT(fs::file_size(half), 0.7 * static_cast<double>(fs::file_size(whole)));
  expect_values(from, rounded, [](float x) { return to_float(to_bf16(x)); });
}

}  // namespace
}  // namespace ax
