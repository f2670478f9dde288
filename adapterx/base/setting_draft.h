// SettingDraft: something that is made of options (a method, a source of images), before it is made: its
// settings, bound to options that hold the defaults until they are assigned.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "adapterx/base/setting.h"

namespace ax {

template <class Made>
struct SettingDraft {
  std::vector<Setting> settings;
  std::function<Made()> make;  // of the options as they are then, which it keeps alive
};

// A draft of options that start as `defaults`, which `describe` lists.
template <class Options, class Made>
SettingDraft<Made> draft(Options defaults, std::vector<Setting> (*describe)(Options&),
                         Made (*make)(const Options&)) {
  const auto options = std::make_shared<Options>(std::move(defaults));
  return {describe(*options), [options, make] { return make(*options); }};
}

}  // namespace ax
