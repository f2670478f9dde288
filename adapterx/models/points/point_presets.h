// Named point transformers: the architectures of published models.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapterx/models/points/point_transformer.h"

namespace ax {

// point_mae, act, recon  22.1 M: Point-MAE (arXiv 2203.06604), ACT (2212.08320), and of ReCon (2302.02318)
// the
//                        masked-modelling branch, which adapters are published on
// point_bert             the same with 256 channels from the encoder and a linear to the width (2111.14819)
// point_small            2.8 M: width 192, depth 6, positions added once; the one bundled with the program
//
// 2,048 points in 128 groups of 32 as for ScanObjectNN (point_small: 512 in 32), 15 classes. Throws Error
// with the nearest name.
PointTransformerConfig point_preset(std::string_view name);

bool is_point_preset(std::string_view name);
const std::vector<std::string>& point_preset_names();

}  // namespace ax
