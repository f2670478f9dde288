// Method: a way to fine-tune. It fills slots of a backbone (slots/slots.h) and says which parameters are
// trained.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/methods/settings.h"
#include "adapterx/slots/slots.h"

namespace ax {

class Method : public Slots {
 public:
  // Selectors of the parameters trained (graph/trained_parameters.h): its own and the backbone's.
  virtual std::vector<std::string> trained() const = 0;

  // A scalar that training adds to the loss (a balance loss, already weighted), of the graph built last;
  // absent: none.
  virtual Value penalty() { return {}; }

  // What only reports read of the graph built last.
  struct Observed {
    std::string name;   // "blocks.3.expert": the expert chosen for each sub-token
    Value value;        // Role::index
    int64_t count = 0;  // its indices are below this
  };
  virtual std::vector<Observed> observed() { return {}; }
};

// The backbone as it is: nothing added, nothing trained.
struct Unadapted : Method {
  std::vector<std::string> trained() const override { return {}; }
};

struct MethodInfo {
  std::string name, summary;
  std::unique_ptr<Method> (*make)(Settings& settings);
};

// All methods, in the order in which they are listed to users.
const std::vector<MethodInfo>& methods();

// The settings a method has, with their defaults. Error on an unknown name.
std::vector<Settings::Known> method_settings(const std::string& name);

// Whether there is such a method and it has this setting, "rank" or, in full, "method.rank".
bool method_has(const std::string& name, std::string_view key);

// Error on an unknown name or setting, with the nearest one.
std::unique_ptr<Method> make_method(const std::string& name, Settings settings = {});

}  // namespace ax
