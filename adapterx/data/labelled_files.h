// Layouts of labelled files on disk, whatever the files hold: class folders and lists. Internal to
// open_image_splits and open_point_splits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ax {

struct LabelledFile {
  std::string path;
  int32_t label = 0;
};

struct FileSplits {
  std::vector<std::string> classes = {};
  std::vector<LabelledFile> train = {}, val = {}, test = {};  // train or test has some
};

struct FileKind {
  const char* samples;     // "images": for errors
  const char* extensions;  // ".jpg, .png"
  bool (*is_one)(const std::filesystem::path&);
};

// Class subfolders with files below them, or train, val (or valid, validation) and test folders of such.
// Throws Error naming the folder where a class has no files or splits differ in their classes.
FileSplits labelled_folder(const std::filesystem::path& folder, const FileKind& kind);

// A file of rows path,label[,split] (io/lists/image_csv.h), paths relative to its folder. Throws Error naming
// file and line.
FileSplits labelled_csv(const std::filesystem::path& file, const FileKind& kind);

// The names of classes that are numbers: of classes.txt or class_names.txt in the folder, or else "0", "1"
// ... `labels` counts the largest label in, `where` is what has it. Throws Error where there are fewer names.
std::vector<std::string> numbered_classes(const std::filesystem::path& folder, int32_t labels,
                                          const std::string& where);

// A path of a list in `folder`. Throws Error, naming list and line, where no file is there.
std::string listed_file(const std::filesystem::path& folder, const std::string& path, const std::string& list,
                        int64_t line);

}  // namespace ax
