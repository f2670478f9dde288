#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/io/tensors/npy.h"
#include "adapterx/io/tensors/safetensors.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class OpenTensorFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / fmt::format("ax_open_tensor_file_{}", ::getpid());
  }
  void TearDown() override { fs::remove(path_); }

  std::string error_of(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return error_text([&] { open_tensor_file(path_); });
  }

  fs::path path_;
};

TEST_F(OpenTensorFile, TellsFormatsByContent) {
  const fs::path golden = AX_GOLDEN;
  EXPECT_EQ(open_tensor_file(golden / "pixels.safetensors").format(), "safetensors");
  EXPECT_EQ(open_tensor_file(golden / "families/jax_vit.npz").format(), "npz");
  EXPECT_EQ(open_tensor_file(golden / "torch/nested.pt").format().substr(0, 5), "torch");
  EXPECT_EQ(open_tensor_file(golden / "torch/legacy_nested.pt").format().substr(0, 5), "torch");
}

// The first byte of a safetensors file counts its header: it can be that of a pickle.
TEST_F(OpenTensorFile, SafetensorsOfAnyHeaderLength) {
  const std::vector<float> values = {1, 2};
  for (size_t length = 0; length < 300; ++length) {
    write_safetensors(path_, {{"w", f32_tensor({2}, values)}}, {{"note", std::string(length, 'x')}});
    ASSERT_EQ(open_tensor_file(path_).format(), "safetensors") << length;
  }
}

TEST_F(OpenTensorFile, NamesWhatPeopleHaveInPlaceOfACheckpoint) {
  EXPECT_NE(error_of("").find("got an empty file"), std::string::npos);
  EXPECT_NE(error_of("version https://git-lfs.github.com/spec/v1\n").find("git lfs pull"), std::string::npos);
  EXPECT_NE(error_of("<!DOCTYPE html><html>").find("a web page"), std::string::npos);
  EXPECT_NE(error_of("\x89HDF\r\n").find("an HDF5 file"), std::string::npos);
  EXPECT_NE(error_of("hello").find("expected a safetensors, PyTorch, ONNX, .npz or .npy file"),
            std::string::npos);
}

}  // namespace
}  // namespace ax
