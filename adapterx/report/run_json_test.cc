#include "adapterx/report/run_json.h"

#include <gtest/gtest.h>

#include "adapterx/base/rng.h"
#include "adapterx/io/reader_test.h"
#include "adapterx/report/epoch_log.h"
#include "adapterx/report/sample_run_test.h"

namespace ax {
namespace {

// Overwrites, cuts out or doubles a few bytes.
std::string mutated(std::string text, uint32_t step) {
  const Rng rng(3, step, 0);
  const auto below = [&](uint64_t i, size_t end) {
    return static_cast<size_t>(rng.uniform(i) * static_cast<float>(end));
  };
  for (uint64_t i = 0; i < 12 && !text.empty(); i += 4) {
    const size_t at = below(i, text.size());
    const std::string part = text.substr(at, below(i + 1, 8));
    switch (below(i + 2, 4)) {
      case 0:
        text[at] = static_cast<char>(below(i + 3, 256));
        break;
      case 1:
        text.erase(at, part.size());
        break;
      case 2:
        text.insert(at, part);
        break;
      default:
        text[at] = "{}[],:\"-19e.tn"[below(i + 3, 14)];
    }
  }
  return text;
}

template <class Read>
void expect_read_or_refused(const std::string& text, const Read& read) {
  int refused = 0;
  for (uint32_t step = 0; step < 500; ++step) {
    const std::string error = error_text([&] { read(mutated(text, step)); });
    if (error == "no error") continue;
    ++refused;
    EXPECT_TRUE(error.starts_with("x:")) << error;
  }
  EXPECT_GT(refused, 50);
}

SampleOptions small() {
  return {.classes = 3,
          .blocks = 2,
          .experts = 2,
          .heads = 1,
          .side = 2,
          .pixels = 4,
          .epochs = 3,
          .pictures = 1,
          .mistakes = 1};
}

TEST(RunJson, MutationsAreReadOrRefused) {
  const RunRecord run = sample_run(small());
  std::string log;
  for (const EpochRecord& record : run.epochs) log += log_line(record) + "\n";
  expect_read_or_refused(log, [](const std::string& text) { parse_log("x", text); });
  expect_read_or_refused(result_json(run.facts), [](const std::string& text) { parse_result("x", text); });
  expect_read_or_refused(findings_json(run.findings),
                         [](const std::string& text) { parse_findings("x", text); });
  SampleOptions clouds = small();
  clouds.clouds = true;
  clouds.points = 5;
  clouds.patches = 2;
  expect_read_or_refused(findings_json(sample_run(clouds).findings),
                         [](const std::string& text) { parse_findings("x", text); });
}

TEST(RunJson, DeepNestingIsRefused) {
  expect_part(error_text([] { parse_result("x", std::string(100'000, '[')); }), "x: expected JSON");
  expect_part(error_text([] { parse_log("x", "{\"a\":" + std::string(100'000, '[') + "\n"); }),
              "x:1: expected");
}

}  // namespace
}  // namespace ax
