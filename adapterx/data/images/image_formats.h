// The layouts of labelled images on disk, one function each; image_dataset.h describes them. Internal to
// open_image_splits, which cuts what they give. All throw Error naming file and line, or the folder.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/labelled_files.h"

namespace ax {

ImageSplits open_image_folder(const std::filesystem::path& folder);
// The images that lie in the folder itself, one class. Throws Error where there are none.
ImageSplits open_unlabelled_images(const std::filesystem::path& folder);
ImageSplits open_image_vtab(const std::filesystem::path& folder);
ImageSplits open_image_csv(const std::filesystem::path& file);
ImageSplits open_image_idx(const std::filesystem::path& folder);

bool is_image_vtab(const std::filesystem::path& folder);  // has one of the lists
bool is_image_idx(const std::filesystem::path& folder);   // has one of the files

// Image files, decoded when asked for.
std::shared_ptr<const ImageDataset> file_images(std::vector<LabelledFile> files);

}  // namespace ax
