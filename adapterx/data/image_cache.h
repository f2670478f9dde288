// Decoded images in memory, up to a budget: first come, first kept, none dropped. Every function may be
// called by any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "adapterx/io/image.h"

namespace ax {

class ImageCache {
 public:
  struct Entry {
    Image image;
    bool resized = false;  // to the input's size
  };

  ImageCache(int64_t images, size_t bytes) : budget_(bytes), entries_(static_cast<size_t>(images)) {}
  ~ImageCache() {
    for (auto& entry : entries_) delete entry.load();
  }
  ImageCache(const ImageCache&) = delete;
  ImageCache& operator=(const ImageCache&) = delete;

  // Null where image i is not kept. What is found stays as long as the cache.
  const Entry* find(int64_t i) const {
    return entries_[static_cast<size_t>(i)].load(std::memory_order_acquire);
  }

  bool has_room(size_t bytes) const { return used_.load(std::memory_order_relaxed) + cost(bytes) <= budget_; }

  // Drops it where the budget is used up or the image is there already.
  void keep(int64_t i, Entry entry) {
    const size_t bytes = cost(entry.image.size());
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
  static size_t cost(size_t pixels) { return pixels + sizeof(Entry) + 32; }  // and what the heap adds

  size_t budget_;
  std::atomic<size_t> used_ = 0;
  std::vector<std::atomic<Entry*>> entries_;
};

}  // namespace ax
