// The HDF5 library's handles and errors. Internal to hdf5.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

namespace ax::hdf5 {

// While it lives, no other thread is in the library, which is not made for several, and nothing is printed.
class Session {
 public:
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  std::lock_guard<std::mutex> lock_;
  H5E_auto2_t print_ = nullptr;
  void* print_data_ = nullptr;
};

// " (the library: REASON)" of the call that failed last, or "".
std::string reason();

// A handle, closed at its end.
class Id {
 public:
  using Close = herr_t (*)(hid_t);

  Id(hid_t id, Close close) : id_(id), close_(close) {}
  Id(Id&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Id(const Id&) = delete;
  Id& operator=(const Id&) = delete;
  ~Id() {
    if (id_ >= 0) close_(id_);
  }

  hid_t get() const { return id_; }
  bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  Close close_;
};

}  // namespace ax::hdf5
