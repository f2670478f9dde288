// An adapter file says all that is needed to use it again. That a file is written whole or not at all is
// checkpoint_test.cc's.
#include "adapterx/train/adapter_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "adapterx/base/error_text_test.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/checkpoint/metadata_keys.h"
#include "adapterx/train/micro_models_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class AdapterFileTest : public testing::Test {
 protected:
  AdapterFileTest() : path_(fs::temp_directory_path() / fmt::format("ax_adapter_file_{}", ::getpid())) {
    info_ = info_of(micro_models()[0]);
  }
  ~AdapterFileTest() override { fs::remove(path_); }

  static AdapterInfo info_of(const BackbonePtr& model) {
    AdapterInfo info;
    info.method = "adaptformer";
    info.settings = resolved_settings("adaptformer", {"rank=2"});
    info.model = model;
    info.input = input_of(*model);
    info.classes = {"cat", "a \"dog\"", "\xc3\xa9t\xc3\xa9"};
    info.backbone = {"some backbone", "00ff"};
    info.training = {{"epochs", 7}, {"accuracy", 0.875}};
    return info;
  }
  static std::shared_ptr<TrainedParameters> trained_of(const BackbonePtr& model) {
    return build_session(evaluation_spec(model), *make_method("adaptformer", {"rank=2"}),
                         std::make_shared<FrozenWeights>(synthetic_source), synthetic_source)
        .trained;
  }

  // The file with one text of its metadata replaced; without it where `text` is empty.
  std::string error_with(std::string_view key, const std::string& text) const {
    const TensorFile file = read_safetensors(path_);
    MetadataMap metadata = file.metadata();
    metadata[std::string(key)] = text;
    if (text.empty()) metadata.erase(std::string(key));
    write_safetensors(path_, file.tensors(), metadata);
    return error_text([&] { open_adapter(path_); });
  }

  fs::path path_;
  AdapterInfo info_;
};

TEST_F(AdapterFileTest, IsReadAsWritten) {
  for (const BackbonePtr& model : micro_models()) {
    const AdapterInfo info = info_of(model);
    const auto trained = trained_of(model);
    save_adapter(path_, info, *trained, trained->values());
    const AdapterFile adapter = open_adapter(path_);
    EXPECT_EQ(adapter.info.method, info.method);
    EXPECT_EQ(adapter.info.settings, info.settings);
    EXPECT_EQ(adapter.info.classes, info.classes);
    EXPECT_EQ(adapter.info.backbone, info.backbone);
    EXPECT_EQ(adapter.info.training, info.training);
    EXPECT_EQ(adapter.info.model->parameters().all(), model->parameters().all());
    EXPECT_EQ(adapter.info.input->text(), info.input->text());
    EXPECT_EQ(adapter.bytes, fs::file_size(path_));
    const std::vector<float> saved(trained->values().begin(), trained->values().end());
    std::vector<float> values(saved.size());
    load_values(adapter, *trained, values);
    EXPECT_EQ(values, saved);
  }
}

// As of a moving average, which has the same layout.
TEST_F(AdapterFileTest, HoldsTheValuesGiven) {
  const auto trained = trained_of(info_.model);
  std::vector<float> other(trained->values().size(), 0.0f), read(other.size());
  for (const auto& e : trained->entries()) {
    std::fill_n(other.begin() + static_cast<ptrdiff_t>(e.offset), e.size(), 0.25f);
  }
  save_adapter(path_, info_, *trained, other);
  load_values(open_adapter(path_), *trained, read);
  EXPECT_EQ(read, other);
}

TEST_F(AdapterFileTest, ItsTensorsGoBeforeTheBackbones) {
  const auto trained = trained_of(info_.model);
  save_adapter(path_, info_, *trained, trained->values());
  const AdapterFile adapter = open_adapter(path_);
  const WeightSource sevens = [](std::string_view name, const Shape&, std::span<float> out) {
    std::ranges::fill(out, 7.0f);
    return name != "unknown";
  };
  const auto& own = trained->entries()[0];
  std::vector<float> values(own.size()), other(2);
  ASSERT_TRUE(adapter.source(sevens)(own.name, own.shape, values));
  EXPECT_TRUE(std::ranges::equal(values, trained->value(own).f32_span()));
  ASSERT_TRUE(adapter.source(sevens)("norm.weight", {2}, other));
  EXPECT_EQ(other, (std::vector<float>{7, 7}));
  EXPECT_FALSE(adapter.source(sevens)("unknown", {2}, other));
  EXPECT_FALSE(adapter.source({})("norm.weight", {2}, other));
  expect_part(error_text([&] { adapter.source(sevens)(own.name, {5}, other); }),
              own.name + ": expected [5], got");
}

TEST_F(AdapterFileTest, WhatIsNoAdapterNamesFileAndKey) {
  const auto trained = trained_of(info_.model);
  const auto expect_error = [&](std::string_view key, const std::string& text, std::string_view part) {
    save_adapter(path_, info_, *trained, trained->values());
    const std::string error = error_with(key, text);
    expect_part(error, part);
    expect_part(error, path_.string());
  };
  expect_error("adapterx.version", "2", "expected an adapter file of version 1, got 2");
  expect_error("adapterx.version", "", "metadata `adapterx.version`: missing; is this an adapter?");
  expect_error("adapterx.method", "{\"name\": 3}", "metadata `adapterx.method`: ");
  expect_error("adapterx.classes", "[\"a\"]", "expected the names of 3 classes, got 1");
  expect_error("adapterx.classes", "[\"a\"", "metadata `adapterx.classes`: ");
  expect_error("adapterx.training", "{\"epochs\": \"many\"}", "metadata `adapterx.training`: ");
  expect_error(kModelKey, "", "metadata `adapterx.model`: missing");
  expect_error(kBackboneKey, "{\"name\": \"x\"}", "metadata `adapterx.backbone`: ");
}

TEST_F(AdapterFileTest, BelongsToOneBackbone) {
  const auto trained = trained_of(info_.model);
  save_adapter(path_, info_, *trained, trained->values());
  AdapterFile adapter = open_adapter(path_);
  EXPECT_EQ(error_text([&] { expect_backbone(adapter, "w", {"another name", "00ff"}); }), "no error");
  expect_part(
      error_text([&] {
        expect_backbone(adapter, "w.pth", {"some backbone", "00fe"});
      }),
      "expected the backbone `some backbone` it was trained on (weights of hash 00ff), got w.pth (00fe)");
  adapter.info.backbone.reset();  // a whole model needs none
  EXPECT_EQ(error_text([&] { expect_backbone(adapter, "w", {"x", "y"}); }), "no error");
}

TEST_F(AdapterFileTest, AMissingTensorIsNamed) {
  const auto trained = trained_of(info_.model);
  save_adapter(path_, info_, *trained, trained->values());
  const TensorFile file = read_safetensors(path_);
  TensorMap tensors = file.tensors();
  tensors.erase("head.bias");
  write_safetensors(path_, tensors, file.metadata());
  std::vector<float> values(trained->values().size());
  expect_part(error_text([&] { load_values(open_adapter(path_), *trained, values); }),
              "no tensor `head.bias`");
}

// Both forms in which make_method takes them, and whatever the file's reader takes.
TEST(ResolvedSettings, AreAllTheMethodHas) {
  const std::vector<std::string> all = resolved_settings("adaptformer", {});
  EXPECT_EQ(std::ssize(all), std::ssize(draft_method("adaptformer").settings));
  const std::vector<std::string> short_form = resolved_settings("adaptformer", {"rank=5"});
  EXPECT_EQ(std::ranges::count(short_form, "rank=5"), 1);
  EXPECT_EQ(short_form.size(), all.size());
  EXPECT_EQ(resolved_settings("adaptformer", {"method.rank=5"}), short_form);
  EXPECT_EQ(resolved_settings("adaptformer", short_form), short_form);
}

class SaveBackbone : public AdapterFileTest {};

TEST_F(SaveBackbone, IsTheModelInBothTypes) {
  for (const BackbonePtr& model : micro_models()) {
    for (const FileDType dtype : {FileDType::f32, FileDType::bf16}) {
      save_backbone(path_, {model, input_of(*model)}, synthetic_source, dtype, {{"note", "kept"}});
      EXPECT_EQ(read_safetensors(path_).metadata().at("note"), "kept");
      const BackboneCheckpoint opened = open_backbone(path_, {});
      EXPECT_TRUE(opened.has_head);
      for (const auto& [name, shape] : model->parameters().all()) {
        std::vector<float> expected(static_cast<size_t>(shape.size())), got(expected.size());
        synthetic_source(name, shape, expected);
        if (dtype == FileDType::bf16) {
          for (float& x : expected) x = to_float(to_bf16(x));
        }
        ASSERT_TRUE(opened.source(name, shape, got)) << name;
        EXPECT_EQ(got, expected) << name;
      }
    }
  }
}

TEST_F(SaveBackbone, NeedsValuesAndAType) {
  const BackboneModel model{info_.model, info_.input};
  expect_part(error_text([&] { save_backbone(path_, model, synthetic_source, FileDType::f16); }),
              "expected dtype F32 or BF16, got F16");
  const WeightSource none = [](std::string_view, const Shape&, std::span<float>) { return false; };
  expect_part(error_text([&] { save_backbone(path_, model, none, FileDType::f32); }), "no value to save");
  EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace ax
