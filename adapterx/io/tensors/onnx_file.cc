#include "adapterx/io/tensors/onnx_file.h"

#include <limits>
#include <protozero/exception.hpp>
#include <set>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/onnx_message.h"
#include "adapterx/io/tensors/onnx_names.h"
#include "adapterx/io/tensors/onnx_tensor.h"

namespace ax {
namespace {

constexpr size_t kMaxTensors = 100'000;
constexpr size_t kMaxFile = std::numeric_limits<int32_t>::max();  // of a protobuf message

std::string_view text_of(const FileBytes& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.size()};
}

class OnnxReader {
 public:
  explicit OnnxReader(const FileBytes& file) : file_(file), values_(file) {}

  TensorFile run() {
    const onnx::ModelMessage model = onnx::parse_model(text_of(file_));
    if (model.graphs.size() != 1) {
      fail("{}: expected an ONNX model of one graph, got {}", file_.name(), model.graphs.size());
    }
    read_initializers(model.graphs[0]);
    read_constants(model.graphs[0]);
    add_aliases(model.graphs[0]);
    note_uses(model.graphs[0]);
    drop_unused_constants();
    std::vector<Buffer> owned = values_.take_owned();
    onnx::name_by_use(tensors_, uses_, owned);
    drop_unnamed_constants();
    return TensorFile(file_, "onnx", std::move(tensors_), metadata_of(model), std::move(owned),
                      values_.take_beside());
  }

 private:
  void read_initializers(std::string_view graph) {
    onnx::visit_initializers(graph, [&](const onnx::TensorMessage& tensor) {
      if (tensor.name.empty()) fail("{}: expected a name of each initializer, got none", file_.name());
      add(std::string(tensor.name), tensor);
    });
  }

  // Numbers are steps of the computation; weights have an axis.
  void read_constants(std::string_view graph) {
    onnx::visit_nodes(graph, [&](const onnx::NodeMessage& node) {
      if (node.op != "Constant" || !node.value || node.output.empty()) return;
      if (!onnx::is_float(node.value->data_type) || node.value->dims.empty()) return;
      std::string name(node.output);
      constants_.push_back(name);
      add(std::move(name), *node.value);
    });
  }

  // Of parameters with the same values the exporter keeps one, and copies it by nodes of the others' names.
  void add_aliases(std::string_view graph) {
    onnx::visit_nodes(graph, [&](const onnx::NodeMessage& node) {
      if (node.op != "Identity" || node.inputs.size() != 1 || onnx::is_made_up(node.output)) return;
      const auto found = tensors_.find(node.inputs[0]);
      if (found != tensors_.end()) add(std::string(node.output), found->second);
    });
  }

  void add(std::string name, const onnx::TensorMessage& tensor) {
    TensorInfo info = values_.read(name, tensor);
    add(std::move(name), std::move(info));
  }

  void add(std::string name, TensorInfo info) {
    if (tensors_.size() == kMaxTensors) {
      fail("{}: expected at most {} tensors, got more", file_.name(), kMaxTensors);
    }
    const auto [at, is_new] = tensors_.emplace(std::move(name), std::move(info));
    if (!is_new) fail("{}: {}: expected one tensor of this name, got two", file_.name(), at->first);
  }

  // The first use that says something, of what has no name of its own and of constants.
  void note_uses(std::string_view graph) {
    const std::set<std::string_view> constants(constants_.begin(), constants_.end());
    onnx::visit_nodes(graph, [&](const onnx::NodeMessage& node) {
      if (!onnx::is_telling(node)) return;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const std::string_view input = node.inputs[i];
        if (!onnx::is_made_up(input) && !constants.contains(input)) continue;
        if (!tensors_.contains(input) || uses_.contains(input)) continue;
        uses_.emplace(input, onnx::Use{std::string(node.op), std::string(node.name), i, node.trans_b});
      }
    });
  }

  void drop_unused_constants() {
    for (const std::string& name : constants_) {
      if (!uses_.contains(name)) tensors_.erase(name);
    }
  }

  // Those with a name of their own keep it.
  void drop_unnamed_constants() {
    for (const std::string& name : constants_) {
      if (onnx::is_made_up(name)) tensors_.erase(name);
    }
  }

  static MetadataMap metadata_of(const onnx::ModelMessage& model) {
    MetadataMap metadata;
    for (const auto& [key, value] : model.properties) metadata.emplace(key, value);
    if (!model.producer.empty()) metadata.emplace("producer_name", model.producer);
    if (!model.producer_version.empty()) metadata.emplace("producer_version", model.producer_version);
    metadata.emplace("ir_version", std::to_string(model.ir_version));
    if (model.opset) metadata.emplace("opset", std::to_string(*model.opset));
    return metadata;
  }

  const FileBytes& file_;
  onnx::TensorReader values_;
  TensorMap tensors_;
  std::vector<std::string> constants_;
  onnx::Uses uses_;
};

}  // namespace

bool begins_as_onnx(const FileBytes& file) {
  constexpr std::string_view kLater = "\x12\x1a\x22\x28\x32\x3a\x42\x72";  // ModelProto's fields from 2 on
  constexpr char kIrVersion = '\x08', kMaxVersion = 100;
  const std::string_view text = text_of(file);
  if (text.size() < 8 || text[0] != kIrVersion || text[1] < 1 || text[1] > kMaxVersion) return false;
  // The header of a safetensors file has a length below 2^32.
  return kLater.find(text[2]) != kLater.npos && text.substr(4, 4) != std::string_view("\0\0\0\0", 4);
}

TensorFile read_onnx(const FileBytes& file) {
  if (file.size() > kMaxFile) {
    fail(
        "{}: expected an ONNX file below 2 GB, which is protobuf's limit, got {} bytes; larger models keep "
        "their weights in files of their own (external data)",
        file.name(), file.size());
  }
  try {
    return OnnxReader(file).run();
  } catch (const protozero::exception& error) {
    fail("{}: expected an ONNX model, got a damaged one ({}); is this a whole file?", file.name(),
         error.what());
  }
}

}  // namespace ax
