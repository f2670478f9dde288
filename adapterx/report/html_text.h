// Text and numbers as the page shows them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "adapterx/report/run_data.h"

namespace ax {

// For content and for attributes in double quotes: & < > " ' become entities, control characters (but tab and
// line end) and bytes that are no UTF-8 become U+FFFD.
std::string escape(std::string_view text);

// At most `letters` code points, the last an ellipsis where something was cut. Not escaped.
std::string shorten(std::string_view text, size_t letters);

// The text with no-break spaces: a number (base/text_format.h) stays with its unit.
std::string unbroken(std::string_view text);

std::string samples_text(const RunFacts& facts);  // "images": RunFacts::samples, shortened and escaped
std::string class_name(const Confusion& confusion, int64_t index);  // shortened and escaped

// Whether it is a PNG file of less than 64 pixels a side: browsers should not smooth it.
bool is_tiny(std::span<const std::byte> image);

// "data:image/png;base64,..." of a PNG or JPEG file. Throws Error where it is neither.
std::string data_uri(const std::string& name, std::span<const std::byte> image);

}  // namespace ax
