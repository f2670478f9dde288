#include "adapterx/base/text_format.h"

#include <gtest/gtest.h>

#include <limits>

namespace ax {
namespace {

TEST(TextFormat, Counts) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(86'567'656), "86,567,656");
  EXPECT_EQ(count_text(-123), "-123");
  EXPECT_EQ(count_text(-1'234'567), "-1,234,567");
  EXPECT_EQ(count_text(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
  EXPECT_EQ(count_text(std::numeric_limits<uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(TextFormat, Bytes) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(999), "999 bytes");
  EXPECT_EQ(bytes_text(1000), "1.0 kB");
  EXPECT_EQ(bytes_text(311'465), "311.5 kB");
  EXPECT_EQ(bytes_text(999'949), "999.9 kB");
  EXPECT_EQ(bytes_text(999'950), "1.0 MB") << "never 1000.0 kB";
  EXPECT_EQ(bytes_text(346.3e6), "346.3 MB");
  EXPECT_EQ(bytes_text(12.34e9), "12.3 GB");
  EXPECT_EQ(bytes_text(5e21), "5000.0 EB");
}

TEST(TextFormat, Durations) {
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(duration_text(0.26), "0.3 s");
  EXPECT_EQ(duration_text(9.94), "9.9 s");
  EXPECT_EQ(duration_text(9.96), "10 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.6), "1 min 0 s");
  EXPECT_EQ(duration_text(725), "12 min 5 s");
  EXPECT_EQ(duration_text(3599), "59 min 59 s");
  EXPECT_EQ(duration_text(3599.6), "1 h 0 min");
  EXPECT_EQ(duration_text(11'220), "3 h 7 min");
  EXPECT_EQ(duration_text(3600. * 1234), "1,234 h 0 min");
}

TEST(TextFormat, Percent) {
  EXPECT_EQ(percent_text(0.91254, 2), "91.25 %");
  EXPECT_EQ(percent_text(1, 0), "100 %");
  EXPECT_EQ(small_percent_text(0.002037), "0.204 %");
  EXPECT_EQ(small_percent_text(0.0000091), "0.000910 %");
  EXPECT_EQ(small_percent_text(0.0188), "1.88 %");
  EXPECT_EQ(small_percent_text(1), "100.00 %");
  EXPECT_EQ(small_percent_text(0), "0.00 %");
}

}  // namespace
}  // namespace ax
