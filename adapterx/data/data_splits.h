// DataSplits: what a run reads, cut into training, validation and test samples, whatever the samples are.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/data/preprocess_settings.h"
#include "adapterx/io/lists/split.h"

namespace ax {

struct DataSplits {
  std::string format;                               // as found
  std::vector<std::string> classes;                 // names; of several heads those of all, "glyphs/x: 3"
  std::vector<Head> heads;                          // of a model with several; empty: it has one
  std::shared_ptr<const Dataset> train, val, test;  // null where there is none; train or test is there
  PreprocessSettings protocol;  // what the format's protocol says of preprocessing; explicit settings win
  std::string notes;            // what was passed over when the data were opened: lines for people, or ""

  const std::shared_ptr<const Dataset>& of(Split split) const {
    return split == Split::train ? train : split == Split::val ? val : test;
  }
  int64_t size(Split split) const { return of(split) ? of(split)->size() : 0; }
};

std::string_view to_string(Split split);  // "train", "val", "test"

}  // namespace ax
