// mdl: softmax of one short row whose length is known to the compiler.
// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <utility>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/simd/math.hpp>
#include <mdl/simd/partial.hpp>
#include <mdl/simd/reduce.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// The longest row that stays in registers.
inline constexpr int softmax_tiny_most = 6 * simd::lanes;

namespace detail {

/// Zeros, and minus infinity in the lanes from `valid` on: added to a vector, they end its row.
template <int Valid>
struct RowEnd {
    alignas(simd::Vector) float lane[simd::lanes]{};
    constexpr RowEnd() noexcept {
        for (int i = Valid; i < simd::lanes; ++i) lane[i] = -std::numeric_limits<float>::infinity();
    }
};
template <int Valid>
inline constexpr RowEnd<Valid> row_end{};

template <int Count, int... B>
MDL_ALWAYS_INLINE void softmax_tiny(const float* x, float* y, std::integer_sequence<int, B...>) noexcept {
    constexpr int c = simd::lanes, last = static_cast<int>(sizeof...(B)) - 1, valid = Count - last * c;
    simd::Vector v[] = {simd::load_first<(B == last ? valid : c)>(x + B * c)...};
    if constexpr (valid < c) v[last] = v[last] + simd::load(row_end<valid>.lane);
    simd::Vector most = v[0];
    for (int b = 1; b <= last; ++b) most = simd::max(most, v[b]);
    const simd::Vector shift = simd::largest_everywhere(most);
    // Beyond the row's end e^x is 1.2e-38, of which a sum of at least 1 knows nothing.
    ((v[B] = simd::exp(v[B] - shift)), ...);
    simd::Vector total = v[0];
    for (int b = 1; b <= last; ++b) total = total + v[b];
    const simd::Vector factor = simd::divide(simd::broadcast(1.0f), simd::sum_everywhere(total));
    (simd::store_first<(B == last ? valid : c)>(y + B * c, v[B] * factor), ...);
}

}  // namespace detail

/// y = e^(x - max x) / sum e^(x - max x) of Count floats; y may be x.
template <int Count>
MDL_ALWAYS_INLINE void softmax_tiny(const float* x, float* y) noexcept {
    static_assert(Count >= 1 && Count <= softmax_tiny_most);
    detail::softmax_tiny<Count>(x, y, std::make_integer_sequence<int, blocks_of(Count)>{});
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
