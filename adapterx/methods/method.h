// Method: a way to fine-tune. It fills slots of a backbone (graph/slots.h) and says which parameters are
// trained.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/graph/slots.h"
#include "adapterx/methods/settings.h"

namespace ax {

class Method : public Slots {
 public:
  // Selectors of the parameters trained (graph/trained_parameters.h): its own and the backbone's.
  virtual std::vector<std::string> trained() const = 0;
};

// The backbone as it is: nothing added, nothing trained.
struct Backbone : Method {
  std::vector<std::string> trained() const override { return {}; }
};

struct MethodInfo {
  std::string name, summary;
  std::unique_ptr<Method> (*make)(Settings& settings);
};

// All methods, in the order in which they are listed to users.
const std::vector<MethodInfo>& methods();

// Error on an unknown name or setting, with the nearest one.
std::unique_ptr<Method> make_method(const std::string& name, Settings settings = {});

}  // namespace ax
