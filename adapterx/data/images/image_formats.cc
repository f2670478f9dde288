#include "adapterx/data/images/image_formats.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/files_below.h"
#include "adapterx/io/images/image.h"

namespace ax {
namespace {

class FileImages : public ImageDataset {
 public:
  explicit FileImages(std::vector<LabelledFile> files) : files_(std::move(files)) {}

  int64_t size() const override { return static_cast<int64_t>(files_.size()); }
  int32_t label(int64_t i) const override { return at(i).label; }
  std::string name(int64_t i) const override { return at(i).path; }
  Image image(int64_t i) const override {
    const FileBytes bytes = FileBytes::map(at(i).path);
    return decode_image(bytes.name(), bytes.bytes());
  }

 private:
  const LabelledFile& at(int64_t i) const { return files_[static_cast<size_t>(i)]; }

  std::vector<LabelledFile> files_;
};

constexpr FileKind kImages = {"images", ".jpg, .png, .webp, .bmp, .ppm", is_image_name};

ImageSplits images_of(std::string format, FileSplits files) {
  const auto open = [](std::vector<LabelledFile>& split) {
    return split.empty() ? nullptr : file_images(std::move(split));
  };
  return {std::move(format), std::move(files.classes), open(files.train), open(files.val), open(files.test)};
}

}  // namespace

std::shared_ptr<const ImageDataset> file_images(std::vector<LabelledFile> files) {
  return std::make_shared<FileImages>(std::move(files));
}

ImageSplits open_image_folder(const std::filesystem::path& folder) {
  return images_of("folder", labelled_folder(folder, kImages));
}

ImageSplits open_unlabelled_images(const std::filesystem::path& folder) {
  FileSplits files{.classes = {"unlabelled"}};
  try {
    for (const auto& file : files_below(folder, is_image_name)) files.train.push_back({file.string(), 0});
  } catch (const std::filesystem::filesystem_error& error) {
    fail("{}: cannot look for images: {}", folder.string(), error.code().message());
  }
  if (files.train.empty()) fail("{}: expected images ({}), got none", folder.string(), kImages.extensions);
  return images_of("folder", std::move(files));
}

ImageSplits open_image_csv(const std::filesystem::path& file) {
  return images_of("csv", labelled_csv(file, kImages));
}

}  // namespace ax
