#include "adapterx/base/cpu.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>

#include "adapterx/base/parallel.h"

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

namespace ax {
namespace {

#if defined(__x86_64__)
// Linux hands out the AMX tile state on request only (arch_prctl ARCH_REQ_XCOMP_PERM, XFEATURE 18).
bool request_amx() {
#if defined(__linux__)
  return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
  return false;
#endif
}
#endif

CpuFeatures detect() {
  CpuFeatures f;
#if defined(__x86_64__)
  f.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  f.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (f.avx512 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) f.avx512_bf16 = (a >> 5) & 1u;
  if (f.avx512 && __get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    f.amx_bf16 = ((d >> 22) & 1u) && ((d >> 24) & 1u) && request_amx();
  }
#endif
  return f;
}

std::string model_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(": ") + 2);
  }
  return "unknown processor";
}

}  // namespace

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = detect();
  return features;
}

std::string cpu_description() {
  const CpuFeatures& f = cpu_features();
  const char* best = f.amx_bf16      ? "amx_bf16"
                     : f.avx512_bf16 ? "avx512_bf16"
                     : f.avx512      ? "avx512"
                     : f.avx2        ? "avx2"
                                     : "baseline";
  return fmt::format("{}, {} threads, {}", model_name(), thread_count(), best);
}

size_t memory_bytes() {
  const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<size_t>(pages) * static_cast<size_t>(size) : 0;
}

size_t peak_rss_bytes() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
#if defined(__APPLE__)
  return static_cast<size_t>(usage.ru_maxrss);
#else
  return static_cast<size_t>(usage.ru_maxrss) * 1024;
#endif
}

}  // namespace ax
