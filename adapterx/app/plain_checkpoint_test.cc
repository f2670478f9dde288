#include "adapterx/app/plain_checkpoint.h"

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/bf16.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::tiny_runs;

BackboneRequest request_of(const std::string& data) {
  return data == "clouds" ? BackboneRequest(PointRequest{}) : BackboneRequest(VitRequest{});
}

// Every value of an exported model, against that of the checkpoint by `expected`.
template <class Expected>
void expect_values(const PlainCheckpoint& from, const PlainCheckpoint& exported, const Expected& expected) {
  size_t compared = 0;
  for (const auto& [name, shape] : backbone_parameters(exported.config)) {
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
    const BackboneRequest request = request_of(data);
    const PlainCheckpoint from = open_plain_checkpoint(tiny_runs().adapter(data, "full"), request);
    ASSERT_TRUE(from.has_head);
    const fs::path out = tiny_runs().path(data + ".safetensors");
    export_checkpoint(from, out, {.bf16 = false, .keep_head = true});
    const PlainCheckpoint whole = open_plain_checkpoint(out, request);
    EXPECT_TRUE(whole.has_head);
    EXPECT_EQ(classes_of(whole.config), 2);
    EXPECT_EQ(to_string(whole.preprocess), to_string(from.preprocess));
    expect_values(from, whole, [](float x) { return x; });
  }
}

TEST(ExportCheckpoint, LeavesTheHeadOutAndRounds) {
  const PlainCheckpoint from = open_plain_checkpoint(tiny_runs().adapter("images", "full"), VitRequest{});
  const fs::path whole = tiny_runs().path("whole.safetensors"), half = tiny_runs().path("half.safetensors");
  export_checkpoint(from, whole);
  export_checkpoint(from, half, {.bf16 = true});
  const PlainCheckpoint rounded = open_plain_checkpoint(half, VitRequest{});
  EXPECT_FALSE(rounded.has_head);
  EXPECT_EQ(classes_of(rounded.config), 0);
  EXPECT_LT(fs::file_size(half), 0.7 * static_cast<double>(fs::file_size(whole)));
  expect_values(from, rounded, [](float x) { return to_float(to_bf16(x)); });
}

}  // namespace
}  // namespace ax
