#include "adapterx/report/epoch_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "adapterx/io/reader_test.h"
#include "adapterx/report/epoch_fields.h"

namespace ax {
namespace {

// Numbers that no short decimal hits; every third field is not measured.
EpochRecord record_of(int64_t epoch) {
  EpochRecord record;
  record.epoch = epoch;
  int64_t i = epoch;
  for (const EpochField& field : kEpochFields) {
    if (++i % 3 != 0) record.*field.value = std::exp(static_cast<double>(i % 23) - 11) / 7;
  }
  if (epoch % 2 == 0) record.expert_use = {2, 3, {1. / 3, 1. / 3, 1. / 3, 0.1, 0.2, 0.7}};
  return record;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void expect_same(const EpochRecord& a, const EpochRecord& b) {
  EXPECT_EQ(a.epoch, b.epoch);
  for (const EpochField& field : kEpochFields) {
    EXPECT_TRUE(same(a.*field.value, b.*field.value)) << field.name << " of epoch " << a.epoch;
  }
  EXPECT_EQ(a.expert_use.blocks, b.expert_use.blocks);
  EXPECT_EQ(a.expert_use.experts, b.expert_use.experts);
  EXPECT_EQ(a.expert_use.share, b.expert_use.share);
}

std::string error_of(std::string_view text) {
  return error_text([&] { parse_log("log.jsonl", text); });
}

TEST(EpochLog, ReadsWhatItWrote) {
  std::string text;
  for (int64_t epoch = 1; epoch <= 9; ++epoch) text += log_line(record_of(epoch)) + "\n";
  const std::vector<EpochRecord> records = parse_log("log.jsonl", text);
  ASSERT_EQ(records.size(), 9u);
  for (int64_t epoch = 1; epoch <= 9; ++epoch) {
    expect_same(records[static_cast<size_t>(epoch - 1)], record_of(epoch));
  }
}

TEST(EpochLog, LeavesOutTheLineACrashCutShort) {
  const std::string first = log_line(record_of(1)) + "\n", second = log_line(record_of(2));
  for (size_t length = 0; length <= second.size(); ++length) {
    EXPECT_EQ(parse_log("log.jsonl", first + second.substr(0, length)).size(), 1u);
  }
  EXPECT_EQ(parse_log("log.jsonl", first + second + "\n").size(), 2u);
}

TEST(EpochLog, NamesTheLineOfDamage) {
  const std::string first = log_line(record_of(1)) + "\n";
  expect_part(error_of(first + "{\"epoch\":2,\"lr\"\n" + first), "log.jsonl:2: expected a JSON object, got");
  expect_part(error_of(first + "\n[2]\n"), "log.jsonl:3: expected a JSON object, got `[2]`");
  expect_part(error_of(first + first), "log.jsonl:2: expected `epoch` above 1, got 1");
  expect_part(error_of("{\"epoch\":1,\"lr\":\"x\"}\n"), "log.jsonl:1: `lr`: expected a number, got string");
  expect_part(error_of("{\"epoch\":1.5}\n"), "`epoch`: expected a whole number");
  expect_part(error_of("{}\n"), "expected `epoch` above 0, got 0");
  expect_part(error_of("{\"epoch\":1,\"expert_use\":[[0.5,0.5],[1]]}\n"),
              "block 1: expected 2 experts, got 1");
  expect_part(error_of("{\"epoch\":1,\"expert_use\":[[0.5,0.6]]}\n"), "expected shares of sum 1");
  expect_part(error_of("{\"epoch\":1,\"expert_use\":[[]]}\n"), "no error");
}

TEST(EpochLog, PassesOverUnknownKeys) {
  EXPECT_EQ(parse_log("log.jsonl", "{\"epoch\":1,\"later\":{\"a\":[1]}}\r\n").size(), 1u);
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

TEST(SummaryCsv, HoldsEveryNumber) {
  const std::vector<std::string> lines = split(summary_csv({record_of(1), record_of(2), record_of(5)}), '\n');
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[4], "");
  const std::vector<std::string> titles = split(lines[0], ',');
  const int64_t epochs[] = {1, 2, 5};
  for (size_t row = 0; row < 3; ++row) {
    const EpochRecord record = record_of(epochs[row]);
    const std::vector<std::string> cells = split(lines[row + 1], ',');
    ASSERT_EQ(cells.size(), titles.size());
    EXPECT_EQ(cells[0], std::to_string(record.epoch));
    for (size_t i = 0; i < std::size(kEpochFields); ++i) {
      EXPECT_EQ(titles[i + 1], kEpochFields[i].name);
      const double value = record.*kEpochFields[i].value;
      if (std::isnan(value)) {
        EXPECT_EQ(cells[i + 1], "");
      } else {
        EXPECT_EQ(std::strtod(cells[i + 1].c_str(), nullptr), value);
      }
    }
  }
}

}  // namespace
}  // namespace ax
