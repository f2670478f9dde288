// Parts of the confusion section: what is counted, and two ways to draw the matrix.
#pragma once

#include <string>
#include <vector>

#include "adapterx/report/run_data.h"

namespace ax {

struct ClassResult {
  size_t index = 0;
  int64_t images = 0, right = 0;
  size_t wrong_class = 0;  // what its images were most often mistaken for, and how often
  int64_t wrong_images = 0;

  double accuracy() const {
    return images == 0 ? 0 : static_cast<double>(right) / static_cast<double>(images);
  }
};

// Classes of no images last.
std::vector<ClassResult> worst_first(const Confusion& confusion);

struct ConfusedPair {
  size_t truth = 0, predicted = 0;
  int64_t images = 0;
  double share = 0;  // of the images of `truth`
};

// At most `count` pairs of different classes, by images.
std::vector<ConfusedPair> most_confused(const Confusion& confusion, size_t count);

std::string confusion_table(const Confusion& confusion);    // with names and percentages, for few classes
std::string confusion_picture(const Confusion& confusion);  // coloured cells with tooltips, for many

}  // namespace ax
