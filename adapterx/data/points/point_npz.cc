#include <algorithm>
#include <array>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/labelled_files.h"
#include "adapterx/data/points/point_formats.h"
#include "adapterx/io/lists/image_list.h"
#include "adapterx/io/tensors/npy.h"

namespace ax {
namespace {

// 0, 1, 2 of each cloud: training, validation, test.
std::vector<int64_t> split_numbers(const FileBytes& bytes, const TensorFile& file, size_t clouds) {
  std::vector<int64_t> numbers(clouds, 0);
  if (file.contains("split")) {
    numbers = file.i64("split");
  } else if (file.metadata().contains("split")) {
    numbers.clear();
    for (const std::string& text : read_npz_texts(bytes, "split")) {
      numbers.push_back(text == "train" ? 0 : text == "val" ? 1 : text == "test" ? 2 : -1);
    }
  }
  if (numbers.size() != clouds) {
    fail("{}: split: expected one for each of {} clouds, got {}", file.path(), clouds, numbers.size());
  }
  const auto bad = std::ranges::find_if(numbers, [](int64_t n) { return n < 0 || n > 2; });
  if (bad != numbers.end()) {
    fail("{}: split: cloud {}: expected train, val or test, or 0, 1 or 2", file.path(),
         bad - numbers.begin());
  }
  return numbers;
}

std::vector<std::string> class_names(const FileBytes& bytes, const TensorFile& file,
                                     const std::vector<int64_t>& labels) {
  const int64_t count = labels.empty() ? 0 : *std::ranges::max_element(labels) + 1;
  if (count > kMaxClasses)
    fail("{}: label: expected labels below {}, got {}", file.path(), kMaxClasses, count - 1);
  if (!file.metadata().contains("class_names")) {
    return numbered_classes(std::filesystem::path(file.path()).parent_path(), static_cast<int32_t>(count),
                            file.path());
  }
  std::vector<std::string> names = read_npz_texts(bytes, "class_names");
  if (std::ssize(names) < count) {
    fail("{}: class_names: expected a name for each class, got {} for the label {}", file.path(),
         names.size(), count - 1);
  }
  return names;
}

}  // namespace

PointSplits open_point_npz(const DatasetSpec& spec) {
  const FileBytes bytes = FileBytes::map(spec.path);
  const TensorFile file = read_npz(bytes);
  const Shape shape = file.at("points").shape;
  if (shape.rank() != 3 || shape[2] != 3 || shape[1] < 1 || shape[0] < 1) {
    fail("{}: points: expected [clouds, points, 3], got {}", file.path(), to_string(shape));
  }
  const std::vector<int64_t> labels = file.i64("label");
  const std::vector<int64_t> numbers = split_numbers(bytes, file, labels.size());
  PointSplits splits{.classes = class_names(bytes, file, labels)};
  std::vector<LabelledCloud> clouds =
      cut_clouds(file.path(), file.f32("points"), shape[1], labels, std::ssize(splits.classes));
  std::array<std::vector<LabelledCloud>, 3> parts;
  for (size_t i = 0; i < clouds.size(); ++i) {
    parts[static_cast<size_t>(numbers[i])].push_back(std::move(clouds[i]));
  }
  splits.train = clouds_in_memory(std::move(parts[0]));
  splits.val = clouds_in_memory(std::move(parts[1]));
  splits.test = clouds_in_memory(std::move(parts[2]));
  if (!splits.train && !splits.test) {
    fail("{}: split: expected clouds to train on or to test, got none", file.path());
  }
  return splits;
}

}  // namespace ax
