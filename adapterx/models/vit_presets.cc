#include <array>
#include <regex>

#include "adapterx/base/error.h"
#include "adapterx/models/vit.h"

namespace ax {
namespace {

struct Size {
  const char* name;
  int64_t width, depth, heads;
};
constexpr std::array<Size, 4> kSizes = {
    {{"tiny", 192, 12, 3}, {"small", 384, 12, 6}, {"base", 768, 12, 12}, {"large", 1024, 24, 16}}};

std::vector<std::string> common_names() {
  std::vector<std::string> names;
  for (const Size& s : kSizes) {
    for (const int patch : {8, 14, 16, 32}) {
      for (const int image : {224, 384}) names.push_back(fmt::format("vit_{}_patch{}_{}", s.name, patch, image));
    }
  }
  return names;
}

}  // namespace

VitConfig vit_preset(const std::string& name) {
  static const std::regex pattern("vit_([a-z]+)_patch([0-9]{1,3})_([0-9]{1,4})");
  std::smatch parts;
  if (std::regex_match(name, parts, pattern)) {
    for (const Size& s : kSizes) {
      if (parts[1] != s.name) continue;
      VitConfig c;
      c.width = s.width;
      c.depth = s.depth;
      c.heads = s.heads;
      c.patch_size = std::stoll(parts[2]);
      c.image_size = std::stoll(parts[3]);
      if (c.patch_size < 1 || c.image_size % c.patch_size != 0) {
        fail("model `{}`: image size {} is not a multiple of patch size {}", name, c.image_size, c.patch_size);
      }
      return c;
    }
  }
  fail("model `{}`: unknown; expected vit_{{tiny,small,base,large}}_patch<P>_<S>{}", name,
       did_you_mean(name, common_names()));
}

}  // namespace ax
