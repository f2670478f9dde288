#include <toml++/toml.h>

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/train/config_settings.h"
#include "adapterx/train/parse_toml.h"

namespace ax {
namespace {

class Reader {
 public:
  Reader(std::string file, TrainConfig& config)
      : file_(std::move(file)), config_(config), settings_(config_settings(config)) {}

  void read(const toml::table& root) {
    for (const auto& [section, node] : root) {
      const toml::table* table = node.as_table();
      const std::vector<std::string> sections = {"model", "data", "method", "pretrain", "train", "augment"};
      const std::string name(section.str());
      if (std::ranges::count(sections, name) == 0) {
        fail("{}: unknown {} `{}`{}; expected [model], [data], [method], [pretrain], [train] and [augment]",
             where(section.source()), table ? "section" : "key", name, did_you_mean(name, sections));
      }
      if (table == nullptr) fail("{}: {}: expected a section [{}]", where(section.source()), name, name);
      for (const auto& [key, value] : *table) read_key(name, key, value);
    }
  }

 private:
  std::string where(const toml::source_region& source) const {
    return fmt::format("{}:{}", file_, source.begin.line);
  }

  void read_key(const std::string& section, const toml::key& key, const toml::node& node) {
    const std::string name = section + "." + std::string(key.str());
    const std::string at = fmt::format("{}: {}", where(key.source()), name);
    if (const Setting* found = find_setting(settings_, name)) {
      const bool quoted = is_text(*found);
      if (quoted != node.is_string()) fail("{}: expected {}", at, quoted ? "a text in quotes" : "no quotes");
      assign(*found, text_of_node(node, at), at);
    } else if (section == "method") {
      override_config(name + "=" + text_of_node(node, at), config_);
    } else {
      fail("{}: unknown key{}", at, did_you_mean_key(name, config_));
    }
  }

  static std::string text_of_node(const toml::node& node, const std::string& at) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
    if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    fail("{}: expected a text, a number, true or false", at);
  }

  std::string file_;
  TrainConfig& config_;
  std::vector<Setting> settings_;
};

}  // namespace

void read_config(const std::filesystem::path& file, TrainConfig& config) {
  const std::string name = file.string();
  Reader(name, config).read(parse_toml(name, [&] { return toml::parse_file(name); }));
}

void read_config_text(const std::string& name, const std::string& text, TrainConfig& config) {
  Reader(name, config).read(parse_toml(name, [&] { return toml::parse(text); }));
}

}  // namespace ax
