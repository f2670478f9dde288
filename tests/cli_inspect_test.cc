// `adapterx inspect` and `adapterx models`: against what the libraries that wrote the files say of them,
// against published sizes, and on files that mean ill.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "adapterx/models/points/point_presets.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/models/vit/vit_presets.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using ax::testing::Result;
using ax::testing::run;
using Json = nlohmann::json;

const fs::path kGolden = AX_GOLDEN;

Json inspect(const std::string& files) {
  const Result r = run("inspect --json " + files);
  EXPECT_EQ(r.code, 0) << r.out;
  return Json::parse(r.out);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A safetensors file of F32 tensors without their values (a hole in the file).
class Written {
 public:
  using Shapes = std::map<std::string, std::vector<int64_t>>;

  Written(const std::string& name, const Shapes& shapes, const Json& metadata = Json::object())
      : path_((fs::path(::testing::TempDir()) / ("ax_inspect_" + name)).string()) {
    Json header = {{"__metadata__", metadata}};
    int64_t end = 0;
    for (const auto& [tensor, shape] : shapes) {
      int64_t bytes = 4;
      for (const int64_t d : shape) bytes *= d;
      header[tensor] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {end, end + bytes}}};
      end += bytes;
    }
    const std::string text = header.dump();
    const uint64_t size = text.size();
    std::ofstream(path_, std::ios::binary).write(reinterpret_cast<const char*>(&size), 8) << text;
    fs::resize_file(path_, 8 + size + static_cast<uint64_t>(end));
  }
  ~Written() { fs::remove(path_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Inspect, DetectsWhatTheLibrarySaysOfItsModel) {
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(kGolden / "families")) {
    const std::string expected_file = entry.path().string();
    if (!expected_file.ends_with(".expected.safetensors")) continue;
    const Json metadata = inspect(expected_file)["metadata"];
    const Json want = Json::parse(metadata["config"].get<std::string>());
    const Json got =
        inspect((kGolden / "families" / metadata["file"].get<std::string>()).string())["architecture"];
    ASSERT_TRUE(got.is_object()) << expected_file;
    for (const char* key : {"width", "depth", "patch_size", "classes", "registers"}) {
      if (want.contains(key)) {
        EXPECT_EQ(got[key], want[key]) << expected_file << " " << key;
      }
    }
    if (!got["heads"].is_null()) {
      EXPECT_EQ(got["heads"], want["heads"]) << expected_file;
    }
    ++checked;
  }
  EXPECT_GE(checked, 25);
}

TEST(Inspect, ListsTheTensorsOfATorchFileAsPyTorchSavedThemElsewhere) {
  for (const char* name : {"views", "legacy_views", "nested", "dtypes", "legacy_dtypes"}) {
    const std::string base = (kGolden / "torch" / name).string();
    const Json torch = inspect(base + ".pt"), expected = inspect(base + ".expected.safetensors");
    std::map<std::string, Json> got;
    for (const Json& t : torch["tensors"]) got[t["name"]] = t["shape"];
    EXPECT_EQ(got.size(), expected["tensors"].size()) << name;
    for (const Json& t : expected["tensors"]) EXPECT_EQ(got.at(t["name"]), t["shape"]) << name << t;
  }
  const Json views = inspect((kGolden / "torch/views.pt").string());
  const auto strided = std::ranges::count_if(views["tensors"], [](auto& t) { return t.contains("strides"); });
  const Result table = run("inspect " + (kGolden / "torch/views.pt").string());
  const auto lines = lines_of(table.out);
  EXPECT_GT(strided, 0);
  EXPECT_EQ(std::ranges::count_if(lines, [](auto& l) { return l.find("strided") != l.npos; }), strided);
}

Written::Shapes shapes_of(const ax::VitConfig& config) {
  Written::Shapes shapes;
  for (const auto& [name, shape] : ax::vit_backbone(config)->parameters().all()) {
    for (int i = 0; i < shape.rank(); ++i) shapes[name].push_back(shape[i]);
  }
  return shapes;
}

TEST(Inspect, FindsAPresetOfTheSameParametersForEveryPreset) {
  for (const std::string& name : ax::vit_preset_names()) {
    const ax::VitPreset preset = ax::vit_preset_of(name);
    // Names and shapes don't say that a CLIP has its activation: it is taken for the other one.
    if (preset.config.act == ax::Activation::quick_gelu) continue;
    const Written file(name, shapes_of(preset.config));
    const Json found = inspect(file.path())["architecture"]["preset"];
    ASSERT_TRUE(found.is_string()) << name;
    ax::VitConfig same = ax::vit_preset(found.get<std::string>()), want = preset.config;
    EXPECT_EQ(same.heads, want.heads) << name;
    same.classes = want.classes = 0;
    EXPECT_EQ(shapes_of(same), shapes_of(want)) << name;
  }
}

TEST(Inspect, SumsPublishedNumbers) {
  const Written file("base", shapes_of(ax::vit_preset("vit_base_patch16_224")));
  EXPECT_EQ(inspect(file.path())["parameters"], 86567656);  // timm's count
  const Result r = run("inspect " + file.path(), "COLUMNS=80");
  for (const char* text : {"86,567,656", "346.3 MB", "vit_base_patch16_224", "width 768, depth 12, 12 heads",
                           "blocks.{0..11}.attn.qkv.weight", "x12"}) {
    EXPECT_NE(r.out.find(text), std::string::npos) << text << "\n" << r.out;
  }
  const Written other("base_160", shapes_of(ax::vit_preset("vit_base_patch16_160")));
  EXPECT_EQ(inspect(other.path())["architecture"]["preset"], "vit_base_patch16_160");
}

// The table of the report: what follows the line that starts with "tensor ".
std::vector<std::string> table_of(const std::string& text) {
  std::vector<std::string> lines = lines_of(text);
  const auto title = std::ranges::find_if(lines, [](auto& l) { return l.starts_with("tensor "); });
  return {title == lines.end() ? title : title + 1, lines.end()};
}

TEST(Inspect, CollapsesNumbersAndLosesNoTensor) {
  Written::Shapes shapes = {
      {"a.{0,1}.x", {3}}, {"fc1.w", {1}}, {"fc2.w", {1}}, {"m.00.w", {1}}, {"m.0.w", {1}}};
  for (int i = 0; i < 12; ++i) {
    shapes[fmt::format("b.{}.w", i)] = {i == 7 ? 9 : 2};
    for (const int j : {0, 3}) shapes[fmt::format("l_{}/s.{}", i, j)] = {4, 0};
    shapes[fmt::format("odd.{}", 2 * i)] = {};
    shapes[fmt::format("p.{}.q.{}", i, 100 + i)] = {};  // no product of two lists
  }
  shapes["a.0.x"] = shapes["a.1.x"] = {3};
  const Written file("groups", shapes);
  const auto rows = table_of(run("inspect " + file.path()).out);
  std::map<std::string, int> counts;
  int total = 0;
  for (const std::string& row : rows) {
    const size_t times = row.rfind('x');
    const bool many = times != row.npos && times > 0 && row[times - 1] == ' ';
    const int count = many ? std::stoi(row.substr(times + 1)) : 1;
    counts[row.substr(0, row.find("  "))] += count;
    total += count;
  }
  EXPECT_EQ(total, std::ssize(shapes));
  EXPECT_EQ(counts["b.{0..6,8..11}.w"], 11);
  EXPECT_EQ(counts["b.7.w"], 1);
  EXPECT_EQ(counts["a.{0,1}.x"], 3);  // two collapsed, one that is so called
  EXPECT_EQ(counts["l_{0..11}/s.{0,3}"], 24);
  EXPECT_EQ(counts["odd.{0,2,4,...,22}"], 12);
  EXPECT_EQ(counts["p.3.q.103"], 1);
  EXPECT_EQ(counts["fc1.w"], 1);
  EXPECT_EQ(counts["m.00.w"], 1);
  const auto all = table_of(run("inspect --all " + file.path()).out);
  EXPECT_EQ(all.size(), shapes.size());
  std::set<std::string> names;
  for (const std::string& row : all) names.insert(row.substr(0, row.find("  ")));
  for (const auto& entry : shapes) EXPECT_TRUE(names.contains(entry.first)) << entry.first;
}

TEST(Inspect, FitsNarrowTerminals) {
  const std::string file = (kGolden / "families/dino_checkpoint.pth").string();
  for (const int columns : {1, 10, 40, 60, 80, 200}) {
    const Result r = run("inspect " + file, fmt::format("COLUMNS={}", columns));
    EXPECT_EQ(r.code, 0);
    EXPECT_NE(r.out.find("teacher.backbone.pos_embed"), std::string::npos) << columns;
    if (columns < 40) continue;
    for (const std::string& line : lines_of(r.out)) {
      const bool one_word = line.find(' ', line.find_first_not_of(' ')) == line.npos;
      EXPECT_TRUE(one_word || line.size() <= static_cast<size_t>(columns)) << columns << ": " << line;
    }
  }
  EXPECT_EQ(run("inspect " + file, "COLUMNS=x").out, run("inspect " + file).out);
  EXPECT_EQ(run("models", "COLUMNS=3").code, 0);
}

TEST(Inspect, EscapesWhatCouldSteerATerminal) {
  const std::string escape = "\x1b[31m",
                    c1 = "\xc2\x9b"
                         "2J",
                    bidi = "\xe2\x80\xae";
  const Written file(
      "escape", {{"a" + escape + "\n", {1}}, {"b" + c1, {1}}, {"c" + bidi, {1}}, {"gr\xc3\xbc\xc3\x9f", {1}}},
      {{"k" + escape, "v\x07" + c1 + bidi}});
  for (const char* options : {"", "--all ", "--json "}) {
    const Result r = run(std::string("inspect ") + options + file.path());
    EXPECT_EQ(r.code, 0);
    for (const std::string& bad : {std::string("\x1b"), std::string("\xc2\x9b"), bidi, std::string("\x07")}) {
      EXPECT_EQ(r.out.find(bad), std::string::npos) << options;
    }
  }
  const Result r = run("inspect " + file.path());
  for (const char* text : {"a\\x1b[31m\\n", "b\\x9b2J", "c\\u{202e}", "gr\xc3\xbc\xc3\x9f", "v\\x07"}) {
    EXPECT_NE(r.out.find(text), std::string::npos) << text << "\n" << r.out;
  }
  EXPECT_EQ(inspect(file.path())["metadata"]["k" + escape], "v\x07" + c1 + bidi);
  const Result error = run("inspect '/no" + escape + "file'");
  EXPECT_EQ(error.code, 1);
  EXPECT_EQ(error.out.find('\x1b'), std::string::npos);
}

TEST(Inspect, CutsLongMetadataButNotInJson) {
  Json metadata = {{"long", std::string(5000, 'v')}};
  for (int i = 0; i < 3000; ++i) {
    metadata[fmt::format("state.{}.step", i)] = "100";
    metadata[fmt::format("state.{}.id", i)] = std::to_string(i);
  }
  const Written file("metadata", {{"x", {1}}}, metadata);
  const Result r = run("inspect " + file.path(), "COLUMNS=80");
  EXPECT_NE(r.out.find("state.{0..2999}.step: 100  x3000\n"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("state.{0..2999}.id: 3,000 values\n"), std::string::npos);
  EXPECT_NE(r.out.find("vvv...\n"), std::string::npos);
  EXPECT_LT(lines_of(r.out).size(), 20u);
  EXPECT_GT(run("inspect --all " + file.path(), "COLUMNS=80").out.size(), 60000u);
  EXPECT_EQ(inspect(file.path())["metadata"], metadata);
}

TEST(Inspect, ReportsWhatIsNotAViTAndWhatCannotBeRead) {
  const Written other("other", {{"conv.weight", {1}}}), good("good", {{"x", {1}}});
  EXPECT_NE(run("inspect " + other.path()).out.find("not recognised"), std::string::npos);
  EXPECT_TRUE(inspect(other.path())["architecture"].is_null());
  // Names of a ViT with shapes that are none.
  const Written broken("broken", {{"blocks.0.attn.qkv.weight", {1}}, {"patch_embed.proj.weight", {2, 2}}});
  EXPECT_NE(run("inspect " + broken.path()).out.find("expected [width, channels, patch, patch], got [2, 2]"),
            std::string::npos);

  const std::string files = good.path() + " /nonexistent " + other.path();
  const Result out = run("inspect " + files, "", "2>/dev/null"),
               errors = run("inspect " + files, "", "2>&1 >/dev/null");
  EXPECT_EQ(out.code, 1);
  EXPECT_NE(out.out.find(good.path()), std::string::npos);
  EXPECT_NE(out.out.find(other.path()), std::string::npos);
  EXPECT_EQ(out.out.find("/nonexistent"), std::string::npos);
  EXPECT_EQ(errors.out, "adapterx: /nonexistent: cannot open: No such file or directory\n");
  const Result json = run("inspect --json " + files, "", "2>/dev/null");
  EXPECT_EQ(json.code, 1);
  EXPECT_EQ(Json::parse(json.out).size(), 2u);
}

TEST(Models, HavePublishedSizes) {
  const Result r = run("models --json");
  ASSERT_EQ(r.code, 0);
  std::map<std::string, Json> models;
  for (const Json& j : Json::parse(r.out)) models[j["name"]] = j;
  EXPECT_EQ(models.size(), ax::vit_preset_names().size() + ax::point_preset_names().size());
  EXPECT_EQ(models.at("point_mae")["parameters"], 22093327);
  // num_params and _ops (G multiply-adds) of torchvision's weights (models/vision_transformer.py); DeiT's
  // parameters by timm.
  const std::tuple<const char*, int64_t, double> published[] = {{"vit_base_patch16_224", 86567656, 17.564},
                                                                {"vit_base_patch32_224", 88224232, 4.409},
                                                                {"vit_large_patch16_224", 304326632, 61.555},
                                                                {"vit_large_patch32_224", 306535400, 15.378}};
  for (const auto& [name, parameters, gmacs] : published) {
    EXPECT_EQ(models.at(name)["parameters"], parameters) << name;
    EXPECT_NEAR(models.at(name)["flops_per_image"].get<double>() / 2e9, gmacs, 0.001) << name;
  }
  EXPECT_EQ(models.at("deit_tiny_patch16_224")["parameters"], 5717416);
  EXPECT_EQ(models.at("deit_base_distilled_patch16_224")["parameters"], 87338192);
  EXPECT_EQ(models.at("deit_tiny_patch16_224")["preprocess"]["mean"], Json({0.485, 0.456, 0.406}));
}

TEST(Models, FilterByPartOfTheName) {
  EXPECT_EQ(Json::parse(run("models dinov2 --json").out).size(), 6u);
  EXPECT_EQ(Json::parse(run("models vit_tiny_patch16_32 --json").out)[0]["image_size"], 32);
  const Result r = run("models vit_bse_patch16_224");
  EXPECT_EQ(r.code, 1);
  EXPECT_NE(r.out.find("did you mean `vit_base_patch16_224`?"), std::string::npos);
  EXPECT_NE(run("models tiny").out.find("vit_tiny_patch16_224"), std::string::npos);
}

}  // namespace
