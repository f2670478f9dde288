// What several sources of images have in common. Internal to them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"

namespace ax {

// Names of classes that are numbers: "x 0", "x 1" ...
std::vector<std::string> numbered_names(std::string_view what, int64_t count);

// The part of the images that is as the second of two ways: 0, 1 or, of both "mixed", a half.
Choice part_of_second(double& part, const std::string& first, const std::string& second);

// The settings `size`, with the greatest side that there is, and `seed`.
Setting size_setting(int64_t& size, double most = 1024);
Setting seed_setting(uint64_t& seed);

// `count` of the images, stratified and drawn by seed, become the test split, the others the training split.
// splits has its classes. what: keys the draw.
void split_off_test(std::shared_ptr<const ImageDataset> images, int64_t count, uint64_t seed,
                    std::string_view what, ImageSplits& splits);

}  // namespace ax
