#include "adapterx/train/non_finite.h"

#include <gtest/gtest.h>

#include <limits>

#include "adapterx/base/error_text_test.h"
#include "adapterx/graph/compile.h"
#include "adapterx/graph/ops/add.h"

namespace ax {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN(),
                kInfinity = std::numeric_limits<float>::infinity();

class NonFinite : public testing::Test {
 protected:
  NonFinite() {
    Graph graph;
    const Value x = graph.input("x", {2}), a = graph.parameter("a", {2}, Init::zeros(), {"part", true}),
                b = graph.parameter("b", {2}, Init::zeros(), {"part", true});
    trained_ = std::make_shared<TrainedParameters>(graph);
    trained_->initialise([](std::string_view, const Shape&, std::span<float>) { return false; }, 0);
    CompileRequest request;
    request.outputs = {{"sum", add(add(x, a), b)}};
    request.trained = trained_;
    session_ = compile(graph, request);
    std::ranges::fill(session_->input("x").f32_span(), 0.0f);
  }

  std::string error() {
    session_->run();
    return error_text([&] { fail_non_finite("step 3", 0.5, 0.25, *trained_, *session_, "x", {"sum"}); });
  }

  std::shared_ptr<TrainedParameters> trained_;
  std::unique_ptr<Session> session_;
};

// Where all is damaged, what came first is the cause: parameters, then the batch, then what was computed of
// them.
TEST_F(NonFinite, NamesTheFirstThatIsNot) {
  expect_part(error(), "step 3: the loss is 0.5, the method's penalty 0.25; try a lower learning rate");
  session_->input("x").f32()[1] = 3e38f;
  trained_->value(trained_->entries()[0]).f32()[1] = 3e38f;
  expect_part(error(), "step 3: the loss is 0.5: `sum` holds inf; try");
  session_->input("x").f32()[0] = kInfinity;
  expect_part(error(), "the batch holds inf");
  trained_->value(trained_->entries()[1]).f32()[1] = kNan;
  expect_part(error(), ": b holds nan");
  trained_->value(trained_->entries()[0]).f32()[0] = -kInfinity;
  expect_part(error(), ": a holds -inf");
}

}  // namespace
}  // namespace ax
