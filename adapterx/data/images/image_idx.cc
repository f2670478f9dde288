#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/images/image_formats.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/images/idx.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class IdxImages : public ImageDataset {
 public:
  IdxImages(IdxArray images, IdxArray labels) : images_(std::move(images)), labels_(std::move(labels)) {}

  int64_t size() const override { return images_.shape[0]; }
  int32_t label(int64_t i) const override { return labels_.values[static_cast<size_t>(i)]; }
  bool in_memory() const override { return true; }
  std::string name(int64_t i) const override {
    return fmt::format("{}#{}", fs::path(images_.name).filename().string(), i);
  }
  Image image(int64_t i) const override {
    Image image = new_image(images_.name, images_.shape[2], images_.shape[1]);
    const size_t pixels = image.size() / 3;
    const uint8_t* grey = images_.values.data() + static_cast<size_t>(i) * pixels;
    uint8_t* out = image.pixels.get();
    for (size_t p = 0; p < pixels; ++p) out[3 * p] = out[3 * p + 1] = out[3 * p + 2] = grey[p];
    return image;
  }

 private:
  IdxArray images_, labels_;
};

// As named by MNIST, or with a dot ("train-images.idx3-ubyte"), plain or gzipped; empty where there is none.
fs::path find(const fs::path& folder, const std::string& split, const char* what, char rank) {
  for (const char* mark : {"-", "."}) {
    for (const char* end : {"", ".gz"}) {
      fs::path file = folder / fmt::format("{}-{}{}idx{}-ubyte{}", split, what, mark, rank, end);
      std::error_code ignored;
      if (fs::is_regular_file(file, ignored)) return file;
    }
  }
  return {};
}

void check_shapes(const IdxArray& images, const IdxArray& labels) {
  if (images.shape.size() != 3 || images.shape[1] == 0 || images.shape[2] == 0) {
    fail("{}: expected images [count, height, width], got [{}]", images.name, fmt::join(images.shape, ", "));
  }
  if (labels.shape.size() != 1 || labels.shape[0] != images.shape[0]) {
    fail("{}: expected the labels of {} images ({}), got [{}]", labels.name, images.shape[0], images.name,
         fmt::join(labels.shape, ", "));
  }
  if (images.shape[0] == 0) fail("{}: expected images, got none", images.name);
}

std::shared_ptr<const ImageDataset> open_split(const fs::path& folder, const std::string& split,
                                               int32_t& classes, std::string& where) {
  const fs::path image_file = find(folder, split, "images", '3'),
                 label_file = find(folder, split, "labels", '1');
  if (image_file.empty() && label_file.empty()) return nullptr;
  if (image_file.empty() || label_file.empty()) {
    fail("{}: expected {}-images-idx3-ubyte and {}-labels-idx1-ubyte (or .gz), got one of them",
         folder.string(), split, split);
  }
  IdxArray images = read_idx(FileBytes::map(image_file)), labels = read_idx(FileBytes::map(label_file));
  check_shapes(images, labels);
  const auto largest = std::ranges::max_element(labels.values);
  if (*largest >= classes) {
    classes = *largest + 1;
    where = fmt::format("{}#{}", labels.name, largest - labels.values.begin());
  }
  return std::make_shared<IdxImages>(std::move(images), std::move(labels));
}

}  // namespace

bool is_image_idx(const fs::path& folder) {
  return !find(folder, "train", "images", '3').empty() || !find(folder, "t10k", "images", '3').empty();
}

ImageSplits open_image_idx(const fs::path& folder) {
  ImageSplits splits{.format = "idx"};
  int32_t classes = 0;
  std::string where;
  splits.train = open_split(folder, "train", classes, where);
  splits.test = open_split(folder, "t10k", classes, where);
  if (!splits.train && !splits.test) {
    fail("{}: expected train-images-idx3-ubyte, train-labels-idx1-ubyte or those of t10k (or .gz), got none",
         folder.string());
  }
  splits.classes = numbered_classes(folder, classes, where);
  return splits;
}

}  // namespace ax
