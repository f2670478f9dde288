// The TOML of a suite's file: tables in the order of the file, values as texts, errors with file and line.
// Internal to suite_config.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "adapterx/suite/suite_config.h"

namespace ax {

toml::table parse_toml_file(const std::filesystem::path& file);

// One "tasks.caltech101.data=photos/": sets the value, which is TOML where it can be read as such, else a
// text. Throws Error where a section on the way is not there.
void change_toml(toml::table& root, const std::string& change);

// What reads a file's tables: `file` begins the errors.
class TomlPlace {
 public:
  explicit TomlPlace(std::string file) : file_(std::move(file)) {}

  // "configs/transfer.toml:12"; of what was given on the command line "the command line".
  std::string where(const toml::node& node) const;

  std::string text(const std::string& name, const toml::node& node) const;  // a plain value, as a text
  std::vector<std::string> texts(const std::string& name, const toml::node& node) const;  // a list of them
  std::vector<uint64_t> seeds(const std::string& name, const toml::node& node) const;
  const toml::table& table(const std::string& name, const toml::node& node) const;

  // Entries in the order in which the file has them, those of the command line behind.
  static std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table);

  // Keys and values, those of tables within by their full names ("augment.flip"), which `skip` leaves out.
  SuiteSettings settings(const std::string& name, const toml::table& table,
                         const std::vector<std::string>& skip = {}) const;

 private:
  std::string file_;
};

}  // namespace ax
