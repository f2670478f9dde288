// For tests of readers: bytes from text, and the text of the error that reading them gives.
#pragma once

#include <span>
#include <string_view>

#include "adapterx/base/error_text_test.h"

namespace ax {

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace ax
