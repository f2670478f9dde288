#include "adapterx/report/page.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "adapterx/io/reader_test.h"
#include "adapterx/report/sample_run_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

// Reads a page as a strict reader does: every tag closed in turn, every attribute quoted, no stray `<`.
class HtmlReader {
 public:
  explicit HtmlReader(std::string_view text) : rest_(text) {}

  void read() {
    while (!rest_.empty()) {
      const size_t at = rest_.find('<');
      rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
      if (!rest_.empty()) read_tag();
    }
    if (!open_.empty()) fail("<{}> is never closed", open_.back());
  }

  int count(const std::string& tag) const { return static_cast<int>(tags_.count(tag)); }
  const std::set<std::string>& ids() const { return ids_; }
  const std::vector<std::string>& links() const { return links_; }

 private:
  void read_tag() {
    if (rest_.starts_with("<!DOCTYPE html>")) return rest_.remove_prefix(15);
    const bool closing = rest_.starts_with("</");
    rest_.remove_prefix(closing ? 2 : 1);
    const std::string name = word();
    if (name.empty()) fail("stray `<` before `{}`", rest_.substr(0, 40));
    if (closing) {
      expect('>');
      if (open_.empty() || open_.back() != name)
        fail("</{}> closes <{}>", name, open_.empty() ? "" : open_.back());
      return open_.pop_back();
    }
    tags_.insert(name);
    const bool self_closed = read_attributes();
    static const std::set<std::string> kVoid = {"meta", "img", "input", "br"};
    if (self_closed || kVoid.count(name) > 0) return;
    open_.push_back(name);
    if (name == "script" || name == "style") rest_.remove_prefix(rest_.find("</" + name));
  }

  bool read_attributes() {
    while (true) {
      while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0])) != 0)
        rest_.remove_prefix(1);
      if (rest_.starts_with("/>")) return rest_.remove_prefix(2), true;
      if (rest_.starts_with(">")) return rest_.remove_prefix(1), false;
      const std::string name = word();
      if (name.empty()) fail("expected an attribute before `{}`", rest_.substr(0, 40));
      if (!rest_.starts_with("=")) continue;
      rest_.remove_prefix(1);
      expect('"');
      const size_t end = rest_.find('"');
      const std::string value(rest_.substr(0, end));
      if (value.find('<') != std::string::npos) fail("`<` in attribute {}", name);
      if (name == "id" && !ids_.insert(value).second) fail("id {} twice", value);
      if (name == "src" || name == "href") links_.push_back(value);
      rest_.remove_prefix(end + 1);
    }
  }

  std::string word() {
    size_t size = 0;
    while (size < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[size])) != 0 || rest_[size] == '-'))
      ++size;
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }

  void expect(char c) {
    if (rest_.empty() || rest_[0] != c) fail("expected `{}` before `{}`", c, rest_.substr(0, 40));
    rest_.remove_prefix(1);
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  std::multiset<std::string> tags_;
  std::set<std::string> ids_;
  std::vector<std::string> links_;
};

// AX_REPORT_SAMPLES names a folder that keeps the pages, to be looked at.
void keep(const std::string& name, const std::string& page) {
  const char* folder = std::getenv("AX_REPORT_SAMPLES");
  if (folder == nullptr) return;
  fs::create_directories(folder);
  std::ofstream(fs::path(folder) / (name + ".html"), std::ios::binary) << page;
}

HtmlReader read_page(const std::string& name, const RunRecord& run) {
  static std::vector<std::string> pages;  // the reader keeps a view
  pages.push_back(report_page(run));
  keep(name, pages.back());
  HtmlReader reader(pages.back());
  EXPECT_EQ(error_text([&] { reader.read(); }), "no error") << name;
  for (const std::string& link : reader.links()) {
    if (link.starts_with("#")) {
      EXPECT_EQ(reader.ids().count(link.substr(1)), 1u) << link;
    } else {
      EXPECT_TRUE(link.starts_with("data:image/")) << link.substr(0, 60);
    }
  }
  EXPECT_EQ(pages.back().find("http://"), std::string::npos);
  EXPECT_EQ(pages.back().find("https://"), std::string::npos);
  return reader;
}

const std::set<std::string> kAll = {"parameters", "curves",  "confusion", "mistakes",
                                    "experts",    "routing", "config"};

TEST(Page, ShowsAWholeRun) {
  const SampleOptions options;
  const HtmlReader page = read_page("ten_classes", sample_run(options));
  EXPECT_EQ(page.ids(), kAll);
  EXPECT_EQ(page.count("button"), options.pictures * options.blocks);
}

TEST(Page, ShowsManyClassesAndSmallGrids) {
  SampleOptions options;
  options.classes = 100;
  options.side = 8;
  options.pixels = 32;
  options.epochs = 100;
  options.evaluate_every = 10;
  options.heads = 1;
  RunRecord run = sample_run(options);
  run.facts.select = "test-best";
  const HtmlReader page = read_page("hundred_classes", run);
  EXPECT_EQ(page.ids(), kAll);
}

TEST(Page, ShowsManyExperts) {
  SampleOptions options;
  options.classes = 16;
  options.experts = 24;
  options.blocks = 24;
  options.pictures = 2;
  RunRecord run = sample_run(options);
  run.facts.blocks_per_expert_set = 4;
  EXPECT_EQ(read_page("many_experts", run).ids(), kAll);
  expect_part(report_page(run), "Every 4 blocks in a row share a set of experts");
}

std::set<std::string> all_with_clouds() {
  std::set<std::string> ids = kAll;
  ids.erase("routing");
  ids.insert("clouds");
  return ids;
}

TEST(Page, ShowsClouds) {
  const SampleOptions options{.heads = 2, .pictures = 8, .clouds = true};
  const RunRecord run = sample_run(options);
  const HtmlReader page = read_page("clouds", run);
  EXPECT_EQ(page.ids(), all_with_clouds());
  EXPECT_EQ(page.count("canvas"), options.pictures);
  EXPECT_EQ(page.count("img"), 0);
  const std::string text = report_page(run);
  for (const char* part : {"10,000 clouds, ±", "<dt>Clouds</dt>", "training clouds per second",
                           "on the validation clouds", ">clouds</th>", "holds the clouds of one class"}) {
    expect_part(text, part);
  }
  const size_t config = text.find("id=\"config\"");
  EXPECT_EQ(text.substr(0, config).find("images"), std::string::npos) << "data are clouds";
}

TEST(Page, ShowsCloudsOfMethodsWithoutExperts) {
  const SampleOptions options{.experts = 0, .pictures = 4, .clouds = true, .points = 200};
  const HtmlReader page = read_page("clouds_linear_probe", sample_run(options));
  std::set<std::string> expected = all_with_clouds();
  expected.erase("experts");
  EXPECT_EQ(page.ids(), expected);
  EXPECT_EQ(report_page(sample_run(options)).find("name=\"block\""), std::string::npos);
}

TEST(Page, ShowsCloudsOfOnePointAndOnePatch) {
  const SampleOptions options{
      .blocks = 1, .experts = 1, .heads = 1, .pictures = 1, .clouds = true, .points = 1, .patches = 1};
  EXPECT_EQ(read_page("one_point", sample_run(options)).ids(), all_with_clouds());
}

TEST(Page, ShowsOneEpoch) {
  SampleOptions options;
  options.epochs = 1;
  options.pictures = 1;
  options.mistakes = 1;
  EXPECT_EQ(read_page("one_epoch", sample_run(options)).ids(), kAll);
}

TEST(Page, LeavesOutExpertsWhereThereAreNone) {
  SampleOptions options;
  options.experts = 0;
  std::set<std::string> expected = kAll;
  expected.erase("experts");
  expected.erase("routing");
  EXPECT_EQ(read_page("linear_probe", sample_run(options)).ids(), expected);
}

TEST(Page, ShowsARunThatHasJustStarted) {
  RunRecord run;
  run.facts.title = "x";
  EXPECT_EQ(read_page("started", run).ids(), std::set<std::string>{});
  expect_part(report_page(run), "Not finished.");
}

TEST(Page, WarnsOfSelectionOnTestImages) {
  RunRecord run = sample_run({.pictures = 1, .mistakes = 1});
  EXPECT_EQ(report_page(run).find("Selected on the test images"), std::string::npos);
  run.facts.select = "test-best";
  expect_part(report_page(run), "Selected on the test images");
}

TEST(Page, EscapesEveryText) {
  SampleOptions options;
  options.pictures = 1;
  options.mistakes = 1;
  RunRecord run = sample_run(options);
  const std::string evil = "\"><script>alert('x')</script>\xff\x01</title>";
  for (std::string& name : run.findings.confusion.classes) name = evil;
  RunFacts& f = run.facts;
  for (std::string* text : {&f.title, &f.model, &f.weights, &f.method, &f.data, &f.precision, &f.version,
                            &f.select, &f.accuracy_split, &run.config, &run.findings.mistakes[0].name,
                            &run.findings.routing[0].shown.name, &f.parameters.parts[0].part}) {
    *text = evil;
  }
  f.warnings = {evil};
  const HtmlReader page = read_page("evil", run);
  EXPECT_EQ(page.count("script"), 2);
  EXPECT_EQ(page.ids(), kAll);

  run.findings.mistakes.clear();
  run.findings.routing.clear();
  run.findings.clouds.push_back(sample_cloud(options, 0));
  run.findings.clouds[0].shown.name = evil;
  f.samples = evil;
  EXPECT_EQ(read_page("evil_clouds", run).count("script"), 2);
}

TEST(Page, RefusesWhatDoesNotFit) {
  RunRecord run = sample_run({.pictures = 1, .mistakes = 1});
  run.findings.mistakes[0].image = {std::byte{1}};
  expect_part(error_text([&] { report_page(run); }), "expected a PNG or JPEG file");
  run.findings.mistakes[0].predicted = 10;
  expect_part(error_text([&] { report_page(run); }), "mistakes[0]: expected a class from 0 to 9, got 10");
}

}  // namespace
}  // namespace ax
