// mdl: the network, compiled for AVX-512.
// SPDX-License-Identifier: MIT
#include "digits.hpp"

#if !defined(__AVX512F__)
#error "this file is to be compiled for AVX-512"
#endif

auto run_high(std::span<const std::byte> weights, std::span<const float, 16 * 16> pixels, Scores& scores) noexcept -> bool {
    return run_digits(weights, pixels, scores);
}
