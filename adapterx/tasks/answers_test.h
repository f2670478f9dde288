// For tests: a session that answers with the logits it is given, and batches to compare them with.
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "adapterx/data/loader.h"
#include "adapterx/graph/compile.h"
#include "adapterx/graph/ops/multiply.h"

namespace ax {

class Answers {
 public:
  Answers(int64_t batch, int64_t classes) {
    Graph g;
    CompileRequest request;
    request.outputs = {{"logits", scale(g.input("x", {batch, classes}), 1)}};
    session_ = compile(g, request);
  }

  // The session after a pass that gave these logits; rows that are not said hold `rest`.
  const Session& operator()(const std::vector<float>& logits, float rest = 0) {
    const std::span<float> x = session_->input("x").f32_span();
    std::ranges::fill(x, rest);
    std::ranges::copy(logits, x.begin());
    session_->run();
    return *session_;
  }

 private:
  std::unique_ptr<Session> session_;
};

// What a loader gives, with memory of its own. Samples past the last have label 0, as a loader's have.
struct OwnedBatch {
  std::vector<int64_t> indices;
  std::vector<int32_t> labels;
  std::vector<float> targets = {};

  operator Loader::Batch() const { return {std::ssize(indices), indices, {}, labels, targets}; }
};

}  // namespace ax
