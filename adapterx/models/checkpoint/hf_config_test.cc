#include "adapterx/models/checkpoint/hf_config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class HfConfigTest : public testing::Test {
 protected:
  HfConfigTest() : folder_(fs::temp_directory_path() / fmt::format("ax_hf_config_{}", ::getpid())) {
    fs::create_directories(folder_);
  }
  ~HfConfigTest() override { fs::remove_all(folder_); }

  HfConfig read(const std::string& json, const std::string& weights = "model.safetensors") const {
    std::ofstream(folder_ / "config.json") << json;
    return read_hf_config(folder_ / weights);
  }

  fs::path folder_;
};

TEST_F(HfConfigTest, SaysWhatWeightsDoNot) {
  const HfConfig c =
      read(R"({"num_attention_heads": 6, "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5})");
  EXPECT_EQ(c.heads, 6);
  EXPECT_EQ(c.act, Activation::quick_gelu);
  EXPECT_EQ(c.norm_eps, 1e-5f);
  const HfConfig nothing = read("{}");
  EXPECT_FALSE(nothing.heads || nothing.act || nothing.norm_eps);
}

// CLIP's text tower has heads of its own.
TEST_F(HfConfigTest, OfTwoTowersItIsTheVisionsConfig) {
  const HfConfig c = read(R"({"num_attention_heads": 8, "vision_config": {"num_attention_heads": 12}})");
  EXPECT_EQ(c.heads, 12);
  EXPECT_FALSE(c.act);
}

TEST_F(HfConfigTest, ActivationsHaveTheirNamesThere) {
  const auto act_of = [&](const std::string& name) { return read("{\"hidden_act\": \"" + name + "\"}").act; };
  EXPECT_EQ(act_of("gelu"), Activation::gelu_erf);
  for (const char* name : {"gelu_new", "gelu_fast", "gelu_pytorch_tanh"}) {
    EXPECT_EQ(act_of(name), Activation::gelu_tanh) << name;
  }
  EXPECT_EQ(act_of("relu"), Activation::relu);
  const std::string error = error_text([&] { act_of("silu"); });
  expect_part(error, "config.json: hidden_act: expected gelu, quick_gelu");
  expect_part(error, "got silu");
}

// A config.json beside weights of another name may be anyone's.
TEST_F(HfConfigTest, AnotherLibrarysFileIsNotRead) {
  EXPECT_FALSE(read(R"({"num_attention_heads": 6})", "vit.safetensors").heads);
  EXPECT_EQ(read(R"({"num_attention_heads": 6})", "pytorch_model.bin").heads, 6);
  fs::remove(folder_ / "config.json");
  EXPECT_FALSE(read_hf_config(folder_ / "model.safetensors").heads);
}

TEST_F(HfConfigTest, BrokenFilesAreNamed) {
  for (const char* json : {"{", R"({"num_attention_heads": "six"})", R"({"layer_norm_eps": []})", "3 4"}) {
    expect_part(error_text([&] { read(json); }), "config.json: expected a model's configuration");
  }
}

}  // namespace
}  // namespace ax
