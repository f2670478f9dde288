// Images as samples: decoded, augmented and normalised, with a cache.
#pragma once

#include <cstddef>
#include <memory>

#include "adapterx/data/images/augment.h"
#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/images/preprocess.h"
#include "adapterx/data/sample_source.h"

namespace ax {

// Samples are [3, size, size]. cache_bytes: decoded images that are kept, first come, first kept: already
// resized where the resize is not random and that is smaller or all of them fit. The cache alters no bit.
// Throws Error on an empty data set and options outside their ranges.
std::shared_ptr<const SampleSource> image_samples(std::shared_ptr<const ImageDataset> images,
                                                  const Preprocess& preprocess,
                                                  const AugmentOptions& augment = {},
                                                  size_t cache_bytes = size_t{1} << 30);

}  // namespace ax
