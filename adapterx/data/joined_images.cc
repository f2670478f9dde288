#include "adapterx/data/joined_images.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "adapterx/base/error.h"

namespace ax {
namespace {

struct Member {
  std::shared_ptr<const ImageDataset> images;
  int64_t first_image = 0;             // its place among all
  std::vector<int32_t> first_classes;  // of its label sets, among all classes
};

class JoinedImages : public ImageDataset {
 public:
  explicit JoinedImages(std::vector<Member> members) : members_(std::move(members)) {}

  int64_t size() const override { return members_.back().first_image + members_.back().images->size(); }
  int32_t label(int64_t i) const override {
    const Member& m = member(i);
    return m.first_classes[0] + m.images->label(i - m.first_image);
  }
  std::string name(int64_t i) const override { return member(i).images->name(i - member(i).first_image); }
  Image image(int64_t i) const override { return member(i).images->image(i - member(i).first_image); }
  bool in_memory() const override {
    return std::ranges::all_of(members_, [](const Member& m) { return m.images->in_memory(); });
  }

  bool several_heads() const override { return true; }
  void add_targets(int64_t i, std::span<float> row) const override {
    const Member& m = member(i);
    std::vector<int32_t> labels(m.first_classes.size());
    m.images->labels(i - m.first_image, labels);
    for (size_t set = 0; set < labels.size(); ++set) {
      if (labels[set] >= 0) row[static_cast<size_t>(m.first_classes[set] + labels[set])] = 1;
    }
  }

 private:
  const Member& member(int64_t i) const {
    const auto next = std::ranges::upper_bound(members_, i, {}, &Member::first_image);
    return *(next - 1);
  }

  std::vector<Member> members_;
};

// "glyphs" of "glyphs:classes=400", "cifar10" of "data/cifar10/".
std::string short_name(const std::string& path) {
  const std::filesystem::path source = path.substr(0, path.find(':'));
  return source.has_filename() ? source.filename().string() : source.parent_path().filename().string();
}

}  // namespace

ImageSplits join_images(const std::vector<JoinedPart>& parts) {
  ImageSplits joined;
  std::vector<Member> members;
  int64_t images = 0;
  for (const JoinedPart& part : parts) {
    if (!part.splits.train) fail("{}: no training images", part.path);
    Member member{part.splits.train, images, {}};
    const auto add = [&](const std::string& head, const std::vector<std::string>& classes) {
      member.first_classes.push_back(static_cast<int32_t>(joined.classes.size()));
      joined.heads.push_back({head, std::ssize(classes)});
      for (const std::string& name : classes) joined.classes.push_back(head + ": " + name);
    };
    const std::string name = short_name(part.path);
    add(name, part.splits.classes);
    for (const LabelSet& set : part.splits.further) add(name + "/" + set.name, set.classes);
    images += part.splits.train->size();
    joined.format += (joined.format.empty() ? "" : " + ") + part.splits.format;
    members.push_back(std::move(member));
  }
  joined.train = std::make_shared<JoinedImages>(std::move(members));
  return joined;
}

}  // namespace ax
