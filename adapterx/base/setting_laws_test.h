// What holds for every description of settings. For unit tests.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/setting.h"
#include "adapterx/base/setting_list.h"

namespace ax {

inline void expect_sentence(const std::string& text, const std::string& of) {
  EXPECT_TRUE(!text.empty() && std::isupper(static_cast<unsigned char>(text.front()))) << of << ": " << text;
  EXPECT_TRUE(text.ends_with('.') && !text.ends_with("..")) << of << ": " << text;
  EXPECT_NE(text.find(' '), std::string::npos) << of << ": " << text;
  EXPECT_EQ(text.find(". "), std::string::npos) << of << ": more than one sentence: " << text;
}

// What is taken is what is written, and is taken again.
inline void expect_takes(const Setting& s, const std::string& text) {
  EXPECT_EQ(error_text([&] { assign(s, text, s.name); }), "no error") << s.name << " " << text;
  const std::string written = text_of(s);
  assign(s, written, s.name);
  EXPECT_EQ(text_of(s), written) << s.name;
}

// Refused, with the setting's name, and unchanged.
inline void expect_refuses(const Setting& s, const std::string& text) {
  const std::string before = text_of(s);
  EXPECT_EQ(error_text([&] { assign(s, text, s.name); }).find(s.name + ": expected "), 0u)
      << s.name << " " << text;
  EXPECT_EQ(text_of(s), before) << s.name;
}

inline std::string number_like(const Setting& s, double value) {
  const bool integer = std::holds_alternative<int64_t*>(s.value);
  return integer ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

// Both ends are in the range, or not where it is open; what is beyond them is not.
inline void expect_ends(const Setting& s) {
  const Range& r = s.range;
  const auto at = [&](double end, bool open) {
    open ? expect_refuses(s, number_like(s, end)) : expect_takes(s, number_like(s, end));
  };
  if (std::isfinite(r.least)) {
    at(r.least, r.above);
    expect_refuses(s, number_like(s, r.least - 1));
  }
  if (std::isfinite(r.most)) {
    at(r.most, r.below);
    expect_refuses(s, number_like(s, r.most + 1));
  }
}

inline void expect_lawful(const Setting& s) {
  expect_sentence(s.help, s.name);
  const std::string start = text_of(s);
  expect_takes(s, start);
  EXPECT_EQ(text_of(s), start) << s.name;
  if (const auto* choice = std::get_if<Choice>(&s.value)) {
    for (const std::string& name : choice->names) {
      expect_takes(s, name);
      EXPECT_EQ(text_of(s), name) << s.name;
    }
    expect_refuses(s, "no such choice");
  } else if (std::holds_alternative<std::string*>(s.value)) {
    expect_takes(s, "a \"b\" = c");
    EXPECT_EQ(text_of(s), "a \"b\" = c");
  } else if (std::holds_alternative<bool*>(s.value)) {
    for (const char* flag : {"true", "false"}) {
      expect_takes(s, flag);
      EXPECT_EQ(text_of(s), flag) << s.name;
    }
    expect_refuses(s, "yes");
  } else {
    expect_ends(s);
    for (const auto& [name, value] : s.named) {
      expect_takes(s, name);
      EXPECT_EQ(text_of(s), name) << s.name;
    }
    for (const char* text : {"", "x", "1x", " 1", "nan", "inf", "1e999"}) expect_refuses(s, text);
  }
  assign(s, start, s.name);
}

// Each of a list; names are there once, and a mistyped one finds it.
inline void expect_lawful(std::span<const Setting> settings) {
  std::set<std::string> names;
  for (const Setting& s : settings) {
    EXPECT_TRUE(names.insert(s.name).second) << s.name;
    EXPECT_EQ(find_setting(settings, s.name), &s);
    EXPECT_NE(did_you_mean_setting(s.name + "x", settings), "") << s.name;
    expect_lawful(s);
  }
}

}  // namespace ax
