// Method: a way to fine-tune. It is immutable, and can be built into several graphs: for each one it makes an
// Adaptation, which fills the slots of the backbone (slots/slots.h) while the graph is built.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/setting_draft.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/slots/slots.h"

namespace ax {

enum class ObservedKind : uint8_t {
  expert_choice,  // experts chosen for each sub-token, best first: indices [B, T, heads, top_k]
};

// What only reports read of a graph.
struct Observed {
  ObservedKind kind = ObservedKind::expert_choice;
  int block = 0;
  int64_t count = 0;  // indices are below this
  Value value;        // Role::index
};

// A factor of a branch that is measured once, before training: how large the stream is beside what the branch
// reads of it. `buffer` (Graph::buffer, [1]) is set to rms(stream) / rms(input).
struct StreamScale {
  std::string buffer;
  Value stream, input;
};

// A method within one graph. What it adds to the graph it declares by Part (slots/part.h), and of the
// backbone it trains what Slots::trained_part says.
class Adaptation : public Slots {
 public:
  // A scalar that training adds to the loss (a balance loss, already weighted); absent: none. Both are asked
  // when the graph's backbone is built.
  virtual Value penalty() { return {}; }
  virtual std::vector<Observed> observed() { return {}; }
  virtual std::vector<StreamScale> stream_scales() { return {}; }
};

class Method {
 public:
  virtual ~Method() = default;
  // For one graph, which may outlive the method.
  virtual std::unique_ptr<Adaptation> adapt() const = 0;

  // Whether a backbone that can add positions before every block is to add them once, at the input: the
  // method lengthens the token list by prompts, which have no positions.
  virtual bool positions_once() const { return false; }

  // Whether a plain backbone can compute, by other weights, what the adapted one does.
  virtual bool merges() const { return false; }
  // Makes of `values`, those of the backbone's parameter `name`, as trained where it is, the plain
  // backbone's. `source` holds what the method added.
  virtual void merge(std::string_view /*name*/, const Shape& /*shape*/, const WeightSource& /*source*/,
                     std::span<float> /*values*/) const {}
};

// The backbone as it is: nothing added, nothing of it trained.
struct Unadapted : Method {
  std::unique_ptr<Adaptation> adapt() const override { return std::make_unique<Adaptation>(); }
  bool merges() const override { return true; }
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
