#include "adapterx/data/sources/glyph_characters.h"

#include <algorithm>
#include <set>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/io/files_below.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHint =
    "install fonts (tools/setup.sh glyph-fonts, or apt-get install fonts-dejavu-core fonts-noto-core)";

bool is_font_name(const fs::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".ttf" || extension == ".otf" || extension == ".ttc" || extension == ".pfb";
}

// Of each candidate the outline in this font, or nothing.
using FontOutlines = std::vector<std::optional<GlyphOutline>>;

FontOutlines outlines_of(const fs::path& file) {
  FontOutlines outlines;
  try {
    const Font font(file);
    for (const char32_t code : glyph_candidates()) outlines.push_back(font.outline(code));
  } catch (const Error&) {
    outlines.clear();
  }
  outlines.resize(glyph_candidates().size());
  return outlines;
}

std::vector<FontOutlines> read_fonts(const std::vector<fs::path>& files) {
  std::vector<FontOutlines> fonts(files.size());
  parallel_ranges(std::ssize(files), 1, [&](int64_t begin, int64_t end, int) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      fonts[i] = outlines_of(files[i]);
    }
  });
  return fonts;
}

// Empty where too few fonts hold the candidate.
std::vector<GlyphOutline> collect(std::vector<FontOutlines>& fonts, size_t candidate, int64_t least_fonts) {
  int64_t holding = 0;
  std::set<GlyphOutline> distinct;
  for (FontOutlines& font : fonts) {
    if (!font[candidate]) continue;
    ++holding;
    distinct.insert(std::move(*font[candidate]));
  }
  if (holding < least_fonts) return {};
  return {distinct.begin(), distinct.end()};
}

}  // namespace

std::string GlyphCharacter::name() const {
  const auto low = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  std::string text = fmt::format("U+{:04X} ", static_cast<uint32_t>(code));
  if (code < 0x80) return text + static_cast<char>(code);
  if (code < 0x800) return text + static_cast<char>(0xC0 | (code >> 6)) + low(code);
  return text + static_cast<char>(0xE0 | (code >> 12)) + low(code >> 6) + low(code);
}

std::vector<GlyphCharacter> read_glyph_characters(const fs::path& folder, int64_t count,
                                                  int64_t least_fonts) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    fail("glyphs: expected a folder of fonts, got {}, which is none; {}", folder.string(), kHint);
  }
  const std::vector<fs::path> files = files_below(folder, is_font_name);
  std::vector<FontOutlines> fonts = read_fonts(files);
  std::vector<GlyphCharacter> characters;
  for (size_t i = 0; i < glyph_candidates().size() && std::ssize(characters) < count; ++i) {
    std::vector<GlyphOutline> outlines = collect(fonts, i, least_fonts);
    if (!outlines.empty()) characters.push_back({glyph_candidates()[i], std::move(outlines)});
  }
  if (std::ssize(characters) < count) {
    fail(
        "glyphs: expected {} characters that {} fonts hold, got {} in the {} font files below {}; {}, or ask "
        "for fewer classes",
        count, least_fonts, characters.size(), files.size(), folder.string(), kHint);
  }
  return characters;
}

}  // namespace ax
