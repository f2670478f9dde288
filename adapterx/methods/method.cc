#include "adapterx/methods/method.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/methods/adapter_x/adapter_x.h"
#include "adapterx/methods/adaptformer.h"
#include "adapterx/methods/bitfit.h"
#include "adapterx/methods/dapt.h"
#include "adapterx/methods/full.h"
#include "adapterx/methods/layer_norm_tuning.h"
#include "adapterx/methods/linear_probe.h"
#include "adapterx/methods/lora.h"

namespace ax {

const std::vector<MethodInfo>& methods() {
  static const std::vector<MethodInfo> all = {
      {"linear_probe", "trains the head on frozen features", make_linear_probe},
      {"full", "trains every parameter", make_full},
      {"bitfit", "trains the biases (arXiv 2106.10199)", make_bitfit},
      {"layer_norm", "trains the LayerNorms", make_layer_norm_tuning},
      {"lora", "low-rank updates of queries and values (arXiv 2106.09685)", make_lora},
      {"adaptformer", "a bottleneck adapter beside each FFN (arXiv 2205.13535)", make_adaptformer},
      {"adaptformer_x", "Adapter-X beside each FFN: shared experts, prompts (arXiv 2406.03051)",
       make_adaptformer_x},
      {"adapter_x", "Adapter-X after each FFN (arXiv 2406.03051)", make_adapter_x},
      {"dapt", "for points: dynamic adapters, scales and shifts, prompts (arXiv 2403.01439)", make_dapt},
      {"dapt_x", "for points: Adapter-X of DAPT's adapters (arXiv 2406.03051)", make_dapt_x},
  };
  return all;
}

namespace {

const MethodInfo& find_method(const std::string& name) {
  std::vector<std::string> names;
  for (const MethodInfo& info : methods()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  fail("method `{}`: unknown; expected one of {}{}", name, fmt::join(names, ", "), did_you_mean(name, names));
}

}  // namespace

std::vector<Settings::Known> method_settings(const std::string& name) {
  Settings settings;
  find_method(name).make(settings);
  return settings.known();
}

bool method_has(const std::string& name, std::string_view key) {
  if (std::ranges::count(methods(), name, &MethodInfo::name) == 0) return false;
  return std::ranges::count(method_settings(name), bare_key(key), &Settings::Known::key) > 0;
}

std::unique_ptr<Method> make_method(const std::string& name, Settings settings) {
  std::unique_ptr<Method> method = find_method(name).make(settings);
  settings.expect_all_read(name);
  return method;
}

}  // namespace ax
