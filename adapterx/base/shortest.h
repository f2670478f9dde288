// Floats as people write them.
#pragma once

namespace ax {

// The double that the shortest decimal number of a float is: 0.485, not 0.48500001430511475. For files of
// numbers that keep all digits of a double.
double shortest(float value);

}  // namespace ax
