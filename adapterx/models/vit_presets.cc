#include <array>
#include <cstdio>

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
      for (const int image : {224, 384})
        names.push_back(fmt::format("vit_{}_patch{}_{}", s.name, patch, image));
    }
  }
  return names;
}

}  // namespace

VitConfig vit_preset(const std::string& name) {
  char size[16];
  int patch = 0, image = 0;
  const bool parsed = std::sscanf(name.c_str(), "vit_%15[a-z]_patch%3d_%4d", size, &patch, &image) == 3 &&
                      patch > 0 && image > 0 && name == fmt::format("vit_{}_patch{}_{}", size, patch, image);
  for (const Size& s : kSizes) {
    if (!parsed || size != std::string_view(s.name)) continue;
    if (image % patch != 0) {
      fail("model `{}`: image size {} is not a multiple of patch size {}", name, image, patch);
    }
    VitConfig c;
    c.width = s.width;
    c.depth = s.depth;
    c.heads = s.heads;
    c.patch_size = patch;
    c.image_size = image;
    return c;
  }
  fail("model `{}`: unknown; expected vit_{{tiny,small,base,large}}_patch<P>_<S>{}", name,
       did_you_mean(name, common_names()));
}

}  // namespace ax
