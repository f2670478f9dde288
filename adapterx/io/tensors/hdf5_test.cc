#include "adapterx/io/tensors/hdf5.h"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Dims = std::vector<hsize_t>;

class Hdf5 : public testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }

  // A new file, filled by the library itself.
  void write(const std::function<void(hid_t)>& fill) const {
    const hid_t file = H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    fill(file);
    H5Fclose(file);
  }

  std::string error(const std::string& name, bool ints = false) const {
    return error_text([&] {
      Shape shape;
      const Hdf5File file = Hdf5File::open(path_);
      ints ? (void)file.read_ints(name) : (void)file.read_floats(name, shape);
    });
  }

  const fs::path path_ = fs::temp_directory_path() / ("ax_hdf5_test_" + std::to_string(::getpid()) + ".h5");
};

// `as`: the type in the file; `chunk`: of chunks, empty where contiguous; `deflate`: with shuffle and gzip.
template <class T>
void add(hid_t file, const char* name, const Dims& dims, const std::vector<T>& values, hid_t native, hid_t as,
         const Dims& chunk = {}, bool deflate = false) {
  const hid_t space = H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr);
  const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  if (!chunk.empty()) H5Pset_chunk(layout, static_cast<int>(chunk.size()), chunk.data());
  if (deflate) H5Pset_shuffle(layout), H5Pset_deflate(layout, 4);
  const hid_t set = H5Dcreate2(file, name, as, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  EXPECT_GE(set, 0);
  if (!values.empty()) {
    EXPECT_GE(H5Dwrite(set, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  }
  H5Dclose(set), H5Pclose(layout), H5Sclose(space);
}

void add_floats(hid_t file, const char* name, const Dims& dims, const std::vector<float>& values, hid_t as,
                const Dims& chunk = {}, bool deflate = false) {
  add(file, name, dims, values, H5T_NATIVE_FLOAT, as, chunk, deflate);
}

std::vector<float> ramp(size_t n) {
  std::vector<float> values(n);
  for (size_t i = 0; i < n; ++i) values[i] = static_cast<float>(i) * 0.25F - 3;
  return values;
}

TEST_F(Hdf5, ReadsFloatsOfEveryStorage) {
  const std::vector<float> want = ramp(5 * 8 * 3);
  write([&](hid_t file) {
    const Dims dims = {5, 8, 3};
    add_floats(file, "little", dims, want, H5T_IEEE_F32LE);
    add_floats(file, "big", dims, want, H5T_IEEE_F32BE);
    add_floats(file, "double", dims, want, H5T_IEEE_F64LE);
    add_floats(file, "big_double", dims, want, H5T_IEEE_F64BE, {2, 3, 3});
    add_floats(file, "chunked", dims, want, H5T_IEEE_F32LE, {2, 8, 3}, true);
    H5Gclose(H5Gcreate2(file, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    add_floats(file, "group/flat", {120}, want, H5T_IEEE_F32LE);
  });
  for (const Hdf5File& file : {Hdf5File::open(path_), Hdf5File::read(FileBytes::map(path_))}) {
    EXPECT_EQ(file.names(),
              (std::vector<std::string>{"big", "big_double", "chunked", "double", "group/flat", "little"}));
    for (const std::string& name : file.names()) {
      Shape shape;
      EXPECT_EQ(file.read_floats(name, shape), want) << name;
      EXPECT_EQ(shape, name == "group/flat" ? Shape{120} : (Shape{5, 8, 3})) << name;
    }
  }
}

TEST_F(Hdf5, FilesInMemoryOfOneNameAreTwo) {
  const auto bytes_with = [&](float value) {
    write([&](hid_t file) { add_floats(file, "data", {1}, {value}, H5T_IEEE_F32LE); });
    std::ifstream in(path_, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  const std::string one = bytes_with(1), two = bytes_with(2);
  const Hdf5File first = Hdf5File::read(FileBytes::borrow("x.h5", bytes_of(one)));
  const Hdf5File second = Hdf5File::read(FileBytes::borrow("x.h5", bytes_of(two)));
  Shape shape;
  EXPECT_EQ(second.read_floats("data", shape), std::vector<float>{2});
  EXPECT_EQ(first.read_floats("data", shape), std::vector<float>{1});
}

TEST_F(Hdf5, ReadsLabels) {
  const std::vector<int64_t> want = {0, 14, 255, 3};
  write([&](hid_t file) {
    add(file, "u1", {4}, want, H5T_NATIVE_INT64, H5T_STD_U8LE);
    add(file, "i8", {4}, want, H5T_NATIVE_INT64, H5T_STD_I64LE, {3}, true);
    add(file, "i4_column", {4, 1}, want, H5T_NATIVE_INT64, H5T_STD_I32BE);
    add(file, "two", {2, 2}, want, H5T_NATIVE_INT64, H5T_STD_I32LE);
    add(file, "none", {0}, std::vector<int64_t>{}, H5T_NATIVE_INT64, H5T_STD_I32LE);
  });
  const Hdf5File file = Hdf5File::open(path_);
  for (const char* name : {"u1", "i8", "i4_column"}) EXPECT_EQ(file.read_ints(name), want) << name;
  EXPECT_TRUE(file.read_ints("none").empty());
  expect_part(error("two", true),
              ".h5: two: expected integers of shape [N] or [N, 1], got integer of 4 bytes, [2, 2]");
  expect_part(error("u1"), "u1: expected floats of 2, 4 or 8 bytes, got integer of 1 bytes, [4]");
}

TEST_F(Hdf5, ReadsWhatH5pyWrites) {
  const fs::path corpus = fs::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "h5";
  std::vector<float> want(36);
  for (size_t i = 0; i < want.size(); ++i) want[i] = (static_cast<float>(i) - 2) / 4;
  for (const auto& [name, sets] : {std::pair<const char*, std::vector<std::string>>{"plain.h5", {"data"}},
                                   {"latest.h5", {"data"}},
                                   {"compressed.h5", {"data"}},
                                   {"others.h5", {"group/big", "half"}}}) {
    const Hdf5File file = Hdf5File::open(corpus / name);
    for (const std::string& set : sets) {
      Shape shape;
      EXPECT_EQ(file.read_floats(set, shape), want) << name << " " << set;
      EXPECT_EQ(shape, (Shape{3, 4, 3}));
    }
    if (sets.size() > 1) continue;
    EXPECT_EQ(file.read_ints("label"), (std::vector<int64_t>{2, 0, 14})) << name;
  }
  expect_part(error_text([&] { Hdf5File::open(corpus / "refuse_cut.h5"); }),
              "refuse_cut.h5: expected an HDF5 file");
}

TEST_F(Hdf5, NamesWhatIsMissing) {
  write([](hid_t file) { add_floats(file, "data", {2, 3}, ramp(6), H5T_IEEE_F32LE); });
  expect_part(error("date"), ".h5: date: expected a data set of this name, got data; did you mean `data`?");
  expect_part(error("data", true), "got float of 4 bytes, [2, 3]");
  fs::remove(path_);
  expect_part(error("data"), "cannot open: No such file");
  std::ofstream(path_) << "a page that says 404";
  expect_part(error("data"), ".h5: expected an HDF5 file (the library: ");
  std::ofstream(path_, std::ios::trunc).flush();
  expect_part(error("data"), ".h5: expected an HDF5 file");
}

TEST_F(Hdf5, TruncatedFilesAreRefused) {
  write([](hid_t file) {
    add_floats(file, "data", {50, 3}, ramp(150), H5T_IEEE_F32LE, {10, 3}, true);
    add_floats(file, "plain", {50, 3}, ramp(150), H5T_IEEE_F32LE);
  });
  std::ifstream in(path_, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (size_t size = 0; size < whole.size(); size += 41) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    expect_part(error("data"), path_.string() + ": expected an HDF5 file");
  }
}

TEST_F(Hdf5, SizesAreCheckedBeforeAnythingIsAllotted) {
  write([](hid_t file) {
    add_floats(file, "never_written", {1 << 20, 1 << 20}, {}, H5T_IEEE_F32LE);
    add_floats(file, "no_chunk", {1 << 20, 1 << 20}, {}, H5T_IEEE_F32LE, {64, 64}, true);
    add_floats(file, "beyond", {hsize_t{1} << 40, hsize_t{1} << 40}, {}, H5T_IEEE_F32LE, {1, 1});
    add_floats(file, "chunk", {2, 2}, ramp(4), H5T_IEEE_F32LE, {1, 1});
  });
  expect_part(error("never_written"),
              "never_written: expected 4398046511104 bytes of values, got 0 in the file");
  expect_part(error("no_chunk"), "no_chunk: expected 4398046511104 bytes of values, got 0 in the file");
  expect_part(error("beyond"), ".h5: beyond: ");
}

TEST_F(Hdf5, DataInOtherFilesAreRefused) {
  write([](hid_t file) {
    const Dims dims = {4};
    const hid_t space = H5Screate_simple(1, dims.data(), nullptr), layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(layout, "/etc/passwd", 0, 16);
    H5Dclose(H5Dcreate2(file, "external", H5T_IEEE_F32LE, space, H5P_DEFAULT, layout, H5P_DEFAULT));
    H5Pclose(layout), H5Sclose(space);
    H5Lcreate_external("/etc/other.h5", "data", file, "link", H5P_DEFAULT, H5P_DEFAULT);
  });
  expect_part(error("external"), "external: expected values in this file, got a reference to other files");
  expect_part(error("link"), "link: expected a data set of this name, got external");
}

TEST_F(Hdf5, ThreadsMayReadAtTheSameTime) {
  const std::vector<float> want = ramp(300);
  write([&](hid_t file) { add_floats(file, "data", {100, 3}, want, H5T_IEEE_F32LE, {7, 3}, true); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        Shape shape;
        EXPECT_EQ(Hdf5File::open(path_).read_floats("data", shape), want);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Hdf5, NothingIsPrintedAndTheProgramsOwnSettingStays) {
  H5E_auto2_t before = nullptr, after = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &before, nullptr);
  testing::internal::CaptureStderr();
  std::ofstream(path_) << "nothing";
  error("data");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  H5Eget_auto2(H5E_DEFAULT, &after, nullptr);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace ax
