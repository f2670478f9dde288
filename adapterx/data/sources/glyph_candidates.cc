#include <algorithm>
#include <utility>

#include "adapterx/data/sources/glyph_characters.h"

namespace ax {
namespace {

constexpr std::u32string_view kLetters =
    U"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abdefghijmnrty"
    U"ΓΔΘΛΞΠΣΦΨΩαβγδεζηθλμξπσφχψω"
    U"БДЖЗИЙЛЦЧШЩЪЫЭЮЯбЂЉЊЄҐѢѪ"
    U"&@#$%€£¥§¶©®‡?!+×÷=≠≤±∞√∑∫∂◊~{[(<*→↔♠♣♥♦♪♂♀☺☼";

// Consonants, mostly, of a script that doesn't join its letters, or their isolated forms.
constexpr std::pair<char32_t, char32_t> kScripts[] = {
    {0x0531, 0x0556},  // Armenian, capitals
    {0x0561, 0x0586},  // Armenian
    {0x10D0, 0x10F0},  // Georgian
    {0x05D0, 0x05EA},  // Hebrew
    {0x0627, 0x064A},  // Arabic
    {0x3042, 0x3093},  // Hiragana
    {0x30A2, 0x30F3},  // Katakana
    {0x0905, 0x0939},  // Devanagari
    {0x0985, 0x09B9},  // Bengali
    {0x0A85, 0x0AB9},  // Gujarati
    {0x0B85, 0x0BB9},  // Tamil
    {0x0C85, 0x0CB9},  // Kannada
    {0x0D05, 0x0D39},  // Malayalam
    {0x0D85, 0x0DC6},  // Sinhala
    {0x0E01, 0x0E2E},  // Thai
    {0x0E81, 0x0EAE},  // Lao
    {0x1000, 0x1020},  // Myanmar
    {0x1780, 0x17A2},  // Khmer
    {0x13A0, 0x13F4},  // Cherokee
    {0x1401, 0x1450},  // Canadian syllables
    {0x2C00, 0x2C2E},  // Glagolitic
    {0x2D30, 0x2D66},  // Tifinagh
};

// Kana in which a letter is the one before with marks of voice: the two rows there, か to ぢ and つ to ぽ.
bool is_voiced_kana(char32_t code) {
  const char32_t hiragana = code >= 0x30A1 ? code - 0x60 : code;
  if (hiragana < 0x3041 || hiragana > 0x3096) return false;
  if (hiragana <= 0x304A || (hiragana >= 0x3083 && hiragana <= 0x3088))
    return hiragana % 2 == 1;  // small ones
  if (hiragana >= 0x304B && hiragana <= 0x3062) return hiragana % 2 == 0;
  if (hiragana == 0x3063 || hiragana == 0x308E) return true;
  if (hiragana >= 0x3064 && hiragana <= 0x3069) return hiragana % 2 == 1;
  return hiragana >= 0x306F && hiragana <= 0x307D && (hiragana - 0x306F) % 3 != 0;
}

std::u32string all_candidates() {
  std::u32string all(kLetters);
  for (const auto& [first, last] : kScripts) {
    for (char32_t code = first; code <= last; ++code) {
      if (!is_voiced_kana(code)) all += code;
    }
  }
  return all;
}

}  // namespace

const std::u32string& glyph_candidates() {
  static const std::u32string candidates = all_candidates();
  return candidates;
}

}  // namespace ax
