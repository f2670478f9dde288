// Graph: a static-shape description of a computation, built once by the op builders in graph/ops, then
// differentiated, rewritten and bound to memory by compile() (graph/compile.h).
//
//   Graph g;
//   Value x = g.input("images", {32, 197, 768});
//   Value w = g.parameter("fc.weight", {3072, 768});
//   Value y = gelu(linear(x, w));                       // shape errors throw here, naming op and operand
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/shape.h"
#include "adapterx/base/tensor.h"
#include "adapterx/graph/init.h"

namespace ax {

class Graph;
class Op;

// What a value is for, from which compile() derives its element type:
//   activation  f32, or bf16 at precision bf16
//   residual    the token stream that blocks add to: CompileOptions::residual at precision bf16, else f32
//   exact       f32 always: parameters, statistics, logits, losses, gradients of parameters
//   index       i32: labels
enum class Role : uint8_t { activation, residual, exact, index };

enum class ValueKind : uint8_t {
  input,      // filled by the caller before a step
  parameter,  // frozen or trained, decided at compile time
  gradient,   // of a trained parameter: nodes ADD to it
  computed,   // written by one node
};

// A handle to one value of a graph. Default-constructed: absent (for optional operands).
struct Value {
  Graph* graph = nullptr;
  int id = -1;

  explicit operator bool() const { return graph != nullptr; }
  bool operator==(const Value&) const = default;
  const Shape& shape() const;
  Role role() const;
};

// What becomes of a parameter in a training, as its owner declares it.
struct ParameterUse {
  std::string part = "backbone";  // the label under which it is counted: "adapter", "head" ...
  bool trained = false;           // else it stays frozen
  bool decays = true;             // trained with weight decay; biases, norms, tokens and positions are not
  bool relative = false;          // its learning rate is in proportion to its size at the start (Optimizer)
  bool operator==(const ParameterUse&) const = default;
};

struct ValueInfo {
  ValueKind kind = ValueKind::computed;
  Shape shape;
  Role role = Role::activation;
  std::string name;       // of inputs, parameters and (the parameter's) gradients; else empty
  Init init;              // of parameters
  bool buffer = false;    // a parameter which a step itself updates (Graph::buffer)
  ParameterUse use = {};  // of parameters that are no buffers
};

// Shape and role of one output, as an op's shape rule gives them.
struct OutputSpec {
  Shape shape;
  Role role = Role::activation;
};

struct Node {
  std::shared_ptr<const Op> op;
  std::vector<int> inputs;   // value ids; -1 for an absent optional operand
  std::vector<int> outputs;  // value ids; -1 where a pass found that nobody reads it
  std::string scope;         // "blocks.3.attn", for profiles and error texts
  bool backward = false;     // made by differentiation
};

class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  Value input(std::string name, const Shape& shape, Role role = Role::exact);
  // The same name twice gives the same value (a shared parameter); its shape and use must then agree.
  Value parameter(std::string name, const Shape& shape, Init init = Init::checkpoint(),
                  const ParameterUse& use = {});
  // A parameter which a training step itself updates, as batch norm its running statistics: its value lies
  // among the trained ones (TrainedParameters), but no gradient is asked of it. One name is either a buffer
  // or not.
  Value buffer(std::string name, const Shape& shape, Init init);
  // Appends a node; checks shapes by the op's rule; returns its outputs.
  std::vector<Value> append(std::shared_ptr<const Op> op, std::span<const Value> operands);
  Value append_one(std::shared_ptr<const Op> op, std::initializer_list<Value> operands);
  // Appends a node that adds to the gradient of parameter `parameter` (ValueKind::gradient).
  void append_sink(std::shared_ptr<const Op> op, std::span<const Value> operands, Value parameter);

  const ValueInfo& info(int id) const { return values_[static_cast<size_t>(id)]; }
  ValueInfo& info(int id) { return values_[static_cast<size_t>(id)]; }
  int value_count() const { return static_cast<int>(values_.size()); }
  const std::deque<Node>& nodes() const { return nodes_; }
  std::deque<Node>& nodes() { return nodes_; }
  Value value(int id) { return {this, id}; }
  // Every parameter's value id, buffers included, in order of first use.
  const std::vector<int>& parameters() const { return parameters_; }
  std::vector<std::string> parameter_names() const;
  int find(ValueKind kind, std::string_view name) const;  // -1 where there is none

  const std::string& scope() const { return scope_; }
  // A name within the present scope: "blocks.3" and "norm1.weight" give "blocks.3.norm1.weight".
  std::string scoped(std::string_view name) const;
  // For ops that draw random numbers: the place (base/rng.h) of a name in the present scope. Error when it
  // was given before: two draws would be the same.
  uint32_t claim_place(std::string_view name);
  bool draws() const { return !places_.empty(); }  // whether there are such ops
  // Error on the second call: compile() rewrites a graph, and differentiates it once.
  void claim_for_compilation();
  void set_backward(bool backward) { backward_ = backward; }

 private:
  friend class Scope;
  int add_value(ValueInfo info);
  Value declare(ValueInfo parameter);

  std::deque<ValueInfo> values_;
  std::deque<Node> nodes_;
  std::vector<int> parameters_;
  std::string scope_;
  std::set<std::string> places_;
  bool backward_ = false;
  bool compiled_ = false;
};

// Names the nodes built while it lives: Scope s(g, "blocks.3") and, within, Scope t(g, "attn").
class Scope {
 public:
  Scope(Graph& graph, std::string_view name);
  ~Scope() { graph_.scope_ = std::move(outer_); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Graph& graph_;
  std::string outer_;
};

}  // namespace ax
