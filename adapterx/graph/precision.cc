#include "adapterx/graph/precision.h"

#include "adapterx/base/cpu.h"
#include "adapterx/base/error.h"

namespace ax {

Precision parse_precision(const std::string& name) {
  if (name == "auto") return Precision::automatic;
  if (name == "fp32") return Precision::fp32;
  if (name == "bf16") return Precision::bf16;
  fail("precision: expected auto, fp32 or bf16, got `{}`", name);
}

std::string to_string(Precision p) {
  return p == Precision::fp32 ? "fp32" : p == Precision::bf16 ? "bf16" : "auto";
}

Precision resolve(Precision p) {
  if (p != Precision::automatic) return p;
  return cpu_features().amx_bf16 || cpu_features().avx512_bf16 ? Precision::bf16 : Precision::fp32;
}

}  // namespace ax
