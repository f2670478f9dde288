#include "cli/wait_policy.h"

#include <unistd.h>

#include <cstdlib>

namespace ax::cli {

void use_passive_waiting(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  if (::setenv("OMP_WAIT_POLICY", "passive", 0) == 0) ::execv("/proc/self/exe", argv);
}

}  // namespace ax::cli
