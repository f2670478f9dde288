#include "adapterx/data/sources/source_parts.h"

#include "adapterx/base/error.h"
#include "adapterx/data/splits.h"

namespace ax {

std::vector<std::string> numbered_names(std::string_view what, int64_t count) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i) names.push_back(fmt::format("{} {}", what, i));
  return names;
}

Choice part_of_second(double& part, const std::string& first, const std::string& second) {
  return one_of(part, {{first, 0}, {second, 1}, {"mixed", 0.5}});
}

Setting size_setting(int64_t& size, double most) {
  return {"size", &size, "Side of an image in pixels.", {16, most}};
}

Setting seed_setting(uint64_t& seed) { return {"seed", &seed, "Seed of all that is drawn."}; }

void split_off_test(std::shared_ptr<const ImageDataset> images, int64_t count, uint64_t seed,
                    std::string_view what, ImageSplits& splits) {
  const auto test = drawn(*images, std::ssize(splits.classes), count, seed, what);
  splits.train = subset(images, all_but(test, images->size()));
  if (count > 0) splits.test = subset(images, test);
}

}  // namespace ax
