#include "adapterx/graph/graph.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/base/rng.h"
#include "adapterx/graph/op.h"

namespace ax {

const Shape& Value::shape() const { return graph->info(id).shape; }
Role Value::role() const { return graph->info(id).role; }

int Graph::add_value(ValueInfo info) {
  values_.push_back(std::move(info));
  return value_count() - 1;
}

namespace {

void expect_elements(std::string_view name, const Shape& shape) {
  if (shape.size() == 0) fail("{}: {}: every extent must be 1 or more", name, to_string(shape));
}

// "as part of `adapter`, trained without weight decay".
std::string text(const ParameterUse& use) {
  const char* how = !use.trained ? "frozen" : use.decays ? "trained" : "trained without weight decay";
  return fmt::format("as part of `{}`, {}", use.part, how);
}

}  // namespace

Value Graph::input(std::string name, const Shape& shape, Role role) {
  expect_elements(name, shape);
  if (find(ValueKind::input, name) >= 0) fail("graph: two inputs named `{}`", name);
  return {this, add_value({ValueKind::input, shape, role, std::move(name), {}})};
}

Value Graph::parameter(std::string name, const Shape& shape, Init init, const ParameterUse& use) {
  return declare({ValueKind::parameter, shape, Role::exact, std::move(name), init, false, use});
}

Value Graph::buffer(std::string name, const Shape& shape, Init init) {
  return declare({ValueKind::parameter, shape, Role::exact, std::move(name), init, true, {}});
}

Value Graph::declare(ValueInfo p) {
  expect_elements(p.name, p.shape);
  const int id = find(ValueKind::parameter, p.name);
  if (id >= 0) {
    const ValueInfo& known = info(id);
    if (known.shape != p.shape) {
      fail("parameter {}: declared {}, then {}", p.name, to_string(known.shape), to_string(p.shape));
    }
    if (known.buffer != p.buffer) {
      fail("parameter {}: declared as a buffer and as none; expected one of them", p.name);
    }
    if (known.use != p.use) fail("parameter {}: declared {}, then {}", p.name, text(known.use), text(p.use));
    return {this, id};
  }
  parameters_.push_back(add_value(std::move(p)));
  return {this, parameters_.back()};
}

std::vector<Value> Graph::append(std::shared_ptr<const Op> op, std::span<const Value> operands) {
  Node node{std::move(op), {}, {}, scope_, backward_};
  std::vector<OperandSpec> specs;
  for (const Value& v : operands) {
    if (v && v.graph != this) fail("{}: {}: an operand belongs to another graph", scope_, node.op->name());
    node.inputs.push_back(v ? v.id : -1);
    specs.push_back(v ? OperandSpec{true, v.shape(), v.role()} : OperandSpec{});
  }
  const ShapeContext context(*node.op, scope_, specs);
  std::vector<Value> results;
  for (OutputSpec& spec : node.op->infer(context)) {
    expect_elements(scoped(node.op->name()), spec.shape);
    results.push_back({this, add_value({ValueKind::computed, spec.shape, spec.role, {}, {}})});
    node.outputs.push_back(results.back().id);
  }
  nodes_.push_back(std::move(node));
  return results;
}

Value Graph::append_one(std::shared_ptr<const Op> op, std::initializer_list<Value> operands) {
  return append(std::move(op), std::span(operands.begin(), operands.size()))[0];
}

void Graph::append_sink(std::shared_ptr<const Op> op, std::span<const Value> operands, Value parameter) {
  const ValueInfo& p = info(parameter.id);
  int gradient = find(ValueKind::gradient, p.name);
  if (gradient < 0) gradient = add_value({ValueKind::gradient, p.shape, Role::exact, p.name, {}});
  Node node{std::move(op), {}, {gradient}, scope_, backward_};
  for (const Value& v : operands) node.inputs.push_back(v ? v.id : -1);
  nodes_.push_back(std::move(node));
}

std::vector<std::string> Graph::parameter_names() const {
  std::vector<std::string> names;
  for (const int id : parameters_) names.push_back(info(id).name);
  return names;
}

int Graph::find(ValueKind kind, std::string_view name) const {
  for (int id = 0; id < value_count(); ++id) {
    if (info(id).kind == kind && info(id).name == name) return id;
  }
  return -1;
}

std::string Graph::scoped(std::string_view name) const {
  return scope_.empty() ? std::string(name) : scope_ + "." + std::string(name);
}

uint32_t Graph::claim_place(std::string_view name) {
  const std::string place = scoped(name);
  if (!places_.insert(place).second) fail("{}: drawn from twice; give each its own name or scope", place);
  return place_of(place);
}

void Graph::claim_for_compilation() {
  if (std::exchange(compiled_, true)) fail("graph: compiled before; build a new one for another session");
}

Scope::Scope(Graph& graph, std::string_view name) : graph_(graph), outer_(graph.scope_) {
  graph_.scope_ = graph_.scoped(name);
}

}  // namespace ax
