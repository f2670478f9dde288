#include "adapterx/graph/passes/uses.h"

#include <gtest/gtest.h>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/linear.h"

namespace ax {
namespace {

using Indices = std::vector<size_t>;

struct Diamond {
  Graph g;
  Value x = g.input("x", {2, 4}, Role::activation);
  Value w = g.parameter("w", {4, 4});
  Value h = linear(x, w);      // node 0, without a bias
  Value left = relu(h);        // node 1
  Value right = gelu(h);       // node 2
  Value y = add(left, right);  // node 3
};

TEST(Uses, TellsMakersAndReaders) {
  const Diamond d;
  const Uses uses(d.g, {});
  EXPECT_EQ(uses.maker(d.x.id), -1);
  EXPECT_EQ(uses.maker(d.w.id), -1);
  EXPECT_EQ(uses.maker(d.h.id), 0);
  EXPECT_EQ(uses.maker(d.y.id), 3);
  EXPECT_EQ(uses.maker(-1), -1);  // an absent operand
  EXPECT_EQ(uses.readers(d.x.id), Indices{0});
  EXPECT_EQ(uses.readers(d.h.id), (Indices{1, 2}));
  EXPECT_TRUE(uses.readers(d.y.id).empty());
}

TEST(Uses, OnlyReaderIsOneReaderAndNothingOutside) {
  Diamond d;
  const Value twice = add(d.y, d.y);
  const Uses uses(d.g, {d.left.id});
  EXPECT_EQ(uses.only_reader(d.right.id), 3);
  EXPECT_EQ(uses.only_reader(d.h.id), -1);     // two readers
  EXPECT_EQ(uses.only_reader(d.y.id), -1);     // one that reads it twice
  EXPECT_EQ(uses.only_reader(d.left.id), -1);  // read from outside too
  EXPECT_EQ(uses.only_reader(twice.id), -1);   // none
}

TEST(Uses, EmptiedNodesNeitherMakeNorRead) {
  Diamond d;
  d.g.nodes()[1].op.reset();
  const Uses uses(d.g, {});
  EXPECT_EQ(uses.maker(d.left.id), -1);
  EXPECT_EQ(uses.only_reader(d.h.id), 2);
}

TEST(Uses, ReplaceUsesTurnsEveryReader) {
  Diamond d;
  replace_uses(d.g, d.h.id, d.x.id);
  const Uses uses(d.g, {});
  EXPECT_TRUE(uses.readers(d.h.id).empty());
  EXPECT_EQ(uses.readers(d.x.id), (Indices{0, 1, 2}));
  EXPECT_EQ(uses.maker(d.h.id), 0);  // is made as before
}

TEST(Uses, SweepKeepsTheOrderOfTheOthers) {
  Diamond d;
  d.g.nodes()[1].op.reset();
  sweep(d.g);
  ASSERT_EQ(d.g.nodes().size(), 3u);
  EXPECT_EQ(d.g.nodes()[0].outputs[0], d.h.id);
  EXPECT_EQ(d.g.nodes()[1].outputs[0], d.right.id);
  EXPECT_EQ(d.g.nodes()[2].outputs[0], d.y.id);
}

}  // namespace
}  // namespace ax
