// The layouts of labelled images on disk, one function each; image_dataset.h describes them. Internal to
// open_image_splits, which cuts what they give. All throw Error naming file and line, or the folder.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapterx/data/image_dataset.h"

namespace ax {

ImageSplits open_image_folder(const std::filesystem::path& folder);
ImageSplits open_image_vtab(const std::filesystem::path& folder);
ImageSplits open_image_csv(const std::filesystem::path& file);
ImageSplits open_image_idx(const std::filesystem::path& folder);

bool is_image_vtab(const std::filesystem::path& folder);  // has one of the lists
bool is_image_idx(const std::filesystem::path& folder);   // has one of the files

struct LabelledFile {
  std::string path;
  int32_t label = 0;
};

// Image files, decoded when asked for.
std::shared_ptr<const ImageDataset> file_images(std::vector<LabelledFile> files);

// The names of classes that are numbers: of classes.txt or class_names.txt in the folder, or else "0", "1"
// ... `labels` counts the largest label in, `where` is what has it. Throws Error where there are fewer names.
std::vector<std::string> numbered_classes(const std::filesystem::path& folder, int32_t labels,
                                          const std::string& where);

// A path of a list in `folder`. Throws Error, naming list and line, where no file is there.
std::string listed_file(const std::filesystem::path& folder, const std::string& path, const std::string& list,
                        int64_t line);

}  // namespace ax
