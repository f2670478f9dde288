// Softmax cross-entropy, mean over the batch, with label smoothing (Szegedy et al., arXiv 1512.00567):
// the target of class c is (1 - smoothing) * [c = label] + smoothing / C, as in torch.nn.CrossEntropyLoss.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// logits: [B, C] f32 or bf16; target: i32 [B] (labels in [0, C)) or f32 [B, C] (rows of probabilities);
// loss: f32 scalar; log_norm: f32 [B], log sum exp of each row, may be absent. Throws Error on a label out of
// range, naming the sample.
void cross_entropy(const Tensor& logits, const Tensor& target, float smoothing, const Tensor& loss,
                   const Tensor& log_norm);

// dlogits = dloss * (softmax(logits) - target) / B. dloss: f32 scalar.
void cross_entropy_grad(const Tensor& logits, const Tensor& target, float smoothing, const Tensor& log_norm,
                        const Tensor& dloss, const Tensor& dlogits);

}  // namespace ax::kernels
