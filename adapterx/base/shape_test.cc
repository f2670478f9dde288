#include "adapterx/base/shape.h"

#include <gtest/gtest.h>

namespace ax {
namespace {

TEST(Shape, ExtentsAndSizes) {
  const Shape s{32, 197, 768};
  EXPECT_EQ(s.rank(), 3);
  EXPECT_EQ(s[1], 197);
  EXPECT_EQ(s.dim(-1), 768);
  EXPECT_EQ(s.dim(-3), 32);
  EXPECT_EQ(s.size(), 32 * 197 * 768);
  EXPECT_EQ(s.rows(), 32 * 197);
  EXPECT_EQ(to_string(s), "[32, 197, 768]");
}

TEST(Shape, ScalarAndEmpty) {
  EXPECT_EQ(Shape().size(), 1);
  EXPECT_EQ(Shape().rows(), 1);
  EXPECT_EQ(to_string(Shape()), "[]");
  EXPECT_EQ((Shape{4, 0}).size(), 0);
  EXPECT_EQ((Shape{4, 0}).rows(), 0);
}

TEST(Shape, WithAppendAndEquality) {
  const Shape s{2, 3};
  EXPECT_EQ(s.with(-1, 5), (Shape{2, 5}));
  EXPECT_EQ(s.with(0, 7), (Shape{7, 3}));
  Shape t = s;
  t.append(4);
  EXPECT_EQ(t, (Shape{2, 3, 4}));
  EXPECT_NE(t, s);
  EXPECT_NE((Shape{3, 2}), s);
}

}  // namespace
}  // namespace ax
