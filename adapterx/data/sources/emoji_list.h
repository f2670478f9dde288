// Unicode's list of emoji (emoji-test.txt, UTS #51), for data sets: one emoji of each kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/file_bytes.h"

namespace ax {

struct Emoji {
  char32_t code = 0;
  std::string group = {}, subgroup = {};  // "Animals & Nature", "animal-bird"
  std::string name = {};                  // "baby chick"
};

// The emoji of one character (with or without a variation selector), in the list's order. Sequences are left
// out, and with them skin tones, flags of countries and most variants of people; so is what has no group.
// Throws Error with file and line on a line that is none of such a list's.
std::vector<Emoji> read_emoji_list(const FileBytes& file);

// The name without what tells variants of one picture apart: colours, sexes and ages, sizes, directions,
// phases, ordinals, currencies, the hour. "green book" and "blue book" are both "book".
std::string emoji_kind(std::string_view name);

}  // namespace ax
