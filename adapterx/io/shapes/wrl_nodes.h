// The nodes of a VRML 2.0 file, whatever they mean. Internal to read_wrl.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "adapterx/io/file_bytes.h"

namespace ax {

struct WrlNode;

// Values of one kind or the other; texts and words are passed over.
struct WrlField {
  std::string_view name;
  std::vector<double> numbers = {};
  std::vector<const WrlNode*> nodes = {};
};

struct WrlNode {
  std::string_view type;
  size_t place = 0;  // in the file
  std::vector<WrlField> fields = {};

  std::span<const double> numbers(std::string_view field) const;
  std::span<const WrlNode* const> nodes(std::string_view field) const;
};

struct WrlNodes {
  std::deque<WrlNode> all = {};
  std::vector<const WrlNode*> roots = {};
};

// A node shared by USE is there once; it can't be within itself. Throws Error naming file and line.
WrlNodes read_wrl_nodes(const FileBytes& file);

// Throws Error: "FILE:LINE: " and the text.
[[noreturn]] void fail_in_wrl(const FileBytes& file, size_t place, std::string_view text);

}  // namespace ax
