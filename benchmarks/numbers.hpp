// mdl: the numbers that every engine gets as input, the same as those of ort_bench.mjs.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace benchmarks {

/// From -1 to 1; `state` begins with any number.
inline auto next_number(std::uint32_t& state) -> float {
    state = state * 1664525u + 1013904223u;
    return static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1.0f;
}

}  // namespace benchmarks
