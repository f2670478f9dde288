// The numbers of EpochRecord under the names they have in files.
#pragma once

#include "adapterx/report/run_data.h"

namespace ax {

struct EpochField {
  const char* name;
  double EpochRecord::*value;
};

inline constexpr EpochField kEpochFields[] = {
    {"lr", &EpochRecord::lr},
    {"train_loss", &EpochRecord::train_loss},
    {"penalty", &EpochRecord::penalty},
    {"train_accuracy", &EpochRecord::train_accuracy},
    {"gradient_norm", &EpochRecord::gradient_norm},
    {"val_loss", &EpochRecord::val_loss},
    {"val_accuracy", &EpochRecord::val_accuracy},
    {"seconds", &EpochRecord::seconds},
    {"images_per_s", &EpochRecord::images_per_s},
    {"peak_rss_mb", &EpochRecord::peak_rss_mb},
};

}  // namespace ax
