// The index of nothing, in columns of 32-bit indices.
#pragma once

#include <cstdint>

namespace cleave {

constexpr uint32_t kNone = UINT32_MAX;

}  // namespace cleave
