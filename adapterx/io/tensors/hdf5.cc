#include "adapterx/io/tensors/hdf5.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/gzip.h"
#include "adapterx/io/tensors/hdf5_id.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

using hdf5::Id;
using hdf5::Session;

struct Hdf5File::Handle {
  Id file;
};

namespace {

constexpr size_t kMaxNames = 10'000;
constexpr uint64_t kLargeChunk = 64 << 20;  // bytes

Id file_access() {
  Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  return access;
}

void check_open(const std::string& path, const Id& file) {
  if (!file.valid()) fail("{}: expected an HDF5 file{}; is it whole?", path, hdf5::reason());
}

// What is in the file of a data set, and how it is kept there.
struct DataSet {
  Id set, space, type;
  Shape shape;
};

std::string describe(const DataSet& data) {
  constexpr std::pair<H5T_class_t, std::string_view> kClasses[] = {
      {H5T_FLOAT, "float"},       {H5T_INTEGER, "integer"}, {H5T_STRING, "string"}, {H5T_ENUM, "enum"},
      {H5T_COMPOUND, "compound"}, {H5T_ARRAY, "array"},     {H5T_VLEN, "list"},
  };
  const H5T_class_t kind = H5Tget_class(data.type.get());
  const auto* found = std::ranges::find(kClasses, kind, &std::pair<H5T_class_t, std::string_view>::first);
  return fmt::format("{} of {} bytes, {}", found == std::end(kClasses) ? "another type" : found->second,
                     H5Tget_size(data.type.get()), to_string(data.shape));
}

Shape shape_of(const std::string& where, hid_t space) {
  if (H5Sget_simple_extent_type(space) == H5S_NULL) fail("{}: expected values, got an empty data set", where);
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || rank > Shape::kMaxRank) {
    fail("{}: expected at most {} dimensions, got {}", where, Shape::kMaxRank, rank);
  }
  std::array<hsize_t, Shape::kMaxRank> sizes{};
  H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
  std::vector<int64_t> dims;
  for (int i = 0; i < rank; ++i) {
    const hsize_t size = sizes[static_cast<size_t>(i)];
    dims.push_back(
        static_cast<int64_t>(std::min(size, static_cast<hsize_t>(std::numeric_limits<int64_t>::max()))));
  }
  return checked_shape(where, dims);
}

// Refuses what the file can't hold and what lies in other files.
void check_storage(const std::string& where, const DataSet& data, uint64_t file_size) {
  const Id layout(H5Dget_create_plist(data.set.get()), H5Pclose);
  const uint64_t item = H5Tget_size(data.type.get());
  const uint64_t want = static_cast<uint64_t>(data.shape.size()) * item;
  const H5D_layout_t kind = H5Pget_layout(layout.get());
  if (kind == H5D_VIRTUAL || H5Pget_external_count(layout.get()) > 0) {
    fail("{}: expected values in this file, got a reference to other files", where);
  }
  const uint64_t kept = H5Dget_storage_size(data.set.get());
  const bool packed = kind == H5D_CHUNKED && H5Pget_nfilters(layout.get()) > 0;
  if (kept > file_size || want / (packed ? kMostDeflateShrinks : 1) > kept) {
    fail("{}: expected {} bytes of values, got {} in the file of {} bytes; is it whole?", where, want, kept,
         file_size);
  }
  if (kind != H5D_CHUNKED) return;
  std::array<hsize_t, Shape::kMaxRank + 1> sizes{};
  const int rank = H5Pget_chunk(layout.get(), Shape::kMaxRank + 1, sizes.data());
  uint64_t chunk = item;
  for (int i = 0; i < rank; ++i) {
    const uint64_t size = std::max<hsize_t>(sizes[static_cast<size_t>(i)], 1);
    chunk = chunk > std::numeric_limits<uint64_t>::max() / size ? std::numeric_limits<uint64_t>::max()
                                                                : chunk * size;
  }
  if (chunk > std::max(kLargeChunk, want)) {
    fail("{}: expected chunks of at most {} bytes, got {}", where, std::max(kLargeChunk, want), chunk);
  }
}

template <class T>
std::vector<T> read_values(const std::string& where, const DataSet& data, hid_t as) {
  std::vector<T> values(static_cast<size_t>(data.shape.size()));
  if (values.empty()) return values;
  if (H5Dread(data.set.get(), as, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    fail("{}: {}: cannot be read{}; the file is damaged", where, describe(data), hdf5::reason());
  }
  return values;
}

bool is_class(const DataSet& data, H5T_class_t kind, std::initializer_list<size_t> sizes) {
  return H5Tget_class(data.type.get()) == kind &&
         std::ranges::find(sizes, H5Tget_size(data.type.get())) != sizes.end();
}

struct Visit {
  hid_t file;
  std::vector<std::string> names;
};

herr_t add_name(hid_t /*group*/, const char* name, const H5L_info_t* info, void* visit) {
  auto& into = *static_cast<Visit*>(visit);
  if (info->type != H5L_TYPE_HARD) return 0;
  const Id object(H5Oopen(into.file, name, H5P_DEFAULT), H5Oclose);
  if (object.valid() && H5Iget_type(object.get()) == H5I_DATASET) into.names.emplace_back(name);
  return into.names.size() > kMaxNames ? 1 : 0;
}

std::vector<std::string> find_names(const std::string& path, hid_t file) {
  Visit visit{file, {}};
  if (H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, add_name, &visit) < 0) {
    fail("{}: the list of data sets can't be read{}; the file is damaged", path, hdf5::reason());
  }
  if (visit.names.size() > kMaxNames) fail("{}: expected at most {} data sets, got more", path, kMaxNames);
  std::ranges::sort(visit.names);
  return std::move(visit.names);
}

DataSet open_set(const std::string& path, hid_t file, const std::string& name) {
  const std::vector<std::string> names = find_names(path, file);
  if (std::ranges::find(names, name) == names.end()) {
    std::string all;
    for (size_t i = 0; i < std::min<size_t>(names.size(), 20); ++i) all += (i == 0 ? "" : ", ") + names[i];
    fail("{}: {}: expected a data set of this name, got {}{}", path, name, names.empty() ? "none" : all,
         did_you_mean(name, names));
  }
  const std::string where = path + ": " + name;
  Id set(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!set.valid()) fail("{}: cannot be opened{}; the file is damaged", where, hdf5::reason());
  Id space(H5Dget_space(set.get()), H5Sclose), type(H5Dget_type(set.get()), H5Tclose);
  if (!space.valid() || !type.valid()) fail("{}: the file is damaged{}", where, hdf5::reason());
  const Shape shape = shape_of(where, space.get());
  return {std::move(set), std::move(space), std::move(type), shape};
}

void check_size(const std::string& where, const DataSet& data, hid_t file) {
  hsize_t size = 0;
  if (H5Fget_filesize(file, &size) < 0) fail("{}: the file's size can't be told{}", where, hdf5::reason());
  check_storage(where, data, size);
}

}  // namespace

Hdf5File::Hdf5File(std::string path, std::unique_ptr<Handle> handle)
    : path_(std::move(path)), handle_(std::move(handle)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;

Hdf5File& Hdf5File::operator=(Hdf5File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(handle_, other.handle_);
  return *this;
}

Hdf5File::~Hdf5File() {
  const Session session;
  handle_.reset();
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  FileBytes::map(path);  // the system's reason where it can't be opened
  const Session session;
  const Id access = file_access();
  H5Pset_file_locking(access.get(), false, true);
  Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  check_open(path.string(), file);
  return Hdf5File(path.string(), std::unique_ptr<Handle>(new Handle{std::move(file)}));
}

Hdf5File Hdf5File::read(const FileBytes& bytes) {
  static uint64_t count = 0;
  const Session session;
  // The library takes files in memory of one name for one file, and refuses a name that is on disk.
  const std::string name = fmt::format("{}/in memory {}", bytes.name(), ++count);
  const Id access = file_access();
  H5Pset_fapl_core(access.get(), size_t{1} << 16, false);
  H5Pset_file_image(access.get(), const_cast<std::byte*>(bytes.bytes().data()), bytes.size());
  Id file(bytes.size() == 0 ? -1 : H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  check_open(bytes.name(), file);
  return Hdf5File(bytes.name(), std::unique_ptr<Handle>(new Handle{std::move(file)}));
}

std::vector<std::string> Hdf5File::names() const {
  const Session session;
  return find_names(path_, handle_->file.get());
}

std::vector<float> Hdf5File::read_floats(std::string_view name, Shape& shape) const {
  const Session session;
  const DataSet data = open_set(path_, handle_->file.get(), std::string(name));
  const std::string where = fmt::format("{}: {}", path_, name);
  if (!is_class(data, H5T_FLOAT, {2, 4, 8})) {
    fail("{}: expected floats of 2, 4 or 8 bytes, got {}", where, describe(data));
  }
  check_size(where, data, handle_->file.get());
  shape = data.shape;
  return read_values<float>(where, data, H5T_NATIVE_FLOAT);
}

std::vector<int64_t> Hdf5File::read_ints(std::string_view name) const {
  const Session session;
  const DataSet data = open_set(path_, handle_->file.get(), std::string(name));
  const std::string where = fmt::format("{}: {}", path_, name);
  const bool is_row = data.shape.rank() == 1 || (data.shape.rank() == 2 && data.shape[1] == 1);
  if (!is_class(data, H5T_INTEGER, {1, 2, 4, 8}) || !is_row) {
    fail("{}: expected integers of shape [N] or [N, 1], got {}", where, describe(data));
  }
  check_size(where, data, handle_->file.get());
  return read_values<int64_t>(where, data, H5T_NATIVE_INT64);
}

}  // namespace ax
