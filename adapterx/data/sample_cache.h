// What samples were made into, in memory, up to a budget: first come, first kept, none dropped. Every
// function may be called by any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "adapterx/data/sample_source.h"

namespace ax {

template <class Entry>
class SampleCache {
 public:
  SampleCache(int64_t samples, size_t bytes) : budget_(bytes), entries_(static_cast<size_t>(samples)) {}
  ~SampleCache() {
    for (auto& entry : entries_) delete entry.load();
  }
  SampleCache(const SampleCache&) = delete;
  SampleCache& operator=(const SampleCache&) = delete;

  // Null where sample i is not kept. What is found stays as long as the cache.
  const Entry* find(int64_t i) const {
    return entries_[static_cast<size_t>(i)].load(std::memory_order_acquire);
  }

  KeptSamples kept() const {
    const auto is_there = [](const auto& entry) { return entry.load() != nullptr; };
    return {std::ranges::count_if(entries_, is_there), used_.load(), budget_};
  }

  bool has_room(size_t bytes) const { return used_.load(std::memory_order_relaxed) + cost(bytes) <= budget_; }

  // Of a value that holds so many bytes beside itself. Drops it where the budget is used up or the sample is
  // there already.
  void keep(int64_t i, Entry entry, size_t held) {
    const size_t bytes = cost(held);
    if (used_.fetch_add(bytes) + bytes <= budget_) {
      auto kept = std::make_unique<Entry>(std::move(entry));
      Entry* none = nullptr;
      if (entries_[static_cast<size_t>(i)].compare_exchange_strong(none, kept.get())) {
        [[maybe_unused]] const Entry* owned = kept.release();  // by the table
        return;
      }
    }
    used_.fetch_sub(bytes);
  }

 private:
  static size_t cost(size_t held) { return held + sizeof(Entry) + 32; }  // and what the heap adds

  size_t budget_;
  std::atomic<size_t> used_ = 0;
  std::vector<std::atomic<Entry*>> entries_;
};

}  // namespace ax
