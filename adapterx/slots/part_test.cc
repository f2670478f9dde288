#include "adapterx/slots/part.h"

#include <gtest/gtest.h>

#include "adapterx/base/error.h"

namespace ax {
namespace {

TEST(Part, NamesLabelsAndTrainsWhatItDeclares) {
  Graph g;
  const Scope scope(g, "blocks.3");
  const Part own(g, "adapter"), shared(g, "SMoA", "smoa");
  own.linear("down", g.input("x", {2, 5}), 4, Init::ones());
  shared.weight("router.weight", {7, 5}, Init::ones());
  const auto use_of = [&](const char* name) { return g.info(g.find(ValueKind::parameter, name)).use; };
  EXPECT_EQ(g.parameter_names(),
            (std::vector<std::string>{"blocks.3.down.bias", "blocks.3.down.weight", "smoa.router.weight"}));
  EXPECT_EQ(use_of("blocks.3.down.bias"), (ParameterUse{"adapter", true, false}));
  EXPECT_EQ(use_of("blocks.3.down.weight"), (ParameterUse{"adapter", true, true}));
  EXPECT_EQ(use_of("smoa.router.weight"), (ParameterUse{"SMoA", true, true}));
}

// One name has one shape and one use: a second method, or place, can't take it.
TEST(Part, ANameBelongsToOnePart) {
  Graph g;
  Part(g, "a").weight("w", {2, 2}, Init::ones());
  EXPECT_NO_THROW(Part(g, "a").weight("w", {2, 2}, Init::ones()));
  EXPECT_THROW(Part(g, "b").weight("w", {2, 2}, Init::ones()), Error);
}

}  // namespace
}  // namespace ax
