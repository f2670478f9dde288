#include "adapterx/models/checkpoint/load_report.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

LoadReport plain() {
  LoadReport r;
  r.file = "vit.pth";
  r.format = "torch zip";
  r.family = "timm";
  r.loaded = r.parameters = 150;
  r.numbers = 5'700'000;
  return r;
}

TEST(LoadReport, PlainLoadingIsOneLine) {
  EXPECT_EQ(plain().text(), "vit.pth: timm (torch zip), 150 of 150 tensors, 5.7 M numbers\n");
  LoadReport below = plain();
  below.root = "model.";
  expect_part(below.text(), "(torch zip, under model.)");
}

TEST(LoadReport, NeighboursWithOneNoteShareALine) {
  LoadReport r = plain();
  for (const char* name : {"a.bias", "b.bias", "c.bias"}) r.initialised.push_back({name, "zero"});
  r.initialised.push_back({"head.bias", "not in the file"});
  const std::string text = r.text();
  expect_part(
      text, "  initialised  a.bias to c.bias, 3 tensors: zero\n  initialised  head.bias: not in the file\n");
  EXPECT_EQ(text.find("b.bias"), text.npos);
}

TEST(LoadReport, TwoNeighboursHaveALineEach) {
  LoadReport r = plain();
  r.ignored = {{"a", "of no use"}, {"b", "of no use"}, {"c", "another reason"}, {"d", "of no use"}};
  const std::string text = r.text();
  for (const char* name : {"a", "b", "d"})
    expect_part(text, fmt::format("  ignored      {}: of no use\n", name));
}

TEST(LoadReport, EveryListIsToldOf) {
  LoadReport r = plain();
  r.reshaped = {{"pos_embed", "[1, 17, 8] to [1, 37, 8]"}};
  r.unexpected = {{"gate", "[8]"}};
  r.assumed = {"3 heads of 64", "gelu"};
  const std::string text = r.text();
  expect_part(text, "  resampled    pos_embed: [1, 17, 8] to [1, 37, 8]\n");
  expect_part(text, "  unexpected   gate: [8]\n");
  expect_part(text, "  assumed      3 heads of 64, gelu\n");
}

}  // namespace
}  // namespace ax
