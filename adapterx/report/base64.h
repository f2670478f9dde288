// Base64 (RFC 4648, with padding): images within JSON and HTML.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ax {

std::string to_base64(std::span<const std::byte> bytes);

// Throws Error where the text is not base64: another letter, a length that is no multiple of 4.
std::vector<std::byte> from_base64(std::string_view text);

}  // namespace ax
