// adapterx inspect: what is in files of weights.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "adapterx/base/natural_less.h"
#include "adapterx/base/text_format.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/backbone.h"
#include "adapterx/models/checkpoint/metadata_keys.h"
#include "adapterx/train/bundled_backbone.h"
#include "cli/command.h"
#include "cli/text/name_groups.h"
#include "cli/text/table.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InspectOptions {
  std::vector<std::string> files;
  bool all = false, json = false;
};

constexpr size_t kIndent = 16;  // of the facts, before the table

bool is_floating(FileDType t) { return to_string(t).starts_with('F') || to_string(t).starts_with("BF"); }

// Expanded views can claim any size: their sum stops at the largest number.
void add_to(uint64_t& sum, uint64_t number) {
  if (__builtin_add_overflow(sum, number, &sum)) sum = std::numeric_limits<uint64_t>::max();
}

uint64_t parameters_of(const TensorFile& file) {
  uint64_t sum = 0;
  for (const auto& [name, tensor] : file.tensors()) {
    if (is_floating(tensor.dtype)) add_to(sum, static_cast<uint64_t>(tensor.shape.size()));
  }
  return sum;
}

Json json_of(const TensorFile& file) {
  Json j;
  j["file"] = file.path();
  j["format"] = file.format();
  j["bytes"] = file.file_size();
  j["parameters"] = parameters_of(file);
  try {
    j["architecture"] = Json::parse(describe_checkpoint(file).json);
  } catch (const Error& error) {
    j["architecture"] = nullptr;
    j["architecture_note"] = error.what();
  }
  j["metadata"] = Json::object();
  for (const auto& [key, value] : file.metadata()) j["metadata"][key] = value;
  j["tensors"] = Json::array();
  for (const auto& [name, tensor] : file.tensors()) {
    Json t = {{"name", name}, {"dtype", tensor.type_text()}, {"shape", Json::array()}};
    for (int axis = 0; axis < tensor.shape.rank(); ++axis) t["shape"].push_back(tensor.shape[axis]);
    if (!tensor.strides.empty()) t["strides"] = tensor.strides;
    j["tensors"].push_back(std::move(t));
  }
  return j;
}

// One file's report for people.
class Report {
 public:
  Report(const TensorFile& file, bool all) : file_(file), all_(all), width_(output_width()) {}

  std::string text() {
    text_ = printable(file_.path()) + "\n";
    add_fact("format", fmt::format("{}, {}", file_.format(), bytes_text(file_.file_size())));
    add_contents();
    add_architecture();
    add_metadata();
    add_tensors();
    return std::move(text_);
  }

 private:
  void add_fact(std::string_view title, std::string_view fact) {
    text_ += fmt::format("  {:<14}{}\n", title, wrap(printable(fact), width_, kIndent));
  }

  void add_contents() {
    struct Sum {
      uint64_t tensors = 0, numbers = 0, bytes = 0;
    };
    std::map<FileDType, Sum> sums;
    for (const auto& [name, tensor] : file_.tensors()) {
      Sum& sum = sums[tensor.dtype];
      ++sum.tensors;
      add_to(sum.numbers, static_cast<uint64_t>(tensor.shape.size()));
      add_to(sum.bytes, static_cast<uint64_t>(tensor.shape.size()) * size_of(tensor.dtype));
    }
    add_fact("tensors", count_text(file_.tensors().size()));
    add_fact("parameters", count_text(parameters_of(file_)));
    for (const auto& [dtype, sum] : sums) {
      add_fact(
          fmt::format("  {}", to_string(dtype)),
          fmt::format("{} {} in {} {}, {}", count_text(sum.numbers), sum.numbers == 1 ? "number" : "numbers",
                      sum.tensors, sum.tensors == 1 ? "tensor" : "tensors", bytes_text(sum.bytes)));
    }
  }

  void add_architecture() {
    if (file_.metadata().contains(kBackboneKey)) {
      return add_fact("architecture", "an adapter, over the backbone that its metadata name");
    }
    try {
      add_description(describe_checkpoint(file_));
    } catch (const Error& error) {
      std::string why = error.what();
      const std::string_view file = file_.path();
      if (why.starts_with(file)) why.erase(0, why.find_first_not_of(": ", file.size()));
      add_fact("architecture", "not recognised: " + why);
    }
  }

  void add_description(const CheckpointDescription& d) {
    add_fact("architecture", d.title);
    add_fact("", d.geometry);
    if (!d.assumed.empty()) {
      add_fact("assumed", fmt::format("{}: the file does not say", fmt::join(d.assumed, ", ")));
    }
    if (d.preset) add_fact("model", d.preset->empty() ? "none of `adapterx models`" : *d.preset);
  }

  std::vector<NameGroup> groups_of(const std::vector<NamedItem>& items) const {
    std::vector<NameGroup> groups;
    if (!all_) return group_names(items);
    for (size_t i = 0; i < items.size(); ++i) groups.push_back({items[i].name, {i}});
    std::ranges::sort(groups, natural_less, &NameGroup::name);
    return groups;
  }

  void add_metadata() {
    constexpr size_t kShown = 20;
    std::vector<NamedItem> items;
    std::vector<const std::string*> values;
    for (const auto& [key, value] : file_.metadata()) {
      items.push_back({key, ""});
      values.push_back(&value);
    }
    const std::vector<NameGroup> groups = groups_of(items);
    if (!groups.empty()) text_ += "  metadata\n";
    for (size_t i = 0; i < groups.size(); ++i) {
      if (i == kShown && !all_) {
        text_ += fmt::format("    ... and {} more: --all shows them\n", groups.size() - kShown);
        return;
      }
      add_metadata_line(groups[i], values);
    }
  }

  void add_metadata_line(const NameGroup& group, const std::vector<const std::string*>& values) {
    const std::string& first = *values[group.members[0]];
    const bool same =
        std::ranges::all_of(group.members, [&](size_t member) { return *values[member] == first; });
    std::string line = fmt::format("    {}: ", printable(group.name));
    line += same ? printable(first) : fmt::format("{} values", count_text(group.members.size()));
    if (same && group.members.size() > 1) line += fmt::format("  x{}", group.members.size());
    text_ += (all_ ? line : cut(line, width_)) + "\n";
  }

  void add_tensors() {
    if (file_.tensors().empty()) return;
    std::vector<NamedItem> items;
    std::vector<const TensorInfo*> tensors;
    for (const auto& [name, tensor] : file_.tensors()) {
      items.push_back({name, fmt::format("{} {}", tensor.type_text(), shape_text(tensor))});
      tensors.push_back(&tensor);
    }
    Table table({{"tensor"}, {"dtype"}, {"shape"}, {"numbers", true}, {"", true}});
    for (const NameGroup& group : groups_of(items)) {
      const TensorInfo& t = *tensors[group.members[0]];
      table.add({group.name, std::string(t.type_text()), shape_text(t), count_text(t.shape.size()),
                 group.members.size() > 1 ? fmt::format("x{}", group.members.size()) : ""});
    }
    text_ += "\n" + table.text(width_);
  }

  static std::string shape_text(const TensorInfo& tensor) {
    return to_string(tensor.shape) + (tensor.strides.empty() ? "" : " strided");
  }

  const TensorFile& file_;
  bool all_;
  size_t width_;
  std::string text_;
};

// JSON in ASCII, so that no name can steer a terminal; bytes that are not UTF-8 become U+FFFD.
void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', true, Json::error_handler_t::replace));
}

// Those that come with the program, as far as they are there.
std::vector<std::string> bundled_files() {
  std::vector<std::string> files;
  for (const BackboneFamily* family : backbone_families()) {
    if (const auto file = find_bundled(family->bundled().file)) files.push_back(file->string());
  }
  if (files.empty()) {
    throw UsageError("expected FILE..., as no bundled backbone is there: " +
                     bundled_places(backbone_families().back()->bundled().file));
  }
  return files;
}

void run_inspect(InspectOptions options) {
  if (options.files.empty()) options.files = bundled_files();
  Json list = Json::array();
  size_t printed = 0, failed = 0;
  for (const std::string& path : options.files) {
    try {
      const TensorFile file = open_tensor_file(path);
      if (options.json) {
        list.push_back(json_of(file));
      } else {
        fmt::print("{}{}", printed++ > 0 ? "\n" : "", Report(file, options.all).text());
      }
    } catch (const Error& error) {
      std::fflush(stdout);
      fmt::print(stderr, "adapterx: {}\n", printable(error.what()));
      ++failed;
    }
  }
  if (options.json && options.files.size() > 1) print_json(list);
  if (options.json && options.files.size() == 1 && failed == 0) print_json(list[0]);
  if (failed > 0) throw SkippedInputs();
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand("inspect", "Show what is in files of weights");
  command
      ->add_option("file", options->files,
                   "safetensors, PyTorch, ONNX, .npz or .npy files; without any, the bundled backbones")
      ->option_text("FILE...");
  command->add_flag("--all", options->all,
                    "List every tensor and value, uncut; don't collapse numbered names");
  command->add_flag("--json", options->json, "Print one JSON object; an array for several files");
  command->callback([options] { run_inspect(*options); });
}

}  // namespace ax::cli
