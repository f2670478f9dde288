// DataSplits: what a run reads, images or point clouds, and the samples of a model's input made of it. Beyond
// here a run doesn't ask which.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/points/point_dataset.h"
#include "adapterx/data/sample_source.h"
#include "adapterx/io/lists/split.h"
#include "adapterx/models/backbone.h"
#include "adapterx/train/config.h"

namespace ax {

using DataSplits = std::variant<ImageSplits, PointSplits>;

std::string_view to_string(Split split);

// Throws Error as open_image_splits and open_point_splits do. labelled: as DatasetSpec has it.
DataSplits open_splits(const DataConfig& config, bool points, bool labelled = true);

// How many points of a mesh are drawn: the setting, else the default.
int64_t sample_points_of(const DataConfig& config);

const std::vector<std::string>& class_names(const DataSplits& splits);
const std::vector<Head>& heads_of(const DataSplits& splits);  // of a model with several; empty: it has one
std::shared_ptr<const Dataset> dataset_of(const DataSplits& splits, Split split);  // null where there is none
std::string_view sample_noun(const DataSplits& splits);                            // "images" or "clouds"

// What of the data was passed over when they were opened: files that cannot be read, classes too small. Lines
// for people; "" where nothing was.
std::string notes_of(const DataSplits& splits);

// Training samples become those of train, then val; val is null.
void train_on_validation(DataSplits& splits);

// As if the data had no test samples.
void leave_out_test(DataSplits& splits);

// What a model is shown of a split, as it is, or augmented. cache_bytes: for samples that are kept as they
// were read.
std::shared_ptr<const SampleSource> samples_of(const DataSplits& splits, Split split,
                                               const InputPreprocess& preprocess, size_t cache_bytes);
std::shared_ptr<const SampleSource> augmented_samples(const DataSplits& splits, Split split,
                                                      const InputPreprocess& preprocess,
                                                      const TrainConfig& config, size_t cache_bytes);

DatasetSpec dataset_spec(const DataConfig& data);

}  // namespace ax
