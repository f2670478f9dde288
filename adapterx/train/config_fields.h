// The keys of a TrainConfig as a list: reading, writing, comparing and listing go through it. Internal to
// config.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapterx/train/config.h"

namespace ax {

struct ConfigField {
  std::string name;  // "train.lr"
  std::variant<std::string*, int64_t*, uint64_t*, double*, bool*> value;
  std::string help;
  double least = -std::numeric_limits<double>::infinity();  // of numbers
  double most = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices = {};  // of texts; empty: any

  std::string_view section() const { return std::string_view(name).substr(0, name.find('.')); }
  std::string_view key() const { return std::string_view(name).substr(name.find('.') + 1); }
};

// Fields that point into `config`, in the order in which they are written.
std::vector<ConfigField> config_fields(TrainConfig& config);

// Reads a value from text. Throws Error starting with `where` on another type or out of range.
void assign(const ConfigField& field, const std::string& text, const std::string& where);

std::string text_of(const ConfigField& field);  // as TOML writes it

// `text` as TOML writes it: quoted.
std::string toml_quote(std::string_view text);
// The same, but without quotes where the text is a number or a boolean to TOML.
std::string toml_value(const std::string& text);

}  // namespace ax
