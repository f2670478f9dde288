// The decoder of masked pretraining as its builder declares it: all trained, and counted as a part of its
// own.
#pragma once

#include "adapterx/slots/slots.h"

namespace ax {

struct DecoderSlots : Slots {
  std::string_view trained_part(const BackboneParameter&) override { return "decoder"; }
};

}  // namespace ax
