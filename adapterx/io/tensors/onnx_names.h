// Names for the weights that an ONNX file has no name for. Internal to onnx_file.
//
// PyTorch's exporter keeps the name of a parameter as long as it is used as it is. A weight that was computed
// from a parameter when the graph was folded (a linear layer's transpose, a part of an embedding) is called
// after the operator that uses it and a number, "onnx::MatMul_123"; other tools turn weights into Constant
// nodes, "/encoder/Constant_5_output_0". Where it belongs is told by the name of the node that uses it, which
// is the path of the module that ran it, and the operator: "/encoder/layer.0/mlp/fc1/MatMul".
//
// What is general: a node "/MODULE/PATH/OP" whose last part is the operator without a number is the work of a
// module of that path, and the operator's input says which parameter of it the tensor is:
//
//   MatMul                        [in, out]       MODULE.PATH.weight, seen as [out, in] by its strides
//   Gemm                          [in, out]       the same; [out, in] as it is with transB; third input: bias
//   Conv, ConvTranspose           as PyTorch's    weight, bias
//   LayerNormalization            [d]             weight, bias
//   Add                           [d]             bias
//
// What is of one library: Hugging Face's embeddings of an image (a module with patch_embeddings.projection of
// width d) resample positions while the exporter looks on, so that their name is lost. The module's Add with
// [1, n, d] has them whole; else its Concat has the class token's [1, 1, d] and its Reshape the grid's
// [1, n, d], and both together are MODULE.position_embeddings [1, 1 + n, d].
//
// A name that the file has already is given to no other tensor, and a tensor without a place keeps the name
// that it has. The exporter of PyTorch 2.5 and later (dynamo=True) names nodes in another way: there weights
// without a name keep their own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/io/tensors/onnx_message.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax::onnx {

// Whether the exporter made the name up: "onnx::MatMul_123", "/encoder/Constant_5_output_0".
bool is_made_up(std::string_view name);

// How a node uses a tensor.
struct Use {
  std::string op, node;  // "MatMul", "/encoder/layer.0/mlp/fc1/MatMul"
  size_t input = 0;      // which of the node's inputs it is
  bool trans_b = false;  // of Gemm
};
using Uses = std::map<std::string, Use, std::less<>>;  // by the tensor's name

// Whether the rules above say anything of such a node.
bool is_telling(const NodeMessage& node);

// The module and its parameter that a tensor is by its use; nothing where no rule says it.
struct Place {
  std::string name;
  bool transposed = false;
};
std::optional<Place> place_of(const Use& use, const Shape& shape);

// Renames the tensors whose names are made up and that have a use, by the rules above. `owned` gets the
// memory of what is put together of parts. Tensors must be row-major.
void name_by_use(TensorMap& tensors, const Uses& uses, std::vector<Buffer>& owned);

}  // namespace ax::onnx
