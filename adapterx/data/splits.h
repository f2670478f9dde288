// How data are cut into training, validation and test samples, whatever they are. Internal to
// open_image_splits and open_point_splits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/dataset.h"

namespace ax {

// The names of spec.class_names, where given, in place of `classes`. exact: there must not be more of them.
// Throws Error where there are fewer.
void rename_classes(const DatasetSpec& spec, bool exact, std::vector<std::string>& classes);

// Splits as opened, null where there is none.
struct OpenedSplits {
  const Dataset *train = nullptr, *val = nullptr, *test = nullptr;
};

// Throws Error where the spec's sizes are out of range or ask for more than there is, and
// where there are fewer than 2 classes though labels are asked for. `samples`: "images", for errors.
void check_splits(const DatasetSpec& spec, std::string_view samples, const std::vector<std::string>& classes,
                  const OpenedSplits& opened);

// The samples of a training set of so many that become validation samples.
int64_t validation_size(const DatasetSpec& spec, int64_t training);

// Stratified; sorted.
std::vector<int64_t> drawn(const Dataset& samples, int64_t classes, int64_t count, uint64_t seed,
                           std::string_view what);
std::vector<int64_t> all_but(const std::vector<int64_t>& sorted, int64_t size);

// Cuts splits as opened: names of classes, validation samples out of the training samples, subsets.
// Splits has classes, train, val, test; subset is found for its data sets.
template <class Splits>
void cut_splits(const DatasetSpec& spec, std::string_view samples, bool exact_names, Splits& splits) {
  rename_classes(spec, exact_names, splits.classes);
  check_splits(spec, samples, splits.classes, {splits.train.get(), splits.val.get(), splits.test.get()});
  const auto classes = static_cast<int64_t>(splits.classes.size());
  const auto cut = [&](auto& part, int64_t count, std::string_view what) {
    if (count > 0 && part) part = subset(part, drawn(*part, classes, count, spec.seed, what));
  };
  if (splits.val || !splits.train) {
    cut(splits.val, spec.val_size, "data.val");
  } else if (const int64_t count = validation_size(spec, splits.train->size()); count > 0) {
    const auto val = drawn(*splits.train, classes, count, spec.seed, "data.val");
    splits.val = subset(splits.train, val);
    splits.train = subset(splits.train, all_but(val, splits.train->size()));
  }
  cut(splits.train, spec.train_size, "data.train");
  cut(splits.test, spec.test_size, "data.test");
}

}  // namespace ax
