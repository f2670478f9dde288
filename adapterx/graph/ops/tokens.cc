#include "adapterx/graph/ops/tokens.h"

#include <algorithm>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/kernels/tokens/tokens.h"

namespace ax {
namespace {

int64_t tokens_of(Value v) { return v.shape().rank() == 3 ? v.shape()[1] : 0; }

Value rearrange(std::span<const Value> sources, std::vector<TokenPiece> pieces, int64_t tokens) {
  auto op = std::make_shared<TokensOp>();
  op->pieces = std::move(pieces);
  op->tokens = tokens;
  op->role = std::max_element(sources.begin(), sources.end(), [](const Value& a, const Value& b) {
               return tokens_of(a) < tokens_of(b);
             })->role();
  return sources[0].graph->append(std::move(op), sources)[0];
}

// Operand: x [B, 1, d].
struct RepeatTokenOp : Op {
  explicit RepeatTokenOp(int64_t count) : count_(count) {}

  std::string_view name() const override { return "repeat_token"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "x", 3);
    c.expect_shape(0, "x", c.shape(0).with(1, 1));
    return {{c.shape(0).with(1, count_), c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0, scale(mean_tokens(g.of(node), 0, count_), static_cast<float>(count_)));
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), y = b.output(0)](const StepState&) {
      for (int64_t t = 0; t < y.shape[1]; ++t) kernels::copy_tokens(x, 0, y, t, 1);
    };
  }
  void evaluate(TwinNode& t) const override {
    const int64_t d = t.out[0].shape[2];
    for (int64_t i = 0; i < t.out[0].shape.rows(); ++i) {
      std::copy_n(t.in[0]->v.begin() + i / count_ * d, d, t.out[0].v.begin() + i * d);
    }
  }
  std::shared_ptr<const Op> narrowed(int64_t, int64_t count, int64_t) const override {
    return std::make_shared<RepeatTokenOp>(count);
  }

 private:
  int64_t count_;
};

// dx tokens [begin, begin + count) = dy / count, else 0. Operand: dy [B, 1, d].
struct MeanTokensGradOp : Op {
  MeanTokensGradOp(int64_t tokens, int64_t begin, int64_t count, Role role)
      : tokens_(tokens), begin_(begin), count_(count), role_(role) {}

  std::string_view name() const override { return "mean_tokens_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    return {{c.shape(0).with(1, tokens_), role_}};
  }
  Kernel bind(Binding& b) const override {
    return [dy = b.input(0), dx = b.output(0), begin = begin_, count = count_](const StepState&) {
      kernels::mean_tokens_grad(dy, begin, count, dx);
    };
  }

 private:
  int64_t tokens_, begin_, count_;
  Role role_;
};

// Operand: x [B, T, d].
struct MeanTokensOp : Op {
  MeanTokensOp(int64_t begin, int64_t count) : begin_(begin), count_(count) {}

  std::string_view name() const override { return "mean_tokens"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "x", 3);
    if (begin_ < 0 || count_ < 1 || begin_ + count_ > c.shape(0)[1]) {
      c.reject("x", fmt::format("tokens [{}, {})", begin_, begin_ + count_), to_string(c.shape(0)));
    }
    return {{c.shape(0).with(1, 1), c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    const Value x = g.input(node, 0);
    auto grad = std::make_shared<MeanTokensGradOp>(x.shape()[1], begin_, count_, x.role());
    g.add(node, 0, g.graph().append_one(std::move(grad), {g.of(node)}));
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), y = b.output(0), begin = begin_, count = count_](const StepState&) {
      kernels::mean_tokens(x, begin, count, y);
    };
  }
  void evaluate(TwinNode& t) const override {
    const Shape& x = t.in[0]->shape;
    for (int64_t b = 0; b < x[0]; ++b) {
      for (int64_t i = begin_; i < begin_ + count_; ++i) {
        for (int64_t c = 0; c < x[2]; ++c) {
          t.out[0].v[static_cast<size_t>(b * x[2] + c)] +=
              t.in[0]->v[static_cast<size_t>((b * x[1] + i) * x[2] + c)] / static_cast<double>(count_);
        }
      }
    }
  }

 private:
  int64_t begin_, count_;
};

}  // namespace

Value slice_tokens(Value x, int64_t begin, int64_t count) {
  if (begin == 0 && count == tokens_of(x)) return x;
  const Value sources[] = {x};
  return rearrange(sources, {{0, begin, count, 0}}, count);
}

Value concat_tokens(std::span<const Value> parts) {
  std::vector<TokenPiece> pieces;
  int64_t total = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    pieces.push_back({i, 0, tokens_of(parts[i]), total});
    total += tokens_of(parts[i]);
  }
  return rearrange(parts, std::move(pieces), total);
}

Value insert_tokens(Value x, Value tokens, int64_t position) {
  const int64_t n = tokens_of(tokens), total = tokens_of(x);
  const Value sources[] = {x, tokens};
  return rearrange(sources,
                   {{0, 0, position, 0}, {1, 0, n, position}, {0, position, total - position, position + n}},
                   total + n);
}

Value mean_tokens(Value x, int64_t begin, int64_t count) {
  return x.graph->append_one(std::make_shared<MeanTokensOp>(begin, count), {x});
}

Value repeat_token(Value x, int64_t count) {
  return x.graph->append_one(std::make_shared<RepeatTokenOp>(count), {x});
}

std::vector<OutputSpec> TokensOp::infer(const ShapeContext& c) const {
  int64_t batch = 1;
  for (size_t i = 0; i < c.count(); ++i) {
    c.expect_rank(i, "source", 3);
    batch = std::max(batch, c.shape(i)[0]);
  }
  for (const TokenPiece& p : pieces) {
    const Shape& s = c.shape(p.source);
    if ((s[0] != 1 && s[0] != batch) || s[2] != c.shape(0)[2]) {
      c.reject("source", to_string(c.shape(0).with(0, batch)), to_string(s));
    }
    if (p.begin < 0 || p.count < 0 || p.begin + p.count > s[1] || p.to < 0 || p.to + p.count > tokens) {
      c.reject("source", fmt::format("tokens [{}, {})", p.begin, p.begin + p.count), to_string(s));
    }
  }
  return {{Shape{batch, tokens, c.shape(0)[2]}, role}};
}

// Each source's gradient gathers its own pieces back. Pieces of one source must not overlap in it: no builder
// makes such an op.
void TokensOp::backward(Gradients& g, const Node& node) const {
  const Value dy = g.of(node);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (!g.wants(node, i)) continue;
    const Value source = g.input(node, i);
    std::vector<TokenPiece> back;
    for (const TokenPiece& p : pieces) {
      if (p.source == i) back.push_back({0, p.to, p.count, p.begin});
    }
    const Value operands[] = {dy};
    const Value dx = rearrange(operands, std::move(back), source.shape()[1]);
    if (source.shape() == dx.shape()) {
      g.add(node, i, dx);
    } else {
      g.sink(node, i, column_sum_op(source.shape()), {dx});  // one sample repeated: sum over the batch
    }
  }
}

Kernel TokensOp::bind(Binding& b) const {
  std::vector<TokenPiece> gaps;  // what no piece covers
  std::vector<bool> covered(static_cast<size_t>(tokens), false);
  for (const TokenPiece& p : pieces) {
    for (int64_t t = 0; t < p.count; ++t) covered[static_cast<size_t>(p.to + t)] = true;
  }
  for (int64_t t = 0; t < tokens; ++t) {
    if (covered[static_cast<size_t>(t)]) continue;
    if (!gaps.empty() && gaps.back().to + gaps.back().count == t) {
      ++gaps.back().count;
    } else {
      gaps.push_back({0, 0, 1, t});
    }
  }
  return [in = b.in, y = b.output(0), parts = pieces, gaps](const StepState&) {
    for (const TokenPiece& p : parts) kernels::copy_tokens(in[p.source], p.begin, y, p.to, p.count);
    for (const TokenPiece& gap : gaps) kernels::zero_tokens(y, gap.to, gap.count);
  };
}

void TokensOp::evaluate(TwinNode& t) const {
  const int64_t batch = t.out[0].shape[0], d = t.out[0].shape[2];
  for (const TokenPiece& p : pieces) {
    const TwinTensor& source = *t.in[p.source];
    for (int64_t b = 0; b < batch; ++b) {
      const int64_t from = ((source.shape[0] == 1 ? 0 : b) * source.shape[1] + p.begin) * d;
      std::copy_n(source.v.begin() + from, p.count * d, t.out[0].v.begin() + (b * tokens + p.to) * d);
    }
  }
}

}  // namespace ax
