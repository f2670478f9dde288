// Precision: the element types of a compiled graph.
#pragma once

#include <string>

namespace ax {

// fp32: everything f32. bf16: frozen weights and activations bf16; statistics, softmax, logits, loss, trained
// parameters and their gradients f32. automatic: bf16 where the processor multiplies it natively (AMX or
// AVX512-BF16), else fp32.
enum class Precision { automatic, fp32, bf16 };

// Reads "auto", "fp32" or "bf16"; Error with the choices otherwise.
Precision parse_precision(const std::string& name);
std::string to_string(Precision p);
Precision resolve(Precision p);  // never automatic

}  // namespace ax
