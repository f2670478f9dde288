#include "adapterx/data/sources/source_parts.h"

#include "adapterx/base/error.h"
#include "adapterx/data/splits.h"

namespace ax {

std::vector<std::string> numbered_names(std::string_view what, int64_t count) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i) names.push_back(fmt::format("{} {}", what, i));
  return names;
}

double part_of_second(SourceOptions& options, std::string_view key, const std::string& first,
                      const std::string& second) {
  const std::string chosen = options.choice(key, "mixed", {first, second, "mixed"});
  return chosen == first ? 0 : chosen == second ? 1 : 0.5;
}

void split_off_test(std::shared_ptr<const ImageDataset> images, int64_t count, uint64_t seed,
                    std::string_view what, ImageSplits& splits) {
  const auto test = drawn(*images, std::ssize(splits.classes), count, seed, what);
  splits.train = subset(images, all_but(test, images->size()));
  if (count > 0) splits.test = subset(images, test);
}

}  // namespace ax
