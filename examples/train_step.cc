// The library in one page: a ViT, a method, a session, an optimizer; ten steps on one batch of made-up
// images.
#include <fmt/format.h>

#include "adapterx/models/synthetic_weights.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/optimizer.h"

int main() try {
  ax::SessionSpec spec;
  spec.model = ax::backbone_preset("vit_tiny_patch16_224").backbone->with_classes(10);
  spec.batch = 8;

  // Where weights come from: here made up by name and shape; a checkpoint reader has the same form.
  const ax::WeightSource weights = [](std::string_view name, const ax::Shape& shape, std::span<float> out) {
    if (name.find("adaptmlp") != std::string_view::npos) return false;  // the adapters draw their own start
    ax::fill_synthetic(name, shape, out);
    return true;
  };
  const auto method = ax::make_method("adaptformer", {"rank=16"});
  ax::BuiltSession model =
      ax::build_session(spec, *method, std::make_shared<ax::FrozenWeights>(weights), weights, /*seed=*/1);
  fmt::print("{} trained parameters, {} kernels a step, {:.1f} MB of activations\n", model.trained->count(),
             model.session->steps().size(), static_cast<double>(model.session->memory().arena_bytes) / 1e6);

  const ax::Tensor images = model.session->input("images"), labels = model.session->input("labels");
  ax::fill_synthetic("images", images.shape, images.f32_span());
  ax::fill_synthetic_labels(10, {labels.i32(), 8});

  ax::Optimizer optimizer(model.trained, {.weight_decay = 1e-4f});
  for (uint32_t step = 0; step < 10; ++step) {
    model.trained->zero_gradients();
    model.session->run(/*seed=*/1, step);
    const double norm = optimizer.step(1e-3f);
    fmt::print("step {}: loss {:.4f}, gradient norm {:.3f}\n", step, *model.session->output("loss").f32(),
               norm);
  }
} catch (const ax::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
