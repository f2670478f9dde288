// For tests of Adapter-X as the paper has it, at the sizes that its budget allows (docs/method.md): what of
// this the defaults change.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace ax::testing {

// `settings`, and those of the paper's reading of adaptformer_x and adapter_x that they don't give.
inline std::vector<std::string> paper_settings(std::vector<std::string> settings = {}) {
  for (const std::string paper : {"experts=8", "heads=0", "rank=32", "top_k=1", "relative_gate=false",
                                  "stream_scale=false", "relative_rates=false", "prompts=true"}) {
    const std::string key = paper.substr(0, paper.find('=') + 1);
    if (std::ranges::none_of(settings, [&](const auto& s) { return s.starts_with(key); })) {
      settings.push_back(paper);
    }
  }
  return settings;
}

}  // namespace ax::testing
