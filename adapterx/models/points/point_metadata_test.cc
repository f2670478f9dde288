// What is written is read: each field by itself, so that none can be forgotten or stand for another.
#include "adapterx/models/points/point_metadata.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/checkpoint/metadata_keys.h"
#include "adapterx/models/micro_backbones_test.h"

namespace ax {
namespace {

using Config = PointTransformerConfig;
using Change = std::function<void(Config&)>;

const std::vector<Change> kChanges = {[](Config& c) { c.points = 25; },
                                      [](Config& c) { c.groups = 9; },
                                      [](Config& c) { c.group_size = 4; },
                                      [](Config& c) {
                                        c.encoder = {1, 2, 3, 4};
                                      },
                                      [](Config& c) { c.position_hidden = 9; },
                                      [](Config& c) { c.width = 48; },
                                      [](Config& c) { c.depth = 5; },
                                      [](Config& c) { c.heads = 2; },
                                      [](Config& c) { c.mlp_ratio = 2.6f; },
                                      [](Config& c) { c.classes = 0; },
                                      [](Config& c) { c.norm_eps = 1e-6f; },
                                      [](Config& c) { c.reduce_dim = true; },
                                      [](Config& c) { c.positions = PositionUse::once; },
                                      [](Config& c) { c.batch_norm = FrozenBatchNorm::fixed; },
                                      [](Config& c) { c.pool_class = false; },
                                      [](Config& c) { c.pool_prompts = TokenPool::max; },
                                      [](Config& c) { c.pool_groups = TokenPool::none; },
                                      [](Config& c) { c.head_hidden = 17; },
                                      [](Config& c) { c.head_dropout = 0.25f; }};

auto fields(const Config& c) {
  return std::tuple(c.points, c.groups, c.group_size, c.encoder, c.position_hidden, c.width, c.depth, c.heads,
                    c.mlp_ratio, c.classes, c.norm_eps, c.reduce_dim, c.positions, c.batch_norm, c.pool_class,
                    c.pool_prompts, c.pool_groups, c.head_hidden, c.head_dropout);
}

MetadataMap written(const Config& config) {
  MetadataMap metadata;
  write_point_metadata(config, {config.points, false, 77}, metadata);
  return metadata;
}

std::optional<PointMetadata> read(const MetadataMap& metadata) {
  return read_point_metadata(OwnedTensors().file(metadata));
}

TEST(PointMetadata, EveryFieldIsReadAsWritten) {
  for (const Change& change : kChanges) {
    Config c = micro_points();
    change(c);
    ASSERT_NE(fields(c), fields(micro_points()));
    const auto found = read(written(c));
    EXPECT_EQ(fields(found->config), fields(c));
    EXPECT_EQ(found->preprocess, (PointPreprocess{c.points, false, 77}));
  }
}

TEST(PointMetadata, ChoicesHaveNames) {
  for (const TokenPool pool : {TokenPool::none, TokenPool::mean, TokenPool::max}) {
    EXPECT_EQ(parse_token_pool(to_string(pool)), pool);
  }
  expect_part(error_text([] { parse_position_use("every_blok"); }), "did you mean `every_block`?");
  expect_part(error_text([] { parse_frozen_batch_norm("fix"); }), "expected update, fixed");
}

TEST(PointMetadata, WithoutPreprocessingThePointsAreTheModels) {
  MetadataMap metadata = written(micro_points());
  metadata.erase(std::string(kPreprocessKey));
  EXPECT_EQ(read(metadata)->preprocess, (PointPreprocess{micro_points().points}));
  EXPECT_FALSE(read({}).has_value());
}

void expect_refused(std::string_view key, const std::string& from, const std::string& to) {
  MetadataMap metadata = written(micro_points());
  std::string& text = metadata.at(std::string(key));
  const size_t at = text.find(from);
  ASSERT_NE(at, text.npos) << text;
  text.replace(at, from.size(), to);
  expect_part(error_text([&] { read(metadata); }), fmt::format("model.safetensors: metadata `{}`", key));
}

TEST(PointMetadata, WhatNoModelHasIsRefused) {
  expect_refused(kModelKey, "\"groups\":8", "\"groups\":25");
  expect_refused(kModelKey, "\"group_size\":3", "\"group_size\":0");
  expect_refused(kModelKey, "\"heads\":3", "\"heads\":25");
  expect_refused(kModelKey, "\"encoder\":[4,6,8,24]", "\"encoder\":[4,6,8]");
  expect_refused(kModelKey, "\"head_dropout\":0.5", "\"head_dropout\":1.0");
  expect_refused(kModelKey, "\"every_block\"", "\"sometimes\"");
  expect_refused(kPreprocessKey, "\"points\":24", "\"points\":23");
  expect_refused(kPreprocessKey, "\"sample_points\":77", "\"sample_points\":0");
}

}  // namespace
}  // namespace ax
