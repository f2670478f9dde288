#include "adapterx/graph/ops/patchify.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/tokens/tokens.h"

namespace ax {
namespace {

struct PatchifyGradOp : Op {
  PatchifyGradOp(const Shape& image, Role role, int64_t patch) : image_(image), role_(role), patch_(patch) {}

  std::string_view name() const override { return "patchify_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext&) const override { return {{image_, role_}}; }
  Kernel bind(Binding& b) const override {
    return [dy = b.input(0), dx = b.output(0), p = patch_](const StepState&) {
      kernels::patchify_grad(dy, p, dx);
    };
  }

 private:
  Shape image_;
  Role role_;
  int64_t patch_;
};

struct PatchifyOp : Op {
  PatchifyOp(int64_t patch, Role out) : patch_(patch), out_(out) {}

  std::string_view name() const override { return "patchify"; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "image", 4);
    const Shape& s = c.shape(0);
    if (patch_ < 1 || s[2] % patch_ != 0 || s[3] % patch_ != 0) {
      c.reject("image", fmt::format("height and width divisible by {}", patch_), to_string(s));
    }
    return {{Shape{s[0], (s[2] / patch_) * (s[3] / patch_), s[1] * patch_ * patch_}, out_}};
  }

  void backward(Gradients& g, const Node& node) const override {
    const Value image = g.input(node, 0);
    auto op = std::make_shared<PatchifyGradOp>(image.shape(), image.role(), patch_);
    g.add(node, 0, g.graph().append_one(std::move(op), {g.of(node)}));
  }

  Kernel bind(Binding& b) const override {
    return [x = b.input(0), y = b.output(0), p = patch_](const StepState&) { kernels::patchify(x, p, y); };
  }

  void evaluate(TwinNode& t) const override {
    const Shape& s = t.in[0]->shape;
    size_t out = 0;
    for (int64_t b = 0; b < s[0]; ++b) {
      for (int64_t py = 0; py < s[2]; py += patch_) {
        for (int64_t px = 0; px < s[3]; px += patch_) {
          for (int64_t c = 0; c < s[1]; ++c) {
            for (int64_t y = py; y < py + patch_; ++y) {
              for (int64_t x = px; x < px + patch_; ++x) {
                t.out[0].v[out++] = t.in[0]->v[static_cast<size_t>(((b * s[1] + c) * s[2] + y) * s[3] + x)];
              }
            }
          }
        }
      }
    }
  }

 private:
  int64_t patch_;
  Role out_;
};

}  // namespace

Value patchify(Value image, int64_t patch, Role out) {
  return image.graph->append_one(std::make_shared<PatchifyOp>(patch, out), {image});
}

}  // namespace ax
