#include "adapterx/train/non_finite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "adapterx/base/error.h"

namespace ax {

void fail_non_finite(std::string_view place, double loss, double penalty, const TrainedParameters& trained,
                     const Session& session, std::string_view input,
                     const std::vector<std::string>& outputs) {
  constexpr const char* kHint = "try a lower learning rate, a longer warm-up or gradient clipping";
  const auto report = [&](std::string_view name, std::span<const float> values) {
    const auto bad = std::ranges::find_if_not(values, [](float x) { return std::isfinite(x); });
    if (bad != values.end()) fail("{}: the loss is {}: {} holds {}; {}", place, loss, name, *bad, kHint);
  };
  for (const TrainedParameters::Entry& e : trained.entries()) report(e.name, trained.value(e).f32_span());
  report("the batch", session.input(input).f32_span());
  for (const std::string& name : outputs) report(fmt::format("`{}`", name), session.output(name).f32_span());
  fail("{}: the loss is {}, the method's penalty {}; {}", place, loss, penalty, kHint);
}

}  // namespace ax
