// Point clouds as samples: normalised, cut to the farthest points, and, for training, chosen anew each epoch
// and augmented.
#pragma once

#include <cstddef>
#include <memory>

#include "adapterx/data/points/point_augment.h"
#include "adapterx/data/points/point_dataset.h"
#include "adapterx/data/points/point_preprocess.h"
#include "adapterx/data/sample_source.h"

namespace ax {

constexpr size_t kPointCacheBytes = size_t{1} << 30;

// Samples are [points, 3]. cache_bytes: the farthest points of clouds, whose choice is what takes time, are
// kept, first come, first kept. The cache alters no bit. Throws Error on an empty data set and options
// outside their ranges.

// For evaluation: preprocess_cloud (data/points/point_transform.h), nothing at random.
std::shared_ptr<const SampleSource> point_samples(std::shared_ptr<const PointDataset> clouds,
                                                  const PointPreprocess& preprocess,
                                                  size_t cache_bytes = kPointCacheBytes);

// For training: of the candidate_points(points) farthest points, `points` chosen at random, then augmented.
std::shared_ptr<const SampleSource> point_samples(std::shared_ptr<const PointDataset> clouds,
                                                  const PointPreprocess& preprocess,
                                                  const PointAugment& augment,
                                                  size_t cache_bytes = kPointCacheBytes);

// One vote of voting at test time: each sample of `drawn` as (seed, vote, index) draws it, whatever the
// loader's seed and epoch. The published votes are on the samples of training with scale_translate; make
// `drawn` once, so that all votes share its cache.
std::shared_ptr<const SampleSource> vote_samples(std::shared_ptr<const SampleSource> drawn, uint64_t seed,
                                                 uint32_t vote);

}  // namespace ax
