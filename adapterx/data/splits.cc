#include "adapterx/data/splits.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/stratify.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/lists/image_list.h"

namespace ax {

void rename_classes(const DatasetSpec& spec, bool exact, std::vector<std::string>& classes) {
  if (spec.class_names.empty()) return;
  std::vector<std::string> names = read_name_list(FileBytes::map(spec.class_names));
  if (names.size() < classes.size() || (exact && names.size() > classes.size())) {
    fail("{}: expected the names of {} classes, got {}", spec.class_names.string(), classes.size(),
         names.size());
  }
  classes = std::move(names);
}

void check_splits(const DatasetSpec& spec, std::string_view samples, const std::vector<std::string>& classes,
                  const OpenedSplits& opened) {
  const auto [train, val, test] = opened;
  const std::string path = spec.path.string();
  if (spec.train_size < 0 || spec.val_size < 0 || spec.test_size < 0) {
    fail("{}: expected sizes of 0 or more, got {}, {} and {}", path, spec.train_size, spec.val_size,
         spec.test_size);
  }
  if (!(spec.val_fraction >= 0 && spec.val_fraction < 1)) {
    fail("{}: expected a validation part in [0, 1), got {}", path, spec.val_fraction);
  }
  if (train != nullptr) {
    const int64_t for_val = val != nullptr ? 0 : validation_size(spec, train->size());
    const int64_t for_train = std::max<int64_t>(spec.train_size, 1);
    if (for_val + for_train > train->size()) {
      fail("{}: expected at least {} training {} ({} and {} for validation), got {}", path,
           for_val + for_train, samples, for_train, for_val, train->size());
    }
    if (val != nullptr && spec.val_size > val->size()) {
      fail("{}: expected at least {} validation {}, got {}", path, spec.val_size, samples, val->size());
    }
  }
  if (test != nullptr && spec.test_size > test->size()) {
    fail("{}: expected at least {} test {}, got {}", path, spec.test_size, samples, test->size());
  }
  if (spec.labelled && classes.size() < 2)
    fail("{}: expected at least 2 classes, got {}", path, classes.size());
}

int64_t validation_size(const DatasetSpec& spec, int64_t training) {
  if (spec.val_size > 0) return spec.val_size;
  const int64_t of = spec.train_size > 0 ? spec.train_size : training;
  return static_cast<int64_t>(std::llround(spec.val_fraction * static_cast<double>(of)));
}

std::vector<int64_t> drawn(const Dataset& samples, int64_t classes, int64_t count, uint64_t seed,
                           std::string_view what) {
  std::vector<int32_t> labels;
  for (int64_t i = 0; i < samples.size(); ++i) labels.push_back(samples.label(i));
  return stratified_draw(labels, classes, count, seed, what);
}

std::vector<int64_t> all_but(const std::vector<int64_t>& sorted, int64_t size) {
  std::vector<int64_t> all(static_cast<size_t>(size)), rest;
  std::iota(all.begin(), all.end(), int64_t{0});
  std::ranges::set_difference(all, sorted, std::back_inserter(rest));
  return rest;
}

}  // namespace ax
