#include "adapterx/models/checkpoint/foreign_names.h"

#include <algorithm>

#include "adapterx/base/error.h"

namespace ax {
namespace {

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// DINOv2 saves its blocks in chunks, "blocks.1.7.norm1.weight", with numbers that run on through all chunks:
// "blocks.7.norm1.weight".
std::string without_chunk(const std::string& name) {
  constexpr std::string_view kBlocks = "blocks.";
  const size_t blocks = name.find(kBlocks);
  if (blocks == name.npos) return name;
  const size_t chunk = blocks + kBlocks.size(), chunk_end = skip_digits(name, chunk);
  if (chunk_end == chunk || chunk_end >= name.size() || name[chunk_end] != '.') return name;
  const size_t block_end = skip_digits(name, chunk_end + 1);
  if (block_end == chunk_end + 1 || block_end >= name.size() || name[block_end] != '.') return name;
  return name.substr(0, chunk) + name.substr(chunk_end + 1);
}

// What precedes the name wherever it ends a tensor's name.
std::vector<std::string> roots_of(const std::vector<std::string>& names, std::string_view signature) {
  std::vector<std::string> roots;
  for (const std::string& name : names) {
    if (!name.ends_with(signature)) continue;
    std::string root = name.substr(0, name.size() - signature.size());
    if (root.empty() || root.back() == '.' || root.back() == '/') roots.push_back(std::move(root));
  }
  return roots;
}

// Of several backbones, the averaged one is the better: DINO's teacher, an EMA.
bool is_better_root(const std::string& a, const std::string& b) {
  const auto rank = [](const std::string& root) {
    const bool averaged = root.find("teacher") != root.npos || root.find("ema") != root.npos;
    return std::pair(averaged ? 0 : 1, root.size());
  };
  return rank(a) < rank(b);
}

// The first names of a file, to show what it is.
std::string sample(const std::vector<std::string>& names) {
  constexpr size_t kShown = 5;
  const std::span shown(names.begin(), std::min(kShown, names.size()));
  return fmt::format("{}{}", fmt::join(shown, ", "), names.size() > kShown ? ", ..." : "");
}

}  // namespace

ForeignNames::ForeignNames(const TensorFile& file) : file_(file) {
  bool unique = true;
  for (const auto& entry : file.tensors()) {
    unique = originals_.emplace(without_chunk(entry.first), entry.first).second && unique;
  }
  if (unique) return;
  originals_.clear();  // not chunks, but stages of another network
  for (const auto& entry : file.tensors()) originals_.emplace(entry.first, entry.first);
}

std::string ForeignNames::at_root(std::string_view root, std::string_view name) {
  if (!name.starts_with('^')) return std::string(root) + std::string(name);
  const size_t outer = root.empty() ? root.npos : root.find_last_of("./", root.size() - 2);
  const std::string_view parent = outer == root.npos ? std::string_view() : root.substr(0, outer + 1);
  return std::string(parent) + std::string(name.substr(1));
}

const TensorInfo* ForeignNames::find(const std::string& name) const {
  const auto found = originals_.find(name);
  return found == originals_.end() ? nullptr : &file_.at(found->second);
}

std::vector<std::string> ForeignNames::names() const {
  std::vector<std::string> all;
  for (const auto& entry : originals_) all.push_back(entry.first);
  return all;
}

FoundKeyMap ForeignNames::search_key_maps() const {
  const std::vector<std::string> all = names();
  for (const KeyMap& map : key_maps()) {
    std::vector<std::string> roots = roots_of(all, map.signature);
    std::erase_if(roots, [&](const std::string& root) {
      return !std::ranges::all_of(map.companions,
                                  [&](std::string_view name) { return contains(at_root(root, name)); });
    });
    if (roots.empty()) continue;
    std::ranges::stable_sort(roots, is_better_root);
    return {&map, roots[0], {roots.begin() + 1, roots.end()}};
  }
  return {};
}

FoundKeyMap ForeignNames::find_key_map() const {
  if (FoundKeyMap found = search_key_maps(); found.map != nullptr) return found;
  const std::vector<std::string> all = names();
  std::vector<std::string_view> families;
  for (const KeyMap& map : key_maps()) {
    if (families.empty() || families.back() != map.title) families.push_back(map.title);
  }
  fail("{}: expected a vision transformer in the names of {}; got {} tensors: {}", file_.path(),
       fmt::join(families, "; "), all.size(), sample(all));
}

}  // namespace ax
