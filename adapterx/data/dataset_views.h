// Parts and sums of data sets, for a kind of data set (ImageDataset ...) whose subclass adds what the samples
// are. Internal to subset and concatenate.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapterx/data/dataset.h"

namespace ax {

// The samples `indices` of `whole`, in their order.
template <class Kind>
class SubsetOf : public Kind {
 public:
  SubsetOf(std::shared_ptr<const Kind> whole, std::vector<int64_t> indices)
      : whole_(std::move(whole)), indices_(std::move(indices)) {
    check_subset(whole_->size(), indices_);
  }
  int64_t size() const override { return static_cast<int64_t>(indices_.size()); }
  int32_t label(int64_t i) const override { return whole_->label(at(i)); }
  std::string name(int64_t i) const override { return whole_->name(at(i)); }
  void labels(int64_t i, std::span<int32_t> out) const override { whole_->labels(at(i), out); }
  bool several_heads() const override { return whole_->several_heads(); }
  void add_targets(int64_t i, std::span<float> row) const override { whole_->add_targets(at(i), row); }

 protected:
  const Kind& whole() const { return *whole_; }
  int64_t at(int64_t i) const { return indices_[static_cast<size_t>(i)]; }

 private:
  std::shared_ptr<const Kind> whole_;
  std::vector<int64_t> indices_;
};

// The samples of both, those of `first` first.
template <class Kind>
class ConcatenationOf : public Kind {
 public:
  ConcatenationOf(std::shared_ptr<const Kind> first, std::shared_ptr<const Kind> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  int64_t size() const override { return first_->size() + second_->size(); }
  int32_t label(int64_t i) const override { return part(i).label(within(i)); }
  std::string name(int64_t i) const override { return part(i).name(within(i)); }
  void labels(int64_t i, std::span<int32_t> out) const override { part(i).labels(within(i), out); }
  bool several_heads() const override { return first_->several_heads(); }
  void add_targets(int64_t i, std::span<float> row) const override { part(i).add_targets(within(i), row); }

 protected:
  const Kind& first() const { return *first_; }
  const Kind& second() const { return *second_; }
  const Kind& part(int64_t i) const { return i < first_->size() ? *first_ : *second_; }
  int64_t within(int64_t i) const { return i < first_->size() ? i : i - first_->size(); }

 private:
  std::shared_ptr<const Kind> first_, second_;
};

}  // namespace ax
