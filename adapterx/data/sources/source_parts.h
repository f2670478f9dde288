// What several sources of images have in common. Internal to them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/source_options.h"

namespace ax {

// Names of classes that are numbers: "x 0", "x 1" ...
std::vector<std::string> numbered_names(std::string_view what, int64_t count);

// An option "first", "second" or "mixed" (the default): the part of the images that is as the second.
double part_of_second(SourceOptions& options, std::string_view key, const std::string& first,
                      const std::string& second);

// `count` of the images, stratified and drawn by seed, become the test split, the others the training split.
// splits has its classes. what: keys the draw.
void split_off_test(std::shared_ptr<const ImageDataset> images, int64_t count, uint64_t seed,
                    std::string_view what, ImageSplits& splits);

}  // namespace ax
