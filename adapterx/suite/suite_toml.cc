#include "adapterx/suite/suite_toml.h"

#include <algorithm>
#include <charconv>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/train/parse_toml.h"

namespace ax {
namespace {

std::vector<std::string> names_in(const toml::table& table) {
  std::vector<std::string> names;
  for (const auto& [key, node] : table) names.emplace_back(key.str());
  return names;
}

bool from_command_line(const toml::node& node) { return node.source().path == nullptr; }

void insert_value(toml::table& table, const std::string& key, const std::string& value) {
  try {
    toml::table parsed = toml::parse("value = " + value);
    if (parsed.size() == 1) {
      parsed.begin()->second.visit([&](auto& node) { table.insert_or_assign(key, std::move(node)); });
      return;
    }
  } catch (const toml::parse_error&) {
  }
  table.insert_or_assign(key, value);
}

}  // namespace

toml::table parse_toml_file(const std::filesystem::path& file) {
  return parse_toml(file.string(), [&] { return toml::parse_file(file.string()); });
}

void change_toml(toml::table& root, const std::string& change) {
  const KeyValue pair = parse_key_value(change, "", "SECTION.KEY=VALUE");
  std::string rest = pair.key;
  toml::table* table = &root;
  for (size_t dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
    const std::string name = rest.substr(0, dot);
    toml::node* node = table->get(name);
    if (node == nullptr || !node->is_table()) {
      fail("`{}`: no section `{}`{}", change, name, did_you_mean(name, names_in(*table)));
    }
    table = node->as_table();
    rest = rest.substr(dot + 1);
  }
  if (table == &root) fail("`{}`: expected SECTION.KEY=VALUE, as tasks.NAME.data=PATH", change);
  insert_value(*table, rest, pair.value);
}

std::string TomlPlace::where(const toml::node& node) const {
  return from_command_line(node) ? "the command line" : fmt::format("{}:{}", file_, node.source().begin.line);
}

std::string TomlPlace::text(const std::string& name, const toml::node& node) const {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  fail("{}: {}: expected a text, a number, true or false", where(node), name);
}

std::vector<std::string> TomlPlace::texts(const std::string& name, const toml::node& node) const {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->empty()) fail("{}: {}: expected a list of values", where(node), name);
  std::vector<std::string> all;
  for (const toml::node& item : *list) all.push_back(text(name, item));
  for (size_t i = 0; i < all.size(); ++i) {
    if (std::find(all.begin(), all.begin() + static_cast<int64_t>(i), all[i]) !=
        all.begin() + static_cast<int64_t>(i)) {
      fail("{}: {}: {} is there twice", where(node), name, all[i]);
    }
  }
  return all;
}

std::vector<uint64_t> TomlPlace::seeds(const std::string& name, const toml::node& node) const {
  std::vector<uint64_t> seeds;
  for (const std::string& text : texts(name, node)) {
    uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail("{}: {}: expected whole numbers from 0, got {}", where(node), name, text);
    }
    seeds.push_back(seed);
  }
  return seeds;
}

const toml::table& TomlPlace::table(const std::string& name, const toml::node& node) const {
  if (!node.is_table()) fail("{}: {}: expected a section [{}]", where(node), name, name);
  return *node.as_table();
}

std::vector<std::pair<std::string, const toml::node*>> TomlPlace::in_order(const toml::table& table) {
  struct Entry {
    toml::source_position at;
    std::string name;
    const toml::node* node;
  };
  std::vector<Entry> entries;
  for (const auto& [key, node] : table) {
    entries.push_back({key.source().begin, std::string(key.str()), &node});
  }
  const auto place = [](const Entry& e) { return std::pair(from_command_line(*e.node), e.at); };
  std::ranges::stable_sort(entries, {}, place);
  std::vector<std::pair<std::string, const toml::node*>> ordered;
  for (Entry& e : entries) ordered.emplace_back(std::move(e.name), e.node);
  return ordered;
}

SuiteSettings TomlPlace::settings(const std::string& name, const toml::table& table,
                                  const std::vector<std::string>& skip) const {
  SuiteSettings all;
  for (const auto& [key, node] : in_order(table)) {
    if (std::ranges::count(skip, key) > 0) continue;
    if (!node->is_table()) {
      all.push_back({key, text(name + "." + key, *node), where(*node), from_command_line(*node)});
      continue;
    }
    for (SuiteSetting& s : settings(name + "." + key, *node->as_table())) {
      s.key.insert(0, key + ".");
      all.push_back(std::move(s));
    }
  }
  return all;
}

}  // namespace ax
