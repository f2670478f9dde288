#include "adapterx/data/batch_buffer.h"

#include <algorithm>
#include <utility>

namespace ax {

BatchBuffer::BatchBuffer(const SampleSource& source, int64_t batch, int64_t classes_)
    : classes(classes_),
      input_size(source.input_size()),
      inputs(static_cast<size_t>(batch * input_size)),
      targets(static_cast<size_t>(has_target_rows(source) ? batch * classes : 0)),
      labels(static_cast<size_t>(batch)),
      indices(static_cast<size_t>(batch)) {}

void BatchBuffer::prepare(const Dataset& dataset, std::span<const int64_t> wanted) {
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

void BatchBuffer::complete(const SampleSource& source, const SampleKey& key) {
  std::fill(inputs.begin() + count * input_size, inputs.end(), 0.0f);
  if (targets.empty()) return;
  std::ranges::fill(targets, 0.0f);
  const auto width = static_cast<size_t>(classes);
  for (int64_t i = 0; i < count; ++i) {
    const auto row = std::span(targets).subspan(static_cast<size_t>(i) * width, width);
    source.dataset().add_targets(indices[static_cast<size_t>(i)], row);
  }
  if (!source.mixes()) return;
  source.mix(key, count, std::span(inputs).first(static_cast<size_t>(count * input_size)),
             std::span(targets).first(static_cast<size_t>(count * classes)));
}

}  // namespace ax
