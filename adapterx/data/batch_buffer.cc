#include "adapterx/data/batch_buffer.h"

#include <algorithm>
#include <utility>

#include "adapterx/data/mixup.h"

namespace ax {

BatchBuffer::BatchBuffer(int64_t batch, int64_t side_, int64_t classes_, const AugmentOptions& augment)
    : side(side_),
      classes(classes_),
      input_size(3 * side * side),
      images(static_cast<size_t>(batch * input_size)),
      targets(static_cast<size_t>(mixes_targets(augment) ? batch * classes : 0)),
      labels(static_cast<size_t>(batch)),
      indices(static_cast<size_t>(batch)) {}

void BatchBuffer::prepare(const ImageDataset& dataset, std::span<const int64_t> wanted) {
  count = static_cast<int64_t>(wanted.size());
  taken = done = 0;
  failed_at = -1;
  error = nullptr;
  ready = false;
  std::ranges::copy(wanted, indices.begin());
  std::ranges::fill(labels, 0);
  for (size_t i = 0; i < wanted.size(); ++i) labels[i] = dataset.label(wanted[i]);
}

void BatchBuffer::fail_at(int64_t i, std::exception_ptr reason) {
  if (failed_at >= 0 && failed_at < i) return;
  failed_at = i;
  error = std::move(reason);
}

void BatchBuffer::complete(const AugmentOptions& augment, const SampleKey& key) {
  std::fill(images.begin() + count * input_size, images.end(), 0.0f);
  if (targets.empty()) return;
  const BatchMix mix = draw_mix(augment, side, side, key);
  mix_images(mix, count, side, side, images.data());
  std::ranges::fill(targets, 0.0f);
  mix_targets(mix, std::span(labels).first(static_cast<size_t>(count)), classes, targets.data());
}

}  // namespace ax
