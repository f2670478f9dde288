// From a stored cloud to a model's input, and what training does to it on the way. All is drawn by (seed,
// epoch, index) alone (SampleKey), each step by its own name.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "adapterx/data/draws.h"
#include "adapterx/data/points/point_augment.h"
#include "adapterx/data/points/point_preprocess.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// Moves the points' mean to 0 and scales the largest distance from it to 1 (points that all are one: to 0).
void to_unit_sphere(std::span<float> xyz);

// How many of the farthest points of a cloud training chooses its `points` from: 75/64 as many, rounded.
// These are Point-BERT's 1,200 for 1,024 and 2,400 for 2,048.
int64_t candidate_points(int64_t points);

// The `count` farthest points (kernels/points/farthest_points.h), in their order; of a cloud with no more
// points than that, all, as they stand. [min(count, size), 3]
std::vector<float> farthest_part(const PointCloud& cloud, int64_t count);

// A cloud as a model is shown it in evaluation: unit sphere, then the farthest points. A cloud with fewer
// points repeats them, from the first on. out: [points, 3].
void preprocess_cloud(PointCloud cloud, const PointPreprocess& preprocess, std::span<float> out);

// xyz as often as it takes to fill `out`.
void repeat_points(std::span<const float> xyz, std::span<float> out);

// Points of xyz in random order, none twice before all were taken, as many as `out` holds.
void choose_points(std::span<const float> xyz, const SampleKey& key, std::span<float> out);

// In the order of the options: turned, scaled and shifted, jittered, dropped.
void augment_points(const PointAugment& options, const SampleKey& key, std::span<float> xyz);

}  // namespace ax
