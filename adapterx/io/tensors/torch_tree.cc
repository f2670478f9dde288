#include "adapterx/io/tensors/torch_tree.h"

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/torch_globals.h"
#include "adapterx/io/tensors/torch_scalar.h"
#include "adapterx/io/tensors/torch_tensor.h"

namespace ax::torch {
namespace {

using pickle::Kind;
using pickle::Ref;
using pickle::Value;

constexpr int kMaxDepth = 200;
constexpr size_t kMaxVisits = pickle::kMaxValues;

class Tree {
 public:
  Tree(const std::string& file, const Checkpoint& checkpoint)
      : file_(file),
        checkpoint_(checkpoint),
        document_(checkpoint.document),
        open_(checkpoint.document.size()) {}

  Named run() {
    walk(document_.root());
    return std::move(named_);
  }

 private:
  std::string where() const { return file_ + ": " + (path_.empty() ? "the file's object" : path_); }

  void walk(Ref ref) {
    if (++visits_ > kMaxVisits) fail("{}: expected at most {} entries, got more", where(), kMaxVisits);
    if (depth_ >= kMaxDepth) fail("{}: expected at most {} levels, got more", where(), kMaxDepth);
    if (open_[ref]) fail("{}: expected a tree, got a container that holds itself", where());
    open_[ref] = true;
    ++depth_;
    walk_value(ref);
    --depth_;
    open_[ref] = false;
  }

  void walk_value(Ref ref) {
    const Value& value = document_[ref];
    switch (value.kind) {
      case Kind::tuple:
      case Kind::list:
      case Kind::set:
        for (size_t i = 0; i < value.items.size(); ++i) walk_child(std::to_string(i), value.items[i]);
        break;
      case Kind::dict:
        walk_pairs(value.items);
        break;
      case Kind::object:
        walk_call(ref, document_[value.callable], value.args);
        break;
      default:
        add_scalar(ref);
    }
  }

  void walk_child(std::string_view key, Ref ref) {
    const size_t length = path_.size();
    if (length + key.size() >= kMaxName) {
      fail("{}: expected names of at most {} bytes, got more", where(), kMaxName);
    }
    if (!path_.empty()) path_ += '.';
    path_ += key;
    walk(ref);
    path_.resize(length);
  }

  void walk_pairs(const std::vector<Ref>& items) {
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      const Value& key = document_[items[i]];
      if (key.kind == Kind::text || key.kind == Kind::bytes) {
        walk_child(key.text, items[i + 1]);
      } else {
        walk_child(scalar_text(document_, items[i]).value_or(fmt::format("#{}", i / 2)), items[i + 1]);
      }
    }
  }

  // OrderedDict(((key, value), ...)), as Python 2 wrote them, or a dict.
  void walk_pairs_of(Ref ref) {
    const Value& list = document_[ref];
    if (list.kind == Kind::dict) return walk_pairs(list.items);
    std::vector<Ref> items;
    for (const Ref pair : list.items) {
      const Value& both = document_[pair];
      if ((both.kind != Kind::tuple && both.kind != Kind::list) || both.items.size() != 2) {
        fail("{}: expected pairs of key and value, got {}", where(), to_string(both.kind));
      }
      items.insert(items.end(), both.items.begin(), both.items.end());
    }
    walk_pairs(items);
  }

  // `ref`: the object that the call of `function` with `args` gave.
  void walk_call(Ref ref, const Value& function, Ref args) {
    const std::vector<Ref>& given = document_[args].items;
    switch (role_of(function)) {
      case Role::tensor:
        return add_tensor(rebuild_tensor(where(), checkpoint_, function.text, args));
      case Role::typed:
        return walk_typed(ref, given);
      case Role::wrapped:
        if (!given.empty()) walk(given[0]);
        return;
      case Role::mapping:
        if (!given.empty()) walk_pairs_of(given[0]);
        return walk_pairs(document_[ref].items);
      case Role::factory:
        return walk_pairs(document_[ref].items);
      case Role::attributes:
        if (document_[ref].state != pickle::kNone) walk(document_[ref].state);
        return;
      default:
        add_scalar(ref);
    }
  }

  Role role_of(const Value& function) const {
    const auto global =
        function.kind == Kind::global ? find_global(function.text, checkpoint_.script) : std::nullopt;
    return global ? global->role : Role::inert;
  }

  void walk_typed(Ref ref, const std::vector<Ref>& args) {
    if (args.size() < 3 || role_of(document_[args[0]]) == Role::typed) {
      fail("{}: expected a function, a type and arguments, got another form", where());
    }
    walk_call(ref, document_[args[0]], args[2]);
  }

  void add_tensor(TensorInfo&& tensor) {
    const std::string name = path_.empty() ? "tensor" : path_;
    if (named_.tensors.size() >= kMaxTensors) {
      fail("{}: expected at most {} tensors, got more", where(), kMaxTensors);
    }
    if (!named_.tensors.emplace(name, std::move(tensor)).second) {
      fail("{}: expected one tensor of this name, got two", where());
    }
  }

  void add_scalar(Ref ref) {
    if (named_.metadata.size() >= kMaxMetadata) return;
    if (std::optional<std::string> text = scalar_text(document_, ref)) {
      named_.metadata.emplace(path_, std::move(*text));
    }
  }

  const std::string& file_;
  const Checkpoint& checkpoint_;
  const pickle::Document& document_;
  Named named_;
  std::string path_;
  int depth_ = 0;
  size_t visits_ = 0;
  std::vector<bool> open_;  // by ref: whether the walk is within it
};

}  // namespace

Named flatten(const std::string& file, const Checkpoint& checkpoint) { return Tree(file, checkpoint).run(); }

}  // namespace ax::torch
