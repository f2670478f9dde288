// What this processor can do, and what this process uses of the machine.
#pragma once

#include <cstddef>
#include <string>

namespace ax {

struct CpuFeatures {
  bool avx2 = false;         // with FMA
  bool avx512 = false;       // F, BW, DQ, VL
  bool avx512_bf16 = false;  // vdpbf16ps
  bool amx_bf16 = false;     // tiles, usable by this process
};

const CpuFeatures& cpu_features();  // asked once
std::string cpu_description();      // "AMD EPYC, 2 threads, avx512_bf16"
size_t peak_rss_bytes();            // highest resident memory of this process so far; 0 where unknown
size_t memory_bytes();              // of the machine; 0 where unknown

}  // namespace ax
