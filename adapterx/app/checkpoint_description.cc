#include "adapterx/app/checkpoint_description.h"

#include "adapterx/app/point_description.h"
#include "adapterx/app/vit_description.h"
#include "adapterx/models/point_checkpoint.h"

namespace ax {

CheckpointDescription describe_checkpoint(const TensorFile& file) {
  return is_point_checkpoint(file) ? describe_point_transformer(file) : describe_vit(file);
}

}  // namespace ax
