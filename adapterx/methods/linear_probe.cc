#include "adapterx/methods/linear_probe.h"

namespace ax {
namespace {

struct LinearProbe : Method {
  std::vector<std::string> trained() const override { return {"head*"}; }
};

}  // namespace

std::unique_ptr<Method> make_linear_probe() { return std::make_unique<LinearProbe>(); }

}  // namespace ax
