#include "adapterx/data/batch_buffer.h"

#include <algorithm>
#include <utility>

namespace ax {

BatchBuffer::BatchBuffer(int64_t batch, int64_t input_size_, int64_t target_size_)
    : input_size(input_size_),
      target_size(target_size_),
      inputs(static_cast<size_t>(batch * input_size)),
      targets(static_cast<size_t>(batch * target_size)),
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
  std::ranges::fill(targets, 0.0f);
  for (size_t i = 0; i < wanted.size(); ++i) labels[i] = dataset.label(wanted[i]);
}

void BatchBuffer::fail_at(int64_t i, std::exception_ptr reason) {
  if (failed_at >= 0 && failed_at < i) return;
  failed_at = i;
  error = std::move(reason);
}

void BatchBuffer::complete(const SampleSource& source, const SampleKey& key) {
  std::fill(inputs.begin() + count * input_size, inputs.end(), 0.0f);
  if (!source.mixes()) return;
  source.mix(key, count, std::span(inputs).first(static_cast<size_t>(count * input_size)),
             std::span(targets).first(static_cast<size_t>(count * target_size)));
}

}  // namespace ax
