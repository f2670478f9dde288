#include "adapterx/graph/session.h"

#include <chrono>
#include <cstring>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"

namespace ax {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Tensor named(const std::map<std::string, Tensor, std::less<>>& tensors, std::string_view kind,
             std::string_view name) {
  const auto found = tensors.find(name);
  if (found != tensors.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [n, tensor] : tensors) names.push_back(n);
  fail("session: no {} named `{}`{}", kind, name, did_you_mean(name, names));
}

}  // namespace

Tensor Session::input(std::string_view name) const { return named(inputs_, "input", name); }
Tensor Session::output(std::string_view name) const { return named(outputs_, "output", name); }

void Session::run(uint64_t seed, uint32_t step, float loss_scale) {
  const ThreadCount threads(threads_);  // scratch and the cut of work are planned for this many
  const StepState state{seed, step, loss_scale, scratch_.data()};
  for (Step& s : steps_) {
    const double start = profiling_ ? seconds_now() : 0;
    for (const Tensor& t : s.zeroed) std::memset(t.data, 0, t.bytes());
    s.kernel(state);
    if (profiling_) s.seconds += seconds_now() - start;
  }
}

void Session::set_profiling(bool on) {
  profiling_ = on;
  for (Step& s : steps_) s.seconds = 0;
}

double Session::flops() const {
  double sum = 0;
  for (const Step& s : steps_) sum += s.flops;
  return sum;
}

}  // namespace ax
