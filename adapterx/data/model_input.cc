#include "adapterx/data/model_input.h"

namespace ax {

void train_on_validation(const ModelInput& input, DataSplits& splits) {
  splits.train = input.concatenate(splits.train, splits.val);
  splits.val = nullptr;
}

}  // namespace ax
