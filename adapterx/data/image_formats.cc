#include "adapterx/data/image_formats.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/image_list.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

std::shared_ptr<const ImageDataset> file_images(std::vector<LabelledFile> files) {
  return std::make_shared<FileImages>(std::move(files));
}

std::vector<std::string> numbered_classes(const fs::path& folder, int32_t labels, const std::string& where) {
  for (const char* name : {"classes.txt", "class_names.txt"}) {
    const fs::path file = folder / name;
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) continue;
    std::vector<std::string> names = read_name_list(FileBytes::map(file));
    if (names.size() < static_cast<size_t>(labels)) {
      fail("{}: expected a name for each class, got {} for the label {} of {}", file.string(), names.size(),
           labels - 1, where);
    }
    return names;
  }
  std::vector<std::string> names;
  for (int32_t i = 0; i < labels; ++i) names.push_back(std::to_string(i));
  return names;
}

std::string listed_file(const fs::path& folder, const std::string& path, const std::string& list,
                        int64_t line) {
  fs::path file = folder / path;
  std::error_code error;
  if (fs::is_regular_file(file, error)) return file.string();
  const bool is_there = !error && fs::exists(file, error);
  fail("{}:{}: {}: {}", list, line, file.string(),
       is_there ? "expected a file, got something else"
                : "no such file; paths are relative to the list's folder");
}

}  // namespace ax
