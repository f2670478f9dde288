// TOML with errors that name file and line. Internal to what reads configurations: it brings in toml++.
#pragma once

#include <toml++/toml.h>

#include <string>

#include "adapterx/base/error.h"

namespace ax {

// parse(): a table. What it throws of TOML becomes an Error that begins with `name` and the line.
template <class Parse>
toml::table parse_toml(const std::string& name, const Parse& parse) {
  try {
    return parse();
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    if (line == 0) fail("{}: {}", name, error.description());
    fail("{}:{}: {}", name, line, error.description());
  }
}

}  // namespace ax
