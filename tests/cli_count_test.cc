// `adapterx count`: parts, sums and shares; mistakes on its command line.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "program.h"

namespace {

using ax::testing::Result;
using ax::testing::run;

nlohmann::json count(const std::string& arguments) {
  const Result r = run("count --json " + arguments, "", "");
  EXPECT_EQ(r.code, 0) << arguments;
  return nlohmann::json::parse(r.out);
}

std::map<std::string, int64_t> parts_of(const nlohmann::json& json) {
  std::map<std::string, int64_t> parts;
  for (const auto& part : json.at("parts")) parts[part.at("part")] = part.at("parameters");
  return parts;
}

// Numbers of ViT-B/16 and ViT-Ti/16 without a head, as timm counts them.
constexpr int64_t kBase = 85'798'656, kTiny = 5'524'416;

TEST(Count, AdapterXOnViTB16PartByPart) {
  const Result r = run("count --model vit_base_patch16_224 --method adaptformer_x --classes 50 prompts=true",
                       "COLUMNS=80");
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.out,
            "part                parameters  % of backbone\n"
            "LN2                     18,432         0.0215\n"
            "PG                      18,432         0.0215\n"
            "CLS                        768         0.0009\n"
            "SMoA                   149,000         0.1737\n"
            "head                    38,450         0.0448\n"
            "total without head     186,632         0.2175\n"
            "total                  225,082         0.2623\n"
            "\n"
            "backbone without head: 85,798,656\n");
}

TEST(Count, JsonHasTheSameNumbersAndTheirSums) {
  const nlohmann::json j = count("--model vit_base_patch16_224 --method adaptformer_x --classes 50 rank=32");
  EXPECT_EQ(j.at("model"), "vit_base_patch16_224");
  EXPECT_EQ(j.at("method"), "adaptformer_x");
  EXPECT_EQ(j.at("settings"), nlohmann::json({"rank=32"}));
  EXPECT_EQ(j.at("classes"), 50);
  EXPECT_EQ(j.at("backbone"), kBase);
  const auto parts = parts_of(j);
  EXPECT_EQ(parts.at("LN2"), 12 * 2 * 768);
  EXPECT_EQ(parts.at("CLS"), 768);
  EXPECT_EQ(parts.at("head"), 768 * 50 + 50);
  int64_t sum = 0;
  double percent = 0;
  for (const auto& part : j.at("parts")) {
    sum += part.at("parameters").get<int64_t>();
    percent += part.at("percent").get<double>();
  }
  EXPECT_EQ(j.at("total"), sum);
  EXPECT_EQ(j.at("total_without_head"), sum - parts.at("head"));
  EXPECT_NEAR(j.at("percent").get<double>(), percent, 1e-9);
  EXPECT_NEAR(j.at("percent_without_head").get<double>(),
              100.0 * static_cast<double>(sum - parts.at("head")) / kBase, 1e-9);
}

TEST(Count, ClassesChangeTheHeadAloneAndSettingsTheRest) {
  const auto few = parts_of(count("--classes 2 prompts=true")),
             many = parts_of(count("--classes 1000 prompts=true"));
  EXPECT_EQ(many.at("head"), 768 * 1000 + 1000);
  for (const char* part : {"LN2", "PG", "CLS", "SMoA"}) EXPECT_EQ(few.at(part), many.at(part));
  EXPECT_GT(parts_of(count("rank=48")).at("SMoA"), many.at("SMoA"));
  EXPECT_FALSE(parts_of(count("train_norm2=false train_cls=false")).contains("LN2"));
}

TEST(Count, OtherMethods) {
  using Parts = std::map<std::string, int64_t>;
  EXPECT_EQ(parts_of(count("--method linear_probe --classes 10")), (Parts{{"head", 7690}}));
  EXPECT_EQ(parts_of(count("--model vit_tiny_patch16_224 --method full --classes 10")),
            (Parts{{"backbone", kTiny}, {"head", 1930}}));
  // A down- and an up-projection with biases in each block (arXiv 2205.13535).
  const int64_t adapter = 12 * (768 * 8 + 8 + 8 * 768 + 768);
  EXPECT_EQ(parts_of(count("--method adaptformer --classes 10 rank=8")),
            (Parts{{"adapter", adapter}, {"head", 7690}}));
}

TEST(Count, MistakesExitWith2AndNameTheNearest) {
  const std::pair<const char*, const char*> cases[] = {
      {"--model vit_bse_patch16_224", "did you mean `vit_base_patch16_224`?"},
      {"--method adaptfromer_x", "did you mean `adaptformer_x`?"},
      {"expert=4", "adaptformer_x: unknown setting `expert`"},
      {"expert=4", "did you mean `experts`?"},
      {"rank=four", "rank: expected an integer, got `four`"},
      {"rank", "setting `rank`: expected key=value"},
      {"rank=4 method.rank=8", "rank: given twice"},
      {"rank=4 rank=8", "rank: given twice"},
      {"--classes 0", "--classes"},
      {"--jsn", "did you mean `--json`?"},
  };
  for (const auto& [arguments, text] : cases) {
    const Result r = run(std::string("count ") + arguments);
    EXPECT_EQ(r.code, 2) << arguments;
    EXPECT_NE(r.out.find(text), std::string::npos) << arguments << "\n" << r.out;
    EXPECT_NE(r.out.find("Try `adapterx count --help`."), std::string::npos) << arguments;
  }
}

}  // namespace
