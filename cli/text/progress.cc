#include "cli/text/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "adapterx/base/text_format.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

std::string bar(double fraction) {
  constexpr int kCells = 20;
  const int full = static_cast<int>(fraction * kCells);
  return std::string(static_cast<size_t>(full), '=') + std::string(static_cast<size_t>(kCells - full), ' ');
}

}  // namespace

Progress::Progress(std::string what, int64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      last_(start_) {}

void Progress::update(int64_t done) {
  if (!terminal_ || total_ < 1 || seconds_since(start_) < 1 || seconds_since(last_) < 0.1) return;
  last_ = Clock::now();
  const double rate = static_cast<double>(done) / seconds_since(start_);
  const double left = rate > 0 ? static_cast<double>(total_ - done) / rate : 0;
  const double fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
  std::string line = fmt::format("[{}] {}/{} {}  {:.1f}/s  {} left", bar(fraction), done, total_, what_, rate,
                                 duration_text(left));
  line.resize(std::min(line.size(), terminal_columns(STDERR_FILENO).value_or(80) - 1));
  std::fputs(fmt::format("\r{}\x1b[K", line).c_str(), stderr);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace ax::cli
