#include "adapterx/data/images/joined_images.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "adapterx/base/error.h"

namespace ax {
namespace {

struct Member {
  std::shared_ptr<const ImageDataset> images;
  int64_t first_image = 0, repeats = 1;  // its place among all
  std::vector<int32_t> first_classes;    // of its label sets, among all classes
};

class JoinedImages : public ImageDataset {
 public:
  explicit JoinedImages(std::vector<Member> members) : members_(std::move(members)) {}

  int64_t size() const override {
    const Member& last = members_.back();
    return last.first_image + last.repeats * last.images->size();
  }
  int32_t label(int64_t i) const override {
    const Member& m = member(i);
    return m.first_classes[0] + m.images->label(within(m, i));
  }
  std::string name(int64_t i) const override { return member(i).images->name(within(member(i), i)); }
  Image image(int64_t i) const override { return member(i).images->image(within(member(i), i)); }
  bool augmented(int64_t i) const override {
    const Member& m = member(i);
    return m.first_classes.size() == 1 && m.images->augmented(within(m, i));
  }
  bool in_memory() const override {
    return std::ranges::all_of(members_, [](const Member& m) { return m.images->in_memory(); });
  }

  bool several_heads() const override { return true; }
  void add_targets(int64_t i, std::span<float> row) const override {
    const Member& m = member(i);
    std::vector<int32_t> labels(m.first_classes.size());
    m.images->labels(within(m, i), labels);
    const auto told = std::ranges::count_if(labels, [](int32_t label) { return label >= 0; });
    for (size_t set = 0; set < labels.size(); ++set) {
      if (labels[set] < 0) continue;
      row[static_cast<size_t>(m.first_classes[set] + labels[set])] = 1 / static_cast<float>(told);
    }
  }

 private:
  const Member& member(int64_t i) const {
    const auto next = std::ranges::upper_bound(members_, i, {}, &Member::first_image);
    return *(next - 1);
  }
  static int64_t within(const Member& m, int64_t i) { return (i - m.first_image) % m.images->size(); }

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
    Member member{part.splits.train, images, part.repeats, {}};
    const auto add = [&](const std::string& head, const std::vector<std::string>& classes) {
      member.first_classes.push_back(static_cast<int32_t>(joined.classes.size()));
      joined.heads.push_back({head, std::ssize(classes)});
      for (const std::string& name : classes) joined.classes.push_back(head + ": " + name);
    };
    const std::string name = short_name(part.path);
    add(name, part.splits.classes);
    for (const LabelSet& set : part.splits.further) add(name + "/" + set.name, set.classes);
    images += part.repeats * part.splits.train->size();
    joined.format += (joined.format.empty() ? "" : " + ") + part.splits.format;
    members.push_back(std::move(member));
  }
  joined.train = std::make_shared<JoinedImages>(std::move(members));
  return joined;
}

}  // namespace ax
