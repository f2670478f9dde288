#include "adapterx/data/loader.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <numeric>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/data/batch_buffer.h"
#include "adapterx/data/sample_source.h"
#include "adapterx/data/stratify.h"

namespace ax {
namespace {

constexpr int kNiceness = 10;       // of the threads, above the caller's
constexpr int64_t kMostChunk = 16;  // samples a thread takes at a time

void check(const SampleSource* samples, int64_t classes, const LoaderOptions& o) {
  constexpr int64_t kMost = 1 << 16;
  if (samples == nullptr || samples->dataset().size() < 1) fail("loader: expected samples, got none");
  if (o.batch < 1 || o.batch > kMost) fail("loader: batch: expected 1 to {}, got {}", kMost, o.batch);
  if (o.ahead < 1 || o.ahead > kMost) fail("loader: ahead: expected 1 to {}, got {}", kMost, o.ahead);
  if (o.threads < 0 || o.threads > 1024) fail("loader: threads: expected 0 to 1024, got {}", o.threads);
  const Dataset& dataset = samples->dataset();
  for (int64_t i = 0; i < dataset.size(); ++i) {
    if (const int32_t label = dataset.label(i); label < 0 || label >= classes) {
      fail("{}: expected a label in [0, {}), got {}", dataset.name(i), classes, label);
    }
  }
}

}  // namespace

class Loader::Impl {
 public:
  Impl(std::shared_ptr<const SampleSource> samples, int64_t classes, const LoaderOptions& options,
       TargetsPtr targets)
      : options_(options),
        source_((check(samples.get(), classes, options), std::move(samples))),
        targets_(std::move(targets)),
        slots_(static_cast<size_t>(options.ahead + 1),
               BatchBuffer(options.batch, source_->input_size(), targets_ ? targets_->size() : 0)) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int threads = options.threads > 0 ? options.threads : cores;
    chunk_ = std::clamp<int64_t>(options.batch / (int64_t{4} * threads), 1, kMostChunk);
    begin_threads(threads);
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  int64_t batches() const {
    const int64_t size = source_->dataset().size(), batch = options_.batch;
    return options_.drop_last ? size / batch : (size + batch - 1) / batch;
  }

  void start(uint32_t epoch, int64_t first_batch) {
    if (first_batch < 0 || first_batch > batches()) {
      fail("loader: expected a batch from 0 to {} to begin at, got {}", batches(), first_batch);
    }
    std::unique_lock lock(mutex_);
    end_ = next_ = 0;  // nothing more is handed out
    idle_.wait(lock, [&] { return busy_ == 0; });
    epoch_ = epoch;
    order_ = epoch_order(epoch);
    next_ = wanted_ = first_batch;
    end_ = batches();
    holds_ = false;
    error_ = nullptr;
    for (int64_t b = first_batch; b < std::min(end_, first_batch + window()); ++b) prepare(b);
    lock.unlock();
    work_.notify_all();
  }

  const Batch* next() {
    std::unique_lock lock(mutex_);
    if (error_) std::rethrow_exception(error_);
    if (std::exchange(holds_, false)) {
      if (const int64_t freed = wanted_++ + window(); freed < end_) {
        prepare(freed);
        work_.notify_all();
      }
    }
    if (wanted_ >= end_) return nullptr;
    const BatchBuffer& slot = slot_of(wanted_);
    ready_.wait(lock, [&] { return slot.ready; });
    if (slot.error) {
      error_ = slot.error;
      std::rethrow_exception(error_);
    }
    holds_ = true;
    batch_ = {slot.count, std::span(slot.indices).first(static_cast<size_t>(slot.count)), slot.inputs,
              slot.labels, slot.targets};
    return &batch_;
  }

 private:
  struct Chunk {
    int64_t batch, begin, end;
  };

  int64_t window() const { return static_cast<int64_t>(slots_.size()); }
  BatchBuffer& slot_of(int64_t batch) { return slots_[static_cast<size_t>(batch % window())]; }

  // Fewer than asked for where the system gives no more.
  void begin_threads(int count) {
    try {
      for (int t = 0; t < count; ++t) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      if (threads_.empty()) fail("loader: cannot begin a thread: {}", error.what());
    }
  }

  std::vector<int64_t> epoch_order(uint32_t epoch) const {
    const int64_t size = source_->dataset().size();
    if (options_.shuffle) return shuffled(size, options_.seed, epoch, "loader.shuffle");
    std::vector<int64_t> order(static_cast<size_t>(size));
    std::iota(order.begin(), order.end(), int64_t{0});
    return order;
  }

  // Under the lock, on a slot that nobody uses.
  void prepare(int64_t batch) {
    const int64_t first = batch * options_.batch, size = static_cast<int64_t>(order_.size());
    const std::span<const int64_t> rest = std::span(order_).subspan(static_cast<size_t>(first));
    const int64_t count = std::min(options_.batch, size - first);
    slot_of(batch).prepare(source_->dataset(), rest.first(static_cast<size_t>(count)));
  }

  // Under the lock.
  bool has_chunk() const { return next_ < std::min(end_, wanted_ + window()); }
  Chunk take_chunk() {
    BatchBuffer& slot = slot_of(next_);
    const Chunk chunk{next_, slot.taken, std::min(slot.taken + chunk_, slot.count)};
    slot.taken = chunk.end;
    if (slot.taken == slot.count) ++next_;
    return chunk;
  }

  void work() {
    [[maybe_unused]] const int niceness = ::nice(kNiceness);  // on Linux: of this thread
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait(lock, [&] { return stopping_ || has_chunk(); });
      if (stopping_) return;
      const Chunk chunk = take_chunk();
      ++busy_;
      fill(chunk, lock);
      if (--busy_ == 0) idle_.notify_all();
    }
  }

  // Enters and leaves with the lock held.
  void fill(const Chunk& chunk, std::unique_lock<std::mutex>& lock) {
    BatchBuffer& slot = slot_of(chunk.batch);
    for (int64_t i = chunk.begin; i < chunk.end && !stopping_; ++i) {
      lock.unlock();
      std::exception_ptr error;
      try {
        const SampleKey key{options_.seed, epoch_, slot.indices[static_cast<size_t>(i)]};
        const Placement placement = source_->sample(key, slot.input(i));
        if (targets_) targets_->write(key.index, placement, slot.target(i));
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      if (error) slot.fail_at(i, error);
    }
    slot.done += chunk.end - chunk.begin;
    if (slot.done < slot.count) return;
    lock.unlock();
    slot.complete(*source_, {options_.seed, epoch_, chunk.batch});
    lock.lock();
    slot.ready = true;
    ready_.notify_all();
  }

  const LoaderOptions options_;
  const std::shared_ptr<const SampleSource> source_;
  const TargetsPtr targets_;
  int64_t chunk_ = 1;

  std::mutex mutex_;
  std::condition_variable work_, ready_, idle_;
  std::vector<BatchBuffer> slots_;  // batch b is in slot b % window
  std::vector<int64_t> order_;
  uint32_t epoch_ = 0;
  int64_t next_ = 0, end_ = 0;  // batches: that samples are handed out of, and past the last
  int64_t wanted_ = 0;          // the batch that next gives, or that it gave where holds_
  bool holds_ = false, stopping_ = false;
  int busy_ = 0;  // threads at work on a chunk
  std::exception_ptr error_;
  Batch batch_;
  std::vector<std::thread> threads_;
};

Loader::Loader(std::shared_ptr<const SampleSource> samples, int64_t classes, const LoaderOptions& options,
               TargetsPtr targets) {
  try {
    impl_ = std::make_unique<Impl>(samples, classes, options, std::move(targets));
  } catch (const std::bad_alloc&) {
    fail("loader: out of memory for {} batches of {} samples of {} numbers", options.ahead + 1, options.batch,
         samples->input_size());
  }
}
Loader::~Loader() = default;
int64_t Loader::batches() const { return impl_->batches(); }
void Loader::start(uint32_t epoch, int64_t first_batch) { impl_->start(epoch, first_batch); }
const Loader::Batch* Loader::next() { return impl_->next(); }

}  // namespace ax
