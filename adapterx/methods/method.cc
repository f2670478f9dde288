#include "adapterx/methods/method.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/methods/adapter_x/adapter_x.h"
#include "adapterx/methods/adaptformer.h"
#include "adapterx/methods/bitfit.h"
#include "adapterx/methods/dapt.h"
#include "adapterx/methods/full.h"
#include "adapterx/methods/layer_norm_tuning.h"
#include "adapterx/methods/linear_probe.h"
#include "adapterx/methods/lora.h"

namespace ax {

namespace {

MethodInfo row(std::string name, std::string summary, std::unique_ptr<Method> (*make)()) {
  return {std::move(name), std::move(summary), [make] { return MethodDraft{{}, make}; }};
}

// Its options start as `defaults`; `describe` lists them by their short names.
template <class Options>
MethodInfo row(std::string name, std::string summary, Options defaults,
               std::vector<Setting> (*describe)(Options&), std::unique_ptr<Method> (*make)(const Options&)) {
  const auto open = [=] {
    MethodDraft method = draft(defaults, describe, make);
    for (Setting& s : method.settings) s.name.insert(0, "method.");
    return method;
  };
  return {std::move(name), std::move(summary), open};
}

const MethodInfo* find_method(std::string_view name) {
  const auto found = std::ranges::find(methods(), name, &MethodInfo::name);
  return found == methods().end() ? nullptr : &*found;
}

}  // namespace

const std::vector<MethodInfo>& methods() {
  static const std::vector<MethodInfo> all = {
      row("linear_probe", "trains the head on frozen features", make_linear_probe),
      row("full", "trains every parameter", make_full),
      row("bitfit", "trains the biases (arXiv 2106.10199)", make_bitfit),
      row("layer_norm", "trains the LayerNorms", make_layer_norm_tuning),
      row("lora", "low-rank updates of queries and values (arXiv 2106.09685)", LoraOptions{}, lora_settings,
          make_lora),
      row("adaptformer", "a bottleneck adapter beside each FFN (arXiv 2205.13535)", AdaptFormerOptions{},
          adaptformer_settings, make_adaptformer),
      row("adaptformer_x", "Adapter-X beside each FFN: shared experts, prompts (arXiv 2406.03051)",
          adapter_x_options(AdapterPosition::parallel), adapter_x_settings, make_adapter_x),
      row("adapter_x", "Adapter-X after each FFN (arXiv 2406.03051)",
          adapter_x_options(AdapterPosition::sequential), adapter_x_settings, make_adapter_x),
      row("dapt", "for points: dynamic adapters, scales and shifts, prompts (arXiv 2403.01439)",
          DaptOptions{}, dapt_settings, make_dapt),
      row("dapt_x", "for points: Adapter-X of DAPT's adapters (arXiv 2406.03051)",
          adapter_x_options(AdapterPosition::dapt), adapter_x_settings, make_adapter_x),
  };
  return all;
}

MethodDraft draft_method(const std::string& name, const std::vector<std::string>& settings) {
  const MethodInfo* info = find_method(name);
  if (info == nullptr) {
    std::vector<std::string> names;
    for (const MethodInfo& known : methods()) names.push_back(known.name);
    fail("method `{}`: unknown; expected one of {}{}", name, fmt::join(names, ", "),
         did_you_mean(name, names));
  }
  MethodDraft method = info->draft();
  assign_all(method.settings, parse_key_values(settings), name);
  return method;
}

bool method_has(const std::string& name, std::string_view key) {
  const MethodInfo* info = find_method(name);
  return info != nullptr && find_setting(info->draft().settings, key) != nullptr;
}

std::unique_ptr<Method> make_method(const std::string& name, const std::vector<std::string>& settings) {
  const MethodDraft method = draft_method(name, settings);
  try {
    return method.make();
  } catch (const Error& error) {
    fail("{}: {}", name, error.what());
  }
}

}  // namespace ax
