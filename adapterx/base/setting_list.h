// Lists of settings: finding one by its name, and the one reader of "key=value" texts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/setting.h"

namespace ax {

// By its full name, "train.lr", or by the last part, "lr", where the name asked for has no dot; null where
// there is none. Throws Error where settings of several sections are meant.
const Setting* find_setting(std::span<const Setting> settings, std::string_view name);

// "; did you mean `train.lr`?": a setting of this last part in whatever section, or else the nearest by full
// name or by last part; without a section where the name asked for has none. "" where nothing is near.
std::string did_you_mean_setting(std::string_view name, std::span<const Setting> settings);

struct KeyValue {
  std::string key, value;
};

// Cuts at the first "=". Throws Error, "setting `lr`: expected key=value", where there is none or no key.
KeyValue parse_key_value(std::string_view text, std::string_view what = "setting ",
                         std::string_view form = "key=value");
std::vector<KeyValue> parse_key_values(const std::vector<std::string>& texts);

// Assigns what is given, by names as find_setting takes them. Throws Error starting with "OWNER: " on what
// nothing has, with what there is and the nearest of it, on a setting that is given twice, and on values that
// assign refuses.
void assign_all(std::span<const Setting> settings, const std::vector<KeyValue>& given,
                std::string_view owner);

// Throws the Error of a key that the owner's settings don't have, with the nearest of them or else of
// `others`.
[[noreturn]] void fail_unknown(std::string_view owner, std::string_view key,
                               std::span<const Setting> settings, std::span<const Setting> others = {});

}  // namespace ax
