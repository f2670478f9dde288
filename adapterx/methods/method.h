// Method: a way to fine-tune. It fills slots of a backbone (slots/slots.h) and says which parameters are
// trained.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/setting_draft.h"
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
struct Backbone : Method {
  std::vector<std::string> trained() const override { return {}; }
};

// A method before it is made: its settings, "method.rank", with their defaults.
using MethodDraft = SettingDraft<std::unique_ptr<Method>>;

struct MethodInfo {
  std::string name, summary;
  std::function<MethodDraft()> draft;
};

// All methods, in the order in which they are listed to users.
const std::vector<MethodInfo>& methods();

// The draft of a method, to which the settings given are assigned: "rank=8" or, in full, "method.rank=8".
// Error on an unknown name or setting, with the nearest one, and on a value that can't be.
MethodDraft draft_method(const std::string& name, const std::vector<std::string>& settings = {});

// Whether there is such a method and it has this setting, "rank" or "method.rank".
bool method_has(const std::string& name, std::string_view key);

// Made of the draft. Error, besides, on settings that contradict each other.
std::unique_ptr<Method> make_method(const std::string& name, const std::vector<std::string>& settings = {});

}  // namespace ax
