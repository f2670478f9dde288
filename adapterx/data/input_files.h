// What reading many files as inputs of a model shares, whether they are images or 3D shapes.
#pragma once

#include <algorithm>
#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {

// load(file, input) for each file, on all threads; `size` numbers of `out` a file. Returns an error text for
// each file, "" where it is well; the input of one that failed is zero.
template <class Load>
std::vector<std::string> load_each(std::string_view noun, std::span<const std::filesystem::path> files,
                                   size_t size, std::span<float> out, const Load& load) {
  if (out.size() < files.size() * size) {
    fail("{}: expected room for {} values, got {}", noun, files.size() * size, out.size());
  }
  std::vector<std::string> errors(files.size());
#pragma omp parallel for schedule(dynamic)
  for (size_t i = 0; i < files.size(); ++i) {
    const std::span<float> input = out.subspan(i * size, size);
    try {
      load(files[i], input);
    } catch (const std::exception& error) {
      errors[i] = *error.what() != '\0' ? error.what() : files[i].string() + ": cannot be loaded";
      std::ranges::fill(input, 0.0f);
    }
  }
  return errors;
}

// Files as they are, folders by append_folder(folder, files). Throws Error where a path doesn't exist or
// can't be looked into.
template <class AppendFolder>
std::vector<std::filesystem::path> find_inputs(std::string_view noun,
                                               std::span<const std::filesystem::path> paths,
                                               const AppendFolder& append_folder) {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& path : paths) {
    try {
      if (!std::filesystem::exists(path)) fail("{}: no such file or folder", path.string());
      if (std::filesystem::is_directory(path)) {
        append_folder(path, files);
      } else {
        files.push_back(path);
      }
    } catch (const std::filesystem::filesystem_error& error) {
      fail("{}: cannot look for {}: {}", path.string(), noun, error.code().message());
    }
  }
  return files;
}

}  // namespace ax
