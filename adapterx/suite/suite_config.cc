#include "adapterx/suite/suite_config.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "adapterx/base/error.h"
#include "adapterx/suite/suite_settings.h"
#include "adapterx/suite/suite_toml.h"

namespace ax {
namespace {

template <class T>
std::vector<std::string> names_of(const std::vector<T>& items) {
  std::vector<std::string> names;
  for (const T& item : items) names.push_back(item.name);
  return names;
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : place_(file.string()), file_(file.string()) {}

  SuiteConfig read(const toml::table& root, bool with_tuned) {
    expect_keys("", root, {"suite", "common", "tasks", "methods", "ablations", "tune"});
    read_tasks(section(root, "tasks"));
    read_methods(section(root, "methods"));
    if (root.contains("ablations")) read_ablations(section(root, "ablations"));
    read_suite(section(root, "suite"), with_tuned);
    if (root.contains("common")) suite_.common = place_.settings("common", section(root, "common"));
    if (root.contains("tune")) read_tune(section(root, "tune"));
    check_settings(suite_);
    return std::move(suite_);
  }

 private:
  const toml::table& section(const toml::table& root, const char* name) const {
    const toml::node* node = root.get(name);
    if (node == nullptr) fail("{}: expected a section [{}], got none", file_, name);
    return place_.table(name, *node);
  }

  void expect_keys(const std::string& name, const toml::table& table,
                   const std::vector<std::string>& known) const {
    for (const auto& [key, node] : TomlPlace::in_order(table)) {
      if (std::ranges::count(known, key) > 0) continue;
      fail("{}: unknown {} `{}`{}; expected {}", place_.where(*node), node->is_table() ? "section" : "key",
           name.empty() ? key : name + "." + key, did_you_mean(key, known), fmt::join(known, ", "));
    }
  }

  void expect_name(const std::string& name, const char* what, const std::vector<std::string>& known,
                   const toml::node& node) const {
    if (std::ranges::count(known, name) > 0) return;
    fail("{}: unknown {} `{}`{}; expected one of {}", place_.where(node), what, name,
         did_you_mean(name, known), fmt::join(known, ", "));
  }

  // Names become folders.
  void expect_folder_name(const std::string& name, const toml::node& node) const {
    const auto plain = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
    };
    if (name == "tune") fail("{}: `tune`: that folder is for the trials of tuning", place_.where(node));
    if (name.empty() || !std::ranges::all_of(name, plain)) {
      fail("{}: `{}`: expected a name of letters, digits, _ and -", place_.where(node), name);
    }
  }

  void read_tasks(const toml::table& table) {
    for (const auto& [name, node] : TomlPlace::in_order(table)) {
      expect_folder_name(name, *node);
      const std::string full = "tasks." + name;
      suite_.tasks.push_back({name, place_.where(*node), place_.settings(full, place_.table(full, *node))});
    }
    if (suite_.tasks.empty()) fail("{}: expected a section [tasks.NAME], got none", file_);
  }

  SuiteMethod read_method(const std::string& kind, const std::string& name, const toml::node& node,
                          const std::vector<std::string>& own) {
    expect_folder_name(name, node);
    const std::string full = kind + "." + name;
    const toml::table& table = place_.table(full, node);
    std::vector<std::string> skip = own;
    skip.emplace_back("tasks");
    SuiteMethod method{name, name, "", place_.settings(full, table, skip), {}};
    if (const toml::node* tasks = table.get("tasks")) {
      for (const auto& [task, settings] : TomlPlace::in_order(place_.table(full + ".tasks", *tasks))) {
        expect_name(task, "task", names_of(suite_.tasks), *settings);
        const std::string path = full + ".tasks." + task;
        method.on_task[task] = place_.settings(path, place_.table(path, *settings));
      }
    }
    return method;
  }

  void read_methods(const toml::table& table) {
    for (const auto& [name, node] : TomlPlace::in_order(table)) {
      // `method.heads` makes a table of `method`, whose entries are settings.
      const toml::node* own = node->is_table() ? node->as_table()->get("method") : nullptr;
      const bool named = own != nullptr && !own->is_table();
      SuiteMethod method = read_method(
          "methods", name, *node, named ? std::vector<std::string>{"method"} : std::vector<std::string>{});
      if (named) method.method = place_.text("methods." + name + ".method", *own);
      expect_name(method.method, "method", suite_method_names(), *node);
      suite_.methods.push_back(std::move(method));
    }
    if (suite_.methods.empty()) fail("{}: expected a section [methods.NAME], got none", file_);
  }

  void read_ablations(const toml::table& table) {
    for (const auto& [name, node] : TomlPlace::in_order(table)) {
      SuiteMethod method = read_method("ablations", name, *node, {"base"});
      const toml::node* base = node->as_table()->get("base");
      if (base == nullptr) fail("{}: ablations.{}: expected a base, got none", place_.where(*node), name);
      method.base = place_.text("ablations." + name + ".base", *base);
      expect_name(method.base, "method", names_of(suite_.methods), *base);
      if (std::ranges::count(names_of(suite_.methods), name) > 0) {
        fail("{}: ablations.{}: a method has this name", place_.where(*node), name);
      }
      const auto found = std::ranges::find(suite_.methods, method.base, &SuiteMethod::name);
      method.method = found->method;
      suite_.ablations.push_back(std::move(method));
    }
  }

  void read_suite(const toml::table& table, bool with_tuned) {
    expect_keys("suite", table, {"weights", "seeds", "reference", "tuned", "ablation_seeds"});
    const auto text = [&](const char* key) {
      const toml::node* node = table.get(key);
      return node ? place_.text(std::string("suite.") + key, *node) : "";
    };
    const auto seeds = [&](const char* key, std::vector<uint64_t> otherwise) {
      const toml::node* node = table.get(key);
      return node ? place_.seeds(std::string("suite.") + key, *node) : std::move(otherwise);
    };
    suite_.weights = text("weights");
    suite_.seeds = seeds("seeds", {0});
    suite_.ablation_seeds = seeds("ablation_seeds", suite_.seeds);
    suite_.reference = text("reference");
    if (!suite_.reference.empty()) {
      expect_name(suite_.reference, "method", names_of(suite_.methods), *table.get("reference"));
    }
    if (with_tuned && !text("tuned").empty()) read_tuned(text("tuned"));
  }

  void read_tuned(const std::string& file) {
    const toml::table root = parse_toml_file(file);
    Reader tuned(file);
    tuned.suite_.tasks = suite_.tasks;
    tuned.expect_keys("", root, {"methods"});
    for (const auto& [name, node] : TomlPlace::in_order(tuned.section(root, "methods"))) {
      tuned.expect_name(name, "method", names_of(suite_.methods), *node);
      SuiteMethod given = tuned.read_method("methods", name, *node, {});
      if (!given.settings.empty()) {
        fail("{}: methods.{}: expected sections [methods.{}.tasks.TASK] alone, got `{}`",
             given.settings[0].where, name, name, given.settings[0].key);
      }
      const auto method = std::ranges::find(suite_.methods, name, &SuiteMethod::name);
      for (auto& [task, settings] : given.on_task) {
        SuiteSettings& all = method->on_task[task];
        all.insert(all.end(), settings.begin(), settings.end());
      }
    }
  }

  void read_tune(const toml::table& table) {
    std::vector<std::string> known = names_of(suite_.methods);
    known.emplace_back("seeds");
    expect_keys("tune", table, known);
    if (const toml::node* node = table.get("seeds")) suite_.tune_seeds = place_.seeds("tune.seeds", *node);
    for (const auto& [name, node] : TomlPlace::in_order(table)) {
      if (name == "seeds") continue;
      TuningGrid grid{name, {}};
      for (const auto& [key, values] : TomlPlace::in_order(place_.table("tune." + name, *node))) {
        grid.axes.push_back({key, place_.texts("tune." + name + "." + key, *values), place_.where(*values)});
      }
      if (!suite_.grids.empty() && grid.trials() != suite_.grids[0].trials()) {
        fail(
            "{}: tune.{}: expected {} trials, as for {}, got {}: each method is to be tuned with the same "
            "care",
            place_.where(*node), name, suite_.grids[0].trials(), suite_.grids[0].method, grid.trials());
      }
      suite_.grids.push_back(std::move(grid));
    }
    if (suite_.tune_seeds.empty()) suite_.tune_seeds = {1000};
  }

  TomlPlace place_;
  std::string file_;
  SuiteConfig suite_;
};

}  // namespace

size_t TuningGrid::trials() const {
  size_t product = 1;
  for (const Axis& axis : axes) product *= axis.values.size();
  return product;
}

SuiteConfig read_suite(const std::filesystem::path& file, const std::vector<std::string>& changes,
                       bool with_tuned) {
  toml::table root = parse_toml_file(file);
  for (const std::string& change : changes) change_toml(root, change);
  return Reader(file).read(root, with_tuned);
}

}  // namespace ax
