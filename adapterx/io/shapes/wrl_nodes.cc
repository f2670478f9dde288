#include "adapterx/io/shapes/wrl_nodes.h"

#include <algorithm>
#include <map>
#include <optional>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/text_lines.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

constexpr int kDeepest = 64;
constexpr std::string_view kSpace = " \t\r\n,", kMarks = "{}[]";

class WrlReader {
 public:
  explicit WrlReader(const FileBytes& file) : file_(file), text_(text_of(file)) {}

  WrlNodes read() {
    if (!text_.starts_with("#VRML V2.0")) {
      fail_in_wrl(file_, 0, fmt::format("expected #VRML V2.0, got `{}`", text_.substr(0, 10)));
    }
    while (const auto word = next()) {
      if (*word == "ROUTE") {
        skip_route();
      } else if (const WrlNode* node = read_node(*word, 0)) {
        nodes_.roots.push_back(node);
      }
    }
    return std::move(nodes_);
  }

 private:
  // The next mark, word or text, nothing at the end.
  std::optional<std::string_view> next() {
    skip_space();
    if (at_ == text_.size()) return {};
    const size_t begin = at_;
    if (text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) at_ += text_[at_] == '\\' ? 1 : 0;
      if (at_ >= text_.size()) fail_in_wrl(file_, begin, "the file ends within a text");
      ++at_;
    } else if (kMarks.find(text_[at_]) != kMarks.npos) {
      ++at_;
    } else {
      at_ = std::min(text_.find_first_of(" \t\r\n,{}[]\"#", at_), text_.size());
    }
    return text_.substr(begin, at_ - begin);
  }

  void skip_space() {
    while (true) {
      at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size());
      if (at_ == text_.size() || text_[at_] != '#') return;
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
  }

  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  std::string_view must(std::string_view what) {
    const auto word = next();
    if (!word) fail_in_wrl(file_, text_.size(), fmt::format("expected {}, got the end of the file", what));
    return *word;
  }

  void skip_route() {
    for (const char* what : {"a field after ROUTE", "TO", "a field after TO"}) must(what);
  }

  // What begins with this word; null for NULL.
  const WrlNode* read_node(std::string_view word, int depth) {
    if (word == "NULL") return nullptr;
    if (word == "USE") {
      const std::string_view name = must("a name after USE");
      const auto found = names_.find(name);
      if (found == names_.end())
        fail_in_wrl(file_, at_, fmt::format("USE {}: no node of this name before", name));
      return found->second;
    }
    if (word != "DEF") return read_body(word, depth);
    const std::string_view name = must("a name after DEF");
    const WrlNode* node = read_body(must("a node"), depth);
    names_[name] = node;
    return node;
  }

  const WrlNode* read_body(std::string_view type, int depth) {
    if (type == "PROTO" || type == "EXTERNPROTO") {
      fail_in_wrl(file_, at_, fmt::format("{}: nodes of a file's own making can't be read", type));
    }
    if (depth == kDeepest) fail_in_wrl(file_, at_, fmt::format("expected nodes at most {} deep", kDeepest));
    if (const std::string_view mark = must("{"); mark != "{") {
      fail_in_wrl(file_, at_, fmt::format("expected {{ after {}, got `{}`", type, mark));
    }
    WrlNode& node = nodes_.all.emplace_back(WrlNode{.type = type, .place = at_});
    for (std::string_view word = must("}"); word != "}"; word = must("}")) {
      if (word == "ROUTE") {
        skip_route();
        continue;
      }
      if (kMarks.find(word[0]) != kMarks.npos)
        fail_in_wrl(file_, at_, fmt::format("expected a field, got `{}`", word));
      WrlField field{.name = word};
      read_values(field, depth);
      node.fields.push_back(std::move(field));
    }
    return &node;
  }

  void read_values(WrlField& field, int depth) {
    const std::string_view first = must("a value");
    if (first == "[") {
      for (std::string_view word = must("]"); word != "]"; word = must("]")) read_value(word, field, depth);
      return;
    }
    read_value(first, field, depth);
    if (field.numbers.empty()) return;
    for (char c = peek(); (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.'; c = peek()) {
      read_value(must("a number"), field, depth);
    }
  }

  void read_value(std::string_view word, WrlField& field, int depth) {
    double number = 0;
    if (word[0] == '"') return;
    if (parse_number(word, number)) {
      field.numbers.push_back(number);
    } else if (kMarks.find(word[0]) != kMarks.npos) {
      fail_in_wrl(file_, at_, fmt::format("expected a value of {}, got `{}`", field.name, word));
    } else if (word == "DEF" || word == "USE" || peek() == '{') {
      field.nodes.push_back(read_node(word, depth + 1));
    } else if (kDigits.find(word[0]) != kDigits.npos && !word.starts_with("0x")) {
      fail_in_wrl(file_, at_, fmt::format("expected a number, got `{}`", word));
    }
  }

  static constexpr std::string_view kDigits = "0123456789+-.";

  const FileBytes& file_;
  std::string_view text_;
  size_t at_ = 0;
  WrlNodes nodes_;
  std::map<std::string_view, const WrlNode*> names_;
};

const WrlField* find(const WrlNode& node, std::string_view name) {
  const auto found = std::ranges::find(node.fields, name, &WrlField::name);
  return found == node.fields.end() ? nullptr : &*found;
}

}  // namespace

std::span<const double> WrlNode::numbers(std::string_view field) const {
  const WrlField* found = find(*this, field);
  return found != nullptr ? std::span<const double>(found->numbers) : std::span<const double>();
}

std::span<const WrlNode* const> WrlNode::nodes(std::string_view field) const {
  const WrlField* found = find(*this, field);
  return found != nullptr ? std::span<const WrlNode* const>(found->nodes) : std::span<const WrlNode* const>();
}

WrlNodes read_wrl_nodes(const FileBytes& file) { return WrlReader(file).read(); }

void fail_in_wrl(const FileBytes& file, size_t place, std::string_view text) {
  const auto* begin = reinterpret_cast<const char*>(file.bytes().data());
  const auto line = 1 + std::count(begin, begin + std::min(place, file.size()), '\n');
  fail("{}:{}: {}", file.name(), line, text);
}

}  // namespace ax
