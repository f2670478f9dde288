// What the sections of images and of point clouds share: the experts of a sample's tokens in HTML, and what
// script needs to draw them anew.
#pragma once

#include <cstdint>
#include <string>

#include "adapterx/report/run_data.h"

namespace ax {

// The expert most sub-heads of a token chose; of equals the one of the lowest number. `choice`: [heads].
uint8_t majority(const ExpertChoices& choices, const uint8_t* choice);

// Tokens before the patches in a block, and the choices of the first patch after them.
size_t other_tokens(const ExpertChoices& choices, size_t block, int64_t patches);
const uint8_t* patch_choices(const ExpertChoices& choices, size_t block, int64_t patches);

// "block 12" and a square for each of its other tokens.
std::string block_state(const ExpertChoices& choices, size_t block, int64_t patches);

// Slider for the block, and buttons for the sub-head where there are several.
std::string choice_controls(size_t blocks, int64_t heads);

// Class, and what it was taken for, with the confidence.
std::string verdict(const ShownSample& shown, const Confusion& confusion);

// Array of the blocks' choices, each in base64.
std::string blocks_json(const ExpertChoices& choices);

}  // namespace ax
