// Softmax cross-entropy, mean over the batch, with label smoothing (Szegedy et al., arXiv 1512.00567):
// the target of class c is (1 - smoothing) * [c = label] + smoothing / C, as in torch.nn.CrossEntropyLoss.
//
// Of several heads: the logits of all, one after the other, each with a softmax of its own. A row's loss is
// the sum of its heads', each times what the row has of targets there (0: this head is not told of the
// sample; with mixup of samples of two data sets the share of each), and smoothing spreads that much over the
// head's classes.
#pragma once

#include <cstdint>
#include <span>

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// logits: [B, C] f32 or bf16; target: i32 [B] (labels in [0, C)) or f32 [B, C] (rows of weights of 0 or more,
// probabilities where there is one head); heads: classes of each, sum C, empty for one; loss: f32 scalar;
// log_norm: f32 [B, heads], log sum exp of each row and head, may be absent. Labels are for one head alone.
// Throws Error on a label out of range, naming the sample.
void cross_entropy(const Tensor& logits, const Tensor& target, std::span<const int64_t> heads,
                   float smoothing, const Tensor& loss, const Tensor& log_norm);

// dlogits = dloss * (weight * softmax(logits) - target) / B, weight the sum of a head's targets. dloss: f32
// scalar.
void cross_entropy_grad(const Tensor& logits, const Tensor& target, std::span<const int64_t> heads,
                        float smoothing, const Tensor& log_norm, const Tensor& dloss, const Tensor& dlogits);

}  // namespace ax::kernels
