// A progress line on standard error, for people: drawn over itself on a terminal, absent elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ax::cli {

class Progress {
 public:
  // `what`: the unit counted, "images".
  Progress(std::string what, int64_t total);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws, at most ten times a second and not within the first second.
  void update(int64_t done);
  // Removes the line, so that something else can be printed.
  void clear();

 private:
  std::string what_;
  int64_t total_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace ax::cli
