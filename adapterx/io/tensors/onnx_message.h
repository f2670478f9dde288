// The messages of an ONNX file (https://github.com/onnx/onnx, onnx/onnx.proto3), as far as weights need them.
// They are read by libprotozero, which gives views into the file and copies nothing. Internal to onnx_file.
//
// What is damaged throws protozero::exception, whose texts name no place: read_onnx makes an Error of it.
// Fields that nothing here reads, and fields of another wire type than ONNX has, are passed over, as protobuf
// does.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace ax::onnx {

struct TensorMessage {
  std::string_view name;
  int32_t data_type = 0;
  std::vector<int64_t> dims;  // of a rank above Shape::kMaxRank only that many and one more
  std::optional<std::string_view> raw_data;
  bool is_external = false;
  std::string_view location, offset, length;  // of external data: texts, "" where the file has none
  bool is_segment = false;                    // a part of a tensor
  std::string_view message;                   // all of it, for the typed fields
};

struct NodeMessage {
  std::string_view op, name, domain;
  std::vector<std::string_view> inputs;
  std::string_view output;             // the first
  bool trans_b = false;                // attribute transB
  std::optional<TensorMessage> value;  // attribute value, of Constant
};

struct ModelMessage {
  int64_t ir_version = 0;
  std::string_view producer, producer_version;
  std::optional<int64_t> opset;          // of ONNX's own operators
  std::vector<std::string_view> graphs;  // a sound file has one
  std::vector<std::pair<std::string_view, std::string_view>> properties;
};

ModelMessage parse_model(std::string_view bytes);

// Calls `visit` for each in the order of the file. Those within nodes (bodies of If and Loop) are not among
// them.
void visit_initializers(std::string_view graph, const std::function<void(const TensorMessage&)>& visit);
void visit_nodes(std::string_view graph, const std::function<void(const NodeMessage&)>& visit);

}  // namespace ax::onnx
