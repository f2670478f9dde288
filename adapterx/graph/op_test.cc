// Every op, forward against its scalar definition and gradients against central differences in double, in
// fp32 and bf16, with all graph rewrites on and off.
#include <gtest/gtest.h>

#include "adapterx/graph/op_cases_test.h"

namespace ax {
namespace {

TEST(Op, ForwardAndGradientsInFp32) {
  for (const OpCase& c : op_cases()) {
    CheckOptions options;
    options.compile.precision = Precision::fp32;
    const CheckResult r = check_graph(c.build, options);
    EXPECT_LE(r.forward_error, 1e-5) << c.name;
    EXPECT_LE(r.worst_gradient_error, 1e-4) << c.name << ": " << r.worst_parameter;
  }
}

TEST(Op, ForwardAndGradientsInBf16) {
  for (const DType residual : {DType::f32, DType::bf16}) {
    for (const OpCase& c : op_cases()) {
      CheckOptions options;
      options.compile.precision = Precision::bf16;
      options.compile.residual = residual;
      const CheckResult r = check_graph(c.build, options);
      EXPECT_LE(r.forward_error, 2e-2) << c.name;
      EXPECT_LE(r.worst_gradient_error, c.bf16_gradient) << c.name << ": " << r.worst_parameter;
    }
  }
}

TEST(Op, ForwardOnlySessions) {
  for (const OpCase& c : op_cases()) {
    CheckOptions options;
    options.compile.precision = Precision::fp32;
    options.gradients = false;
    EXPECT_LE(check_graph(c.build, options).forward_error, 1e-5) << c.name;
  }
}

TEST(Op, RewritesChangeNothing) {
  for (const OpCase& c : op_cases()) {
    CheckOptions options;
    options.compile.precision = Precision::fp32;
    options.compile.fuse = options.compile.recompute = options.compile.narrow_tokens = false;
    const CheckResult r = check_graph(c.build, options);
    EXPECT_LE(r.forward_error, 1e-5) << c.name;
    EXPECT_LE(r.worst_gradient_error, 1e-4) << c.name << ": " << r.worst_parameter;
  }
}

}  // namespace
}  // namespace ax
