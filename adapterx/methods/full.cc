#include "adapterx/methods/full.h"

namespace ax {
namespace {

struct FullAdaptation : Adaptation {
  std::string_view trained_part(const BackboneParameter&) override { return "backbone"; }
};

struct Full : Method {
  std::unique_ptr<Adaptation> adapt() const override { return std::make_unique<FullAdaptation>(); }
  bool merges() const override { return true; }
};

}  // namespace

std::unique_ptr<Method> make_full() { return std::make_unique<Full>(); }

}  // namespace ax
