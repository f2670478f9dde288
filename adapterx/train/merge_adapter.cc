#include "adapterx/train/merge_adapter.h"

#include "adapterx/base/error.h"
#include "adapterx/io/atomic_file.h"

namespace ax {
namespace {

std::vector<std::string> mergeable_methods() {
  std::vector<std::string> names;
  for (const MethodInfo& info : methods()) {
    if (make_method(info.name)->merges()) names.push_back(info.name);
  }
  return names;
}

}  // namespace

WeightSource merged_source(const AdaptedModel& model) {
  const std::string& name = model.adapter.info.method;
  // Made anew: the source may outlive the model.
  const std::shared_ptr<const Method> method = make_method(name, model.adapter.info.settings);
  if (!method->merges()) {
    fail("{}: method {} adds what no weight of the backbone can hold; expected one of {}", model.adapter.path,
         name, fmt::join(mergeable_methods(), ", "));
  }
  return [method, all = model.source](std::string_view parameter, const Shape& shape, std::span<float> out) {
    if (!all(parameter, shape, out)) return false;
    method->merge(parameter, shape, all, out);
    return true;
  };
}

void merge_adapter(const std::filesystem::path& adapter, const std::string& weights,
                   const std::filesystem::path& out) {
  expect_other_file(out, adapter);
  const AdaptedModel model = open_adapted_model(adapter, weights);
  for (const std::string& read : {weights, model.weights}) expect_other_file(out, read);
  const AdapterInfo& info = model.adapter.info;
  if (info.model->classes() == 0) {
    fail("{}: a pretrained backbone without a head, which is plain as it is; `adapterx export` writes it",
         adapter.string());
  }
  save_backbone(out, {info.model, info.input}, merged_source(model), FileDType::f32,
                class_metadata(info.classes));
}

}  // namespace ax
