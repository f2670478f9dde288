// The entry of libFuzzer, for the target that the build names.
#include <cstdint>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ax::fuzz::AX_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
  return 0;
}
