// Whether models call every slot, at the right place, and use what it returns.
#include "adapterx/slots/slots.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "adapterx/graph/gradient_check.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/models/points/point_transformer.h"
#include "adapterx/models/vit/vit.h"

namespace ax {
namespace {

VitConfig micro_vit() {
  VitConfig c;
  c.image_size = 4;
  c.patch_size = 2;
  c.width = 6;
  c.depth = 2;
  c.heads = 2;
  c.mlp_ratio = 1;
  c.classes = 3;
  return c;
}

PointTransformerConfig micro_points() {
  PointTransformerConfig c;
  c.points = 12;
  c.groups = 4;
  c.group_size = 3;
  c.encoder = {4, 5, 4, 6};
  c.position_hidden = 4;
  c.width = 6;
  c.depth = 2;
  c.heads = 2;
  c.mlp_ratio = 1;
  c.classes = 3;
  c.head_hidden = 32;  // some of them above 0 for every input
  return c;
}

using Build = std::function<Value(Graph&, Slots&)>;  // gives logits

Value build_images(Graph& g, Slots& slots) {
  return build_vit(g, micro_vit(), {.batch = 2, .from_scratch = true}, slots).features.head(3);
}

Value build_points(Graph& g, Slots& slots) {
  return build_point_transformer(g, micro_points(), {.batch = 2, .from_scratch = true}, slots)
      .features.head(3);
}

std::vector<double> values(std::string_view name, const Shape& shape) {
  std::vector<double> v = test_values(name, shape);
  for (double& x : v) x = name.ends_with("running_var") ? 1 + x * x : x;
  return v;
}

std::vector<double> logits(const Build& build, Slots& slots) {
  Graph g;
  const Value y = build(g, slots);
  return interpret(g, {y}, values, 0, 0)[0].v;
}

// What each slot was given and returned, by name; of blocks, of block 0 and, with a 1 behind, block 1.
struct Recorder : Slots {
  std::map<std::string, std::vector<Value>> seen;
  std::map<std::string, Site> sites;
  std::vector<std::string> order;

  Value note(const Site& site, std::string name, std::vector<Value> all) {
    if (site.block == 1) name += "1";
    order.push_back(name);
    sites[name] = site;
    seen[name] = std::move(all);
    return seen[name].back();
  }
  // Each slot that changes a value returns another one.
  Value changed(const Site& site, const std::string& name, std::vector<Value> all) {
    all.push_back(scale(all.back(), 1.25f));
    return note(site, name, all);
  }

  Value patch_tokens(const Site& s, Value x) override { return changed(s, "patch_tokens", {x}); }
  Value first_tokens(const Site& s, Value x) override { return changed(s, "first_tokens", {x}); }
  Value linear(const Site& s, std::string_view role, Value x, Value y) override {
    return changed(s, std::string(role), {x, y});
  }
  Value norm(const Site& s, std::string_view role, Value y) override {
    return changed(s, std::string(role), {y});
  }
  Value prefix_qkv(const Site& s, Value qkv) override {
    note(s, "prefix_qkv", {qkv});
    return {};
  }
  Value attention(const Site& s, Value x, Value u, Value a) override {
    return changed(s, "attention", {x, u, a});
  }
  Value beside_attention(const Site& s, Value x, Value u) override {
    return changed(s, "beside_attention", {x, u});
  }
  Value ffn(const Site& s, Value h, Value u, Value f) override { return changed(s, "ffn", {h, u, f}); }
  Value beside_ffn(const Site& s, Value h, Value u) override { return changed(s, "beside_ffn", {h, u}); }
  Value block(const Site& s, Value x, Value y) override { return changed(s, "block", {x, y}); }
  Value tokens(const Site& s, Value x) override {
    if (s.block > 0) return changed(s, "tokens", {x});
    const Value prompt = slice_tokens(x, 0, 1);
    return note(s, "tokens", {x, insert_tokens(x, prompt, s.prefix)});
  }
  Value features(const Site& s, Value x, Value f) override { return changed(s, "features", {x, f}); }
  Value logits(const Site& s, Value f, Value l) override { return changed(s, "logits", {f, l}); }

  Value given(const std::string& name, size_t i) const { return seen.at(name)[i]; }
  Value returned(const std::string& name) const { return seen.at(name).back(); }
};

const std::vector<std::string> kBlock = {
    "norm1",   "attn.qkv", "prefix_qkv", "attn.proj", "attention", "beside_attention", "norm2", "mlp.fc1",
    "mlp.fc2", "ffn",      "beside_ffn", "block",     "tokens"};

std::vector<std::string> order_of(const std::vector<std::string>& embedding) {
  std::vector<std::string> all = embedding;
  for (const std::string& name : kBlock) all.push_back(name);
  for (const std::string& name : kBlock) all.push_back(name + "1");
  for (const char* name : {"norm", "features", "logits"}) all.emplace_back(name);
  return all;
}

// Within a block, and from block to block: what one slot returned, the next is given.
void expect_chain(const Recorder& r, const std::string& block) {
  const auto given = [&](const char* name, size_t i) { return r.given(name + block, i); };
  const auto returned = [&](const char* name) { return r.returned(name + block); };
  EXPECT_EQ(given("attn.qkv", 0), returned("norm1"));
  EXPECT_EQ(given("prefix_qkv", 0), returned("attn.qkv"));
  EXPECT_EQ(given("attention", 1), returned("norm1"));
  EXPECT_EQ(given("attention", 2), returned("attn.proj"));
  EXPECT_EQ(given("beside_attention", 0), given("attention", 0));
  EXPECT_EQ(given("beside_attention", 1), returned("norm1"));
  EXPECT_EQ(given("mlp.fc1", 0), returned("norm2"));
  EXPECT_EQ(given("ffn", 1), returned("norm2"));
  EXPECT_EQ(given("ffn", 2), returned("mlp.fc2"));
  EXPECT_EQ(given("beside_ffn", 0), given("ffn", 0));
  EXPECT_EQ(given("beside_ffn", 1), returned("norm2"));
  EXPECT_EQ(given("block", 0), given("attention", 0));
  EXPECT_EQ(given("tokens", 0), returned("block"));
}

TEST(Slots, AVitCallsEachAtItsPlace) {
  Graph g;
  Recorder r;
  const Value logits = build_images(g, r);
  EXPECT_EQ(r.order, order_of({"patch_embed.proj", "patch_tokens", "first_tokens"}));
  EXPECT_EQ(r.given("patch_tokens", 0), r.returned("patch_embed.proj"));
  EXPECT_EQ(r.given("block", 0), r.returned("first_tokens"));
  expect_chain(r, "");
  EXPECT_EQ(r.given("block1", 0), r.returned("tokens"));
  expect_chain(r, "1");
  EXPECT_EQ(r.given("features", 0), r.returned("norm"));
  EXPECT_EQ(r.given("logits", 0), r.returned("features"));
  EXPECT_EQ(logits, r.returned("logits"));
}

TEST(Slots, APointTransformerCallsEachAtItsPlace) {
  Graph g;
  Recorder r;
  const Value logits = build_points(g, r);
  EXPECT_EQ(r.order, order_of({"patch_tokens", "first_tokens"}));
  expect_chain(r, "");
  expect_chain(r, "1");
  EXPECT_EQ(r.given("features", 0), r.returned("norm"));
  EXPECT_EQ(r.given("logits", 0), r.returned("features"));
  EXPECT_EQ(logits, r.returned("logits"));
}

TEST(Slots, SitesSayWhereTheyAre) {
  Graph g;
  Recorder r;
  build_images(g, r);
  EXPECT_FALSE(r.sites["patch_embed.proj"].in_block());
  EXPECT_FALSE(r.sites["first_tokens"].in_block());
  EXPECT_FALSE(r.sites["norm"].in_block());
  EXPECT_EQ(r.sites["ffn"].block, 0);
  EXPECT_EQ(r.sites["ffn1"].block, 1);
  EXPECT_EQ(r.sites["ffn1"].depth, 2);
  EXPECT_EQ(r.sites["norm"].depth, 2);
  EXPECT_FALSE(r.sites["ffn"].training);
  EXPECT_EQ(r.sites["ffn"].grid_height * r.sites["ffn"].grid_width, 4);
  // The prompt that block 0 put in is no patch.
  EXPECT_EQ(r.sites["ffn"].others(r.given("ffn", 0)), 1);
  EXPECT_EQ(r.sites["ffn1"].others(r.given("ffn1", 0)), 2);
  EXPECT_EQ(r.sites["features"].others(r.given("features", 0)), 2);

  Graph cloud_graph;
  Recorder cloud;
  Slots& slots = cloud;
  build_point_transformer(cloud_graph, micro_points(), {.batch = 2, .training = true, .from_scratch = true},
                          slots);
  EXPECT_TRUE(cloud.sites["ffn"].training);
  EXPECT_EQ(cloud.sites["ffn"].grid_height, 0);
  EXPECT_EQ(cloud.sites["features"].others(cloud.given("features", 0)), 2);
}

// The recorder, which changes the value at one slot alone.
struct OneChange : Slots {
  explicit OneChange(std::string name) : slot(std::move(name)) {}
  const std::string slot;
  Value gate(const std::string& name, Value v, Value unchanged) const {
    return name == slot ? scale(v, 1.25f) : unchanged;
  }
  Value gate(const std::string& name, Value v) const { return gate(name, v, v); }

  Value patch_tokens(const Site&, Value x) override { return gate("patch_tokens", x); }
  Value first_tokens(const Site&, Value x) override { return gate("first_tokens", x); }
  Value linear(const Site&, std::string_view role, Value, Value y) override {
    return gate(std::string(role), y);
  }
  Value norm(const Site&, std::string_view role, Value y) override { return gate(std::string(role), y); }
  Value prefix_qkv(const Site&, Value qkv) override { return gate("prefix_qkv", qkv, {}); }
  Value attention(const Site&, Value, Value, Value a) override { return gate("attention", a); }
  Value beside_attention(const Site&, Value, Value u) override { return gate("beside_attention", u, {}); }
  Value ffn(const Site&, Value, Value, Value f) override { return gate("ffn", f); }
  Value beside_ffn(const Site&, Value, Value u) override { return gate("beside_ffn", u, {}); }
  Value block(const Site&, Value, Value y) override { return gate("block", y); }
  Value tokens(const Site& site, Value x) override {
    return slot == "tokens" ? insert_tokens(x, slice_tokens(x, 0, 1), site.prefix) : x;
  }
  Value features(const Site&, Value, Value f) override { return gate("features", f); }
  Value logits(const Site&, Value, Value l) override { return gate("logits", l); }
};

TEST(Slots, WhatTheyReturnIsUsed) {
  for (const auto& [build, embedding] :
       {std::pair(Build(build_images),
                  std::vector<std::string>{"patch_embed.proj", "patch_tokens", "first_tokens"}),
        std::pair(Build(build_points), std::vector<std::string>{"patch_tokens", "first_tokens"})}) {
    Slots none;
    const std::vector<double> plain = logits(build, none);
    OneChange nothing("");
    EXPECT_EQ(logits(build, nothing), plain);
    std::vector<std::string> slots = embedding;
    slots.insert(slots.end(), kBlock.begin(), kBlock.end());
    slots.insert(slots.end(), {"norm", "features", "logits"});
    for (const std::string& slot : slots) {
      OneChange one(slot);
      EXPECT_GT(relative_error(logits(build, one), plain), 1e-6) << slot;
    }
  }
}

// Every key and value twice, in whatever order, is every key and value once, and the doubles' own outputs are
// dropped.
struct TwiceTheKeys : Slots {
  Value prefix_qkv(const Site&, Value qkv) override {
    const Value turned[] = {slice_tokens(qkv, 1, qkv.shape()[1] - 1), slice_tokens(qkv, 0, 1)};
    return concat_tokens(turned);
  }
};

TEST(Slots, KeysAndValuesCanComeBeforeTheTokens) {
  for (const auto& build : {Build(build_images), Build(build_points)}) {
    Slots none;
    TwiceTheKeys twice;
    EXPECT_LE(relative_error(logits(build, twice), logits(build, none)), 1e-12);
  }
}

// A learned shift of the tokens that enter block 0 is one of their positions, at an image's input.
struct ShiftedTokens : Slots {
  Value first_tokens(const Site&, Value x) override {
    return add(x, x.graph->parameter("shift", {1, 5, 6}, Init::zeros()));
  }
};

TEST(Slots, FirstTokensHaveTheirPositions) {
  Graph g, plain;
  ShiftedTokens shifted;
  Slots none;
  const Value y = build_images(g, shifted), z = build_images(plain, none);
  const auto moved = [](std::string_view name, const Shape& shape) {
    std::vector<double> v = values(name, shape), shift = values("shift", shape);
    for (size_t i = 0; name == "pos_embed" && i < v.size(); ++i) v[i] += shift[i];
    return v;
  };
  EXPECT_LE(relative_error(interpret(g, {y}, values, 0, 0)[0].v, interpret(plain, {z}, moved, 0, 0)[0].v),
            1e-12);
}

// A method that trains one kind of parameter, under a name.
struct Trains : Slots {
  explicit Trains(ParameterKind k) : kind(k) {}
  const ParameterKind kind;
  std::string_view trained_part(const BackboneParameter& p) override {
    return p.kind == kind && !p.tokenizer ? "mine" : "";
  }
};

std::vector<std::string> trained_names(const Build& build, Slots& slots) {
  Graph g;
  build(g, slots);
  std::vector<std::string> names;
  for (const int id : g.parameters()) {
    const ParameterUse& use = g.info(id).use;
    EXPECT_EQ(use.part == "mine", use.trained && use.part != "head") << g.info(id).name;
    if (use.part == "mine") names.push_back(g.info(id).name);
  }
  return names;
}

TEST(Slots, TrainedPartIsAskedOfEveryParameter) {
  using Names = std::vector<std::string>;
  Trains cls(ParameterKind::class_token), position(ParameterKind::class_position), bias(ParameterKind::bias),
      norm(ParameterKind::norm_weight);
  EXPECT_EQ(trained_names(build_images, cls), (Names{"cls_token"}));
  EXPECT_EQ(trained_names(build_points, cls), (Names{"cls_token"}));
  EXPECT_EQ(trained_names(build_images, position), (Names{}));
  EXPECT_EQ(trained_names(build_points, position), (Names{"cls_pos"}));
  EXPECT_EQ(trained_names(build_images, bias).size(), 1 + 2 * 4u);
  EXPECT_EQ(trained_names(build_points, bias).size(), 2 * 3u);
  EXPECT_EQ(trained_names(build_images, norm),
            (Names{"blocks.0.norm1.weight", "blocks.0.norm2.weight", "blocks.1.norm1.weight",
                   "blocks.1.norm2.weight", "norm.weight"}));
}

TEST(Slots, WeightsAloneDecay) {
  Graph g;
  struct All : Slots {
    std::string_view trained_part(const BackboneParameter&) override { return "backbone"; }
  } all;
  build_points(g, all);
  for (const int id : g.parameters()) {
    const ValueInfo& p = g.info(id);
    if (p.buffer) continue;
    EXPECT_EQ(p.use.decays, p.shape.rank() > 1 && p.shape[0] > 1) << p.name;
  }
}

}  // namespace
}  // namespace ax
