#include "adapterx/tasks/batch_accuracy.h"

#include <algorithm>

namespace ax {

int64_t count_correct(const Tensor& logits, const Loader::Batch& batch, std::span<const int64_t> heads) {
  const auto classes = static_cast<size_t>(logits.shape.dim(-1));
  int64_t correct = 0;
  for (int64_t i = 0; i < batch.count; ++i) {
    const std::span<const float> row(static_cast<const float*>(logits.row(i)), classes);
    auto target = static_cast<size_t>(batch.labels[static_cast<size_t>(i)]);
    if (!batch.targets.empty()) {
      const auto own = batch.targets.subspan(static_cast<size_t>(i) * classes, classes);
      target = static_cast<size_t>(std::ranges::max_element(own) - own.begin());
    }
    size_t first = 0, count = classes;  // of its head
    for (const int64_t size : heads) {
      count = static_cast<size_t>(size);
      if (target < first + count) break;
      first += count;
    }
    const auto head = row.subspan(first, count);
    correct += static_cast<size_t>(std::ranges::max_element(head) - head.begin()) == target - first;
  }
  return correct;
}

}  // namespace ax
