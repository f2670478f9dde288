// ONNX files (.onnx) as checkpoints: the weights of the graph by name, not the graph to run.
#pragma once

#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

// Whether the file begins as an ONNX model does: the version of the format, then a field of the model. There
// is no magic number.
bool begins_as_onnx(const FileBytes& file);

// The graph's initializers, of every type, and the float tensors of its Constant nodes that are used as
// weights. Those that the exporter gave no name of their own are called by the module that uses them
// (onnx_names.h): "onnx::MatMul_123" becomes "encoder.layer.0.mlp.fc1.weight", seen as [out, in]. A copy that
// an Identity node makes of one is a tensor, too, over the same bytes. Weights may lie in files beside this
// one (external data). The producer's name and version, the versions of the format
// and of the operators and the model's properties go to metadata().
//
// A tensor of a type that TensorFile has none for is FileDType::other: it is listed, and reading its values
// is an error. Sparse initializers, bodies of If and Loop and graphs of training are not read.
//
// Throws Error naming the file and the tensor where the file is damaged, is larger than the 2 GB that
// protobuf allows, has other than one graph, has more than 100,000 tensors, two of one name or one without,
// and where values and shapes disagree or lie outside of a file.
TensorFile read_onnx(const FileBytes& file);

}  // namespace ax
