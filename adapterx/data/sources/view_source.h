// Views of 3D shapes, each a function of seed and number: what is it?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/view_image.h"

namespace ax {

struct ViewOptions {
  // A folder of class subfolders with shape files below them (io/shapes/shape_file.h), a .csv of rows
  // path,label[,split] or an .npz of labelled clouds (point_dataset.h), whose splits are all taken.
  std::string path = "/usr/share/kicad/3dmodels";  // of Debian's kicad-packages3d
  std::optional<UpAxis> up;    // axis of the files that points up; none: z of KiCad's folder, else y
  int64_t min_class_size = 5;  // smaller classes are left out
  int64_t most_kb = 600;       // so are larger files
  int64_t per_model = 20;      // views of each
  int64_t size = 64;
  uint64_t seed = 0;
};

std::vector<Setting> view_settings(ViewOptions& options);

// A file is read when a view of it is first asked for, and stays in memory: KiCad's 5,900 take 650
// MB.
//
// Throws Error where the path is missing or fewer than two classes remain; so do images of damaged files.
ImageSplits open_views(const ViewOptions& options);

}  // namespace ax
