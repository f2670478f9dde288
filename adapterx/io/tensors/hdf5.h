// HDF5 files (.h5) of plain data sets, as ScanObjectNN and ModelNet40 come in, through the HDF5 library.
//
// Data sets of any storage the library reads without further files are read: contiguous, compact, chunked,
// compressed. What a file says of sizes is checked before anything is allotted for it, but the library does
// not stand hostile files: one that is damaged with intent can make it read beyond its memory (1.10.8: a
// chunk that unpacks to less than its size, found by fuzz/fuzz_h5.cc) and leak some. Open files by it that
// you would trust to run. Its errors are given with ours, never printed. Calls from several threads wait for
// one another, as the library needs it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/shape.h"
#include "adapterx/io/file_bytes.h"

namespace ax {

class Hdf5File {
 public:
  // Throws Error naming the file where it can't be opened or is no HDF5 file.
  static Hdf5File open(const std::filesystem::path& path);
  // A file in memory, which is copied.
  static Hdf5File read(const FileBytes& file);

  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) noexcept;
  ~Hdf5File();

  const std::string& path() const { return path_; }

  // The data sets, sorted; those in groups as "group/name". Throws Error where there are more than 10,000.
  std::vector<std::string> names() const;

  // The values, row-major, of a data set of floats of 16, 32 or 64 bits, rounded to float. They need not be
  // finite. Throw Error naming the file, the data set, what was expected and what is there; of a name that
  // does not exist also the nearest.
  std::vector<float> read_floats(std::string_view name, Shape& shape) const;
  // The values of a data set of integers of 8 to 64 bits, of shape [N] or [N, 1].
  std::vector<int64_t> read_ints(std::string_view name) const;

 private:
  struct Handle;
  Hdf5File(std::string path, std::unique_ptr<Handle> handle);

  std::string path_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace ax
