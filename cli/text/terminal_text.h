// Text for a terminal: escaped, measured and cut to its width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ax::cli {

// The text with everything escaped that could steer a terminal or hide: control characters, marks of writing
// direction, characters without a glyph, bytes that are not UTF-8. Names in files can hold any of these.
std::string printable(std::string_view text);

// The terminal columns that printable text takes: two for wide East Asian letters, none for combining marks.
size_t columns_of(std::string_view text);

// Printable text of at most `columns` columns; what was cut off shows as "...".
std::string cut(std::string_view text, size_t columns);

// Words set in lines of at most `width` columns (longer words stay whole); all lines but the first start with
// `indent` spaces, and the first begins at that column, too.
std::string wrap(std::string_view text, size_t width, size_t indent);

// Columns of the terminal behind a file descriptor, or of none.
std::optional<size_t> terminal_columns(int fd);

// Columns of standard output: $COLUMNS where it is set, else the terminal's, else (a pipe or a file) no
// limit.
size_t output_width();

}  // namespace ax::cli
