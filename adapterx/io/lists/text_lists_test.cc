#include <filesystem>

#include "adapterx/io/lists/csv.h"
#include "adapterx/io/lists/image_list.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

using Fields = std::vector<std::string>;

FileBytes file(const std::string& text) { return FileBytes::borrow("list", bytes_of(text)); }

std::vector<Fields> fields_of(const std::string& text) {
  std::vector<Fields> rows;
  for (const CsvRow& row : read_csv(file(text))) rows.push_back(row.fields);
  return rows;
}

TEST(Csv, ReadsFieldsAndQuotes) {
  EXPECT_EQ(fields_of("a,b\nc,d"), (std::vector<Fields>{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(fields_of("\xef\xbb\xbf a , b c \r\n\r\n,\r\n"), (std::vector<Fields>{{"a", "b c"}, {"", ""}}));
  EXPECT_EQ(fields_of("\"a,\"\"b\"\"\nc\" ,\"\"\r\nd,e"),
            (std::vector<Fields>{{"a,\"b\"\nc", ""}, {"d", "e"}}));
  EXPECT_EQ(fields_of("a,"), (std::vector<Fields>{{"a", ""}}));
  EXPECT_TRUE(fields_of("").empty());
  EXPECT_TRUE(fields_of("\n \n\r\n").empty());
}

TEST(Csv, ReadsWhatPythonsCsvWrites) {
  const std::vector<Fields> want = {
      {"a, b/1.jpg", "cat"}, {"2.jpg", "a \"dog\""}, {"k\u00e4se\n.png", "cat"}};
  for (const char* name : {"rows.csv", "quoted.csv", "mark.csv"}) {
    const auto path = std::filesystem::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "image_csv" / name;
    std::vector<Fields> got;
    for (const CsvRow& row : read_csv(FileBytes::map(path))) got.push_back(row.fields);
    EXPECT_EQ(got, want) << name;
  }
}

TEST(Csv, CountsLines) {
  const std::vector<CsvRow> rows = read_csv(file("\n\"a\n\nb\",c\n\nd,e\n"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].line, 2);
  EXPECT_EQ(rows[1].line, 6);
}

TEST(Csv, RefusesDamage) {
  const auto refuses = [](const std::string& text, const std::string& part) {
    expect_part(error_text([&] { read_csv(file(text)); }), part);
  };
  refuses("a\n\"b\nc,d\n", "list:2: a quoted field begins here and does not end");
  refuses("a,b\nc\"d\",e\n", "list:2: expected quotes around a whole field, got `c\"d\"`");
  refuses("\"a\nb\"c,d\n", "list:2: expected a comma or a line's end after a quoted field, got `c`");
  refuses(std::string("a,b\nc,\0d\n", 9), "list:2: expected text, got a byte 0");
  refuses("a\n" + std::string(256, ','), "list:2: expected at most 256 fields");
  EXPECT_EQ(fields_of(std::string(255, ','))[0].size(), 256u);
}

TEST(ImageList, ReadsPathsAndLabels) {
  const std::vector<ListedImage> images =
      read_image_list(file("\xef\xbb\xbf"
                           "a/1.jpg 7\r\n\n two  words.png\t 12\n"));
  ASSERT_EQ(images.size(), 2u);
  EXPECT_EQ(images[0].path, "a/1.jpg");
  EXPECT_EQ(images[0].label, 7);
  EXPECT_EQ(images[1].path, "two  words.png");
  EXPECT_EQ(images[1].label, 12);
  EXPECT_EQ(images[1].line, 3);
}

TEST(ImageList, RefusesOtherLines) {
  for (const std::string line : {"1.jpg", "7", "1.jpg -1", "1.jpg 1.5", "1.jpg 1048576",
                                 "1.jpg 99999999999999999999", "1.jpg x", "1.jpg 0x1", "1.jpg 7,"}) {
    expect_part(error_text([&] { read_image_list(file("1.jpg 1\n" + line)); }),
                "list:2: expected a path, a space and a label from 0 to 1048575, got `" + line + "`");
  }
  expect_part(error_text([] { read_image_list(file(std::string("a 1\nb 2\0\n", 9))); }),
              "list:2: expected text");
}

TEST(ImageList, Names) {
  EXPECT_EQ(read_name_list(file(" cat \r\n\nbig dog")), (Fields{"cat", "big dog"}));
  expect_part(error_text([] { read_name_list(file("a\nb\na\n")); }),
              "list:3: expected another name than in line 1");
}

}  // namespace
}  // namespace ax
