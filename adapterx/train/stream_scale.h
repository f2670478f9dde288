// How large the stream is in each block beside what a method's branch reads of it. A branch that reads
// u = LN2(h) gets numbers of the norm's size, while what it adds to may be 40 times smaller (LayerScale) or
// larger: with its output scaled by the ratio, one learning rate and one scale suit any backbone.
#pragma once

#include "adapterx/train/training_steps.h"

namespace ax {

// Sets the buffers that the method asks for (methods/method.h: StreamScale), if any, by one pass of the model
// as the method starts it over up to 32 training samples, spread evenly over the set. Throws Error, naming
// the block, where stream or input is zero or not finite.
void measure_stream_scales(const TrainConfig& config, const TrainingSetup& setup, TrainingSteps& steps);

}  // namespace ax
