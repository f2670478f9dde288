#include "adapterx/io/tensors/onnx_message.h"

#include <protozero/pbf_reader.hpp>

#include "adapterx/base/shape.h"

namespace ax::onnx {
namespace {

using Reader = protozero::pbf_reader;

constexpr uint32_t varint(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}

constexpr uint32_t bytes(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}

std::string_view view(Reader& message) {
  const protozero::data_view v = message.get_view();
  return {v.data(), v.size()};
}

Reader reader(std::string_view message) { return Reader(message.data(), message.size()); }

// StringStringEntryProto.
std::pair<std::string_view, std::string_view> parse_entry(std::string_view message) {
  std::pair<std::string_view, std::string_view> entry;
  for (Reader r = reader(message); r.next();) {
    switch (r.tag_and_type()) {
      case bytes(1):
        entry.first = view(r);
        break;
      case bytes(2):
        entry.second = view(r);
        break;
      default:
        r.skip();
    }
  }
  return entry;
}

void add_dim(TensorMessage& tensor, int64_t dim) {
  if (tensor.dims.size() <= static_cast<size_t>(Shape::kMaxRank)) tensor.dims.push_back(dim);
}

void add_external(TensorMessage& tensor, std::string_view message) {
  const auto [key, value] = parse_entry(message);
  if (key == "location") tensor.location = value;
  if (key == "offset") tensor.offset = value;
  if (key == "length") tensor.length = value;
}

TensorMessage parse_tensor(std::string_view message) {
  TensorMessage tensor;
  tensor.message = message;
  for (Reader r = reader(message); r.next();) {
    switch (r.tag_and_type()) {
      case varint(1):
        add_dim(tensor, r.get_int64());
        break;
      case bytes(1):
        for (const int64_t dim : r.get_packed_int64()) add_dim(tensor, dim);
        break;
      case varint(2):
        tensor.data_type = r.get_int32();
        break;
      case bytes(3):
        tensor.is_segment = true;
        r.skip();
        break;
      case bytes(8):
        tensor.name = view(r);
        break;
      case bytes(9):
        tensor.raw_data = view(r);
        break;
      case bytes(13):
        add_external(tensor, view(r));
        break;
      case varint(14):
        tensor.is_external = r.get_int32() == 1;
        break;
      default:
        r.skip();
    }
  }
  return tensor;
}

// AttributeProto.
void add_attribute(NodeMessage& node, std::string_view message) {
  std::string_view name;
  int64_t integer = 0;
  std::optional<std::string_view> tensor;
  for (Reader r = reader(message); r.next();) {
    switch (r.tag_and_type()) {
      case bytes(1):
        name = view(r);
        break;
      case varint(3):
        integer = r.get_int64();
        break;
      case bytes(5):
        tensor = view(r);
        break;
      default:
        r.skip();
    }
  }
  if (name == "transB") node.trans_b = integer != 0;
  if (name == "value" && tensor) node.value = parse_tensor(*tensor);
}

NodeMessage parse_node(std::string_view message) {
  NodeMessage node;
  for (Reader r = reader(message); r.next();) {
    switch (r.tag_and_type()) {
      case bytes(1):
        node.inputs.push_back(view(r));
        break;
      case bytes(2): {
        const std::string_view output = view(r);
        if (node.output.empty()) node.output = output;
        break;
      }
      case bytes(3):
        node.name = view(r);
        break;
      case bytes(4):
        node.op = view(r);
        break;
      case bytes(5):
        add_attribute(node, view(r));
        break;
      case bytes(7):
        node.domain = view(r);
        break;
      default:
        r.skip();
    }
  }
  return node;
}

// OperatorSetIdProto.
void add_opset(ModelMessage& model, std::string_view message) {
  std::string_view domain;
  int64_t version = 0;
  for (Reader r = reader(message); r.next();) {
    switch (r.tag_and_type()) {
      case bytes(1):
        domain = view(r);
        break;
      case varint(2):
        version = r.get_int64();
        break;
      default:
        r.skip();
    }
  }
  if (domain.empty() || domain == "ai.onnx") model.opset = version;
}

}  // namespace

ModelMessage parse_model(std::string_view file) {
  ModelMessage model;
  for (Reader r = reader(file); r.next();) {
    switch (r.tag_and_type()) {
      case varint(1):
        model.ir_version = r.get_int64();
        break;
      case bytes(2):
        model.producer = view(r);
        break;
      case bytes(3):
        model.producer_version = view(r);
        break;
      case bytes(7):
        model.graphs.push_back(view(r));
        break;
      case bytes(8):
        add_opset(model, view(r));
        break;
      case bytes(14):
        model.properties.push_back(parse_entry(view(r)));
        break;
      default:
        r.skip();
    }
  }
  return model;
}

void visit_initializers(std::string_view graph, const std::function<void(const TensorMessage&)>& visit) {
  for (Reader r = reader(graph); r.next(5, protozero::pbf_wire_type::length_delimited);) {
    visit(parse_tensor(view(r)));
  }
}

void visit_nodes(std::string_view graph, const std::function<void(const NodeMessage&)>& visit) {
  for (Reader r = reader(graph); r.next(1, protozero::pbf_wire_type::length_delimited);) {
    visit(parse_node(view(r)));
  }
}

}  // namespace ax::onnx
