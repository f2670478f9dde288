#include <algorithm>
#include <tuple>

#include "adapterx/report/sections/confusion.h"

namespace ax {

std::vector<ClassResult> worst_first(const Confusion& confusion) {
  std::vector<ClassResult> results(confusion.classes.size());
  for (size_t truth = 0; truth < results.size(); ++truth) {
    ClassResult& result = results[truth];
    result.index = truth;
    for (size_t predicted = 0; predicted < results.size(); ++predicted) {
      const int64_t count = confusion.at(truth, predicted);
      result.images += count;
      if (predicted == truth) {
        result.right = count;
      } else if (count > result.wrong_images) {
        result.wrong_class = predicted;
        result.wrong_images = count;
      }
    }
  }
  std::ranges::stable_sort(results, {},
                           [](const ClassResult& r) { return std::pair(r.images == 0, r.accuracy()); });
  return results;
}

std::vector<ConfusedPair> most_confused(const Confusion& confusion, size_t count) {
  std::vector<ConfusedPair> pairs;
  const size_t classes = confusion.classes.size();
  for (size_t truth = 0; truth < classes; ++truth) {
    int64_t images = 0;
    for (size_t predicted = 0; predicted < classes; ++predicted) images += confusion.at(truth, predicted);
    for (size_t predicted = 0; predicted < classes; ++predicted) {
      const int64_t wrong = confusion.at(truth, predicted);
      if (predicted == truth || wrong == 0) continue;
      pairs.push_back({truth, predicted, wrong, static_cast<double>(wrong) / static_cast<double>(images)});
    }
  }
  std::ranges::stable_sort(pairs, [](const ConfusedPair& a, const ConfusedPair& b) {
    return std::tuple(a.images, a.share) > std::tuple(b.images, b.share);
  });
  pairs.resize(std::min(count, pairs.size()));
  return pairs;
}

}  // namespace ax
