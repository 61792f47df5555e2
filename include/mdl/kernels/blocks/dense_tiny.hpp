// mdl: fully connected layer of a tiny network: sizes known to the compiler, straight-line code.
// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/simd/fma.hpp>
#include <mdl/simd/partial.hpp>
#include <mdl/simd/reduce.hpp>
#include <mdl/tensor/geometry.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// How a layer of these sizes is computed.
///
/// By columns: `group` blocks of outputs are summed side by side, each input broadcast once for all of them; weights lie
/// [group][input][block][lanes]. By rows: vectors of inputs times rows of weights, `group` outputs side by side, and their
/// lanes summed in the end; weights lie [group][vector of inputs][output][lanes]. Few outputs would leave most lanes of a column
/// idle and pay a broadcast for each multiply-add: 24 inputs and one output take 48 instructions by columns, 10 by rows.
struct DenseTinyPlan {
    bool rows = false;
    int groups = 1;  ///< all but the last are of this size:
    int group = 1;   ///< outputs (rows) or blocks of outputs (columns)
    int depth = 0;   ///< vectors of inputs (rows) or inputs (columns)

    constexpr DenseTinyPlan(int in, int out) noexcept {
        constexpr int c = simd::lanes, most_blocks = 8;  // sums in flight: enough for the latency, few enough for 16 registers
        const int blocks = blocks_of(out), vectors = divide_up(in, c);
        const int by_columns = in * (blocks + divide_up(blocks, most_blocks));
        const int by_rows = vectors * (out + blocks) + out + 2 * blocks;
        rows = by_rows < by_columns;
        const int count = rows ? out : blocks;
        groups = divide_up(count, rows ? smaller(c, most_blocks) : most_blocks);
        group = divide_up(count, groups);
        groups = divide_up(count, group);
        depth = rows ? vectors : in;
    }
    /// Vectors of weights before group number `index`.
    constexpr auto before(int index) const noexcept -> std::ptrdiff_t { return std::ptrdiff_t{index} * group * depth; }
};

/// Layout: the biases of all channels, padded to blocks, then the weights as the plan says.
constexpr auto dense_tiny_packed_floats(const Geometry& g) noexcept -> std::size_t {
    const DenseTinyPlan plan(g.in_channels, g.out_channels);
    const int columns = plan.rows ? g.out_channels : blocks_of(g.out_channels);
    return static_cast<std::size_t>(padded_channels(g.out_channels)) + static_cast<std::size_t>(columns) * static_cast<std::size_t>(plan.depth) * simd::lanes;
}

[[gnu::cold]] inline void dense_tiny_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    constexpr int c = simd::lanes;
    const DenseTinyPlan plan(g.in_channels, g.out_channels);
    const int padded = padded_channels(g.out_channels), columns = plan.rows ? g.out_channels : padded / c;
    for (int o = 0; o < padded; ++o) packed[o] = bias != nullptr && o < g.out_channels ? bias[o] : 0.0f;
    float* to = packed + padded;
    for (int first = 0; first < columns; first += plan.group)
        for (int k = 0; k < plan.depth; ++k)
            for (int column = first; column < smaller(first + plan.group, columns); ++column)
                for (int lane = 0; lane < c; ++lane) {
                    const int o = plan.rows ? column : column * c + lane, i = plan.rows ? k * c + lane : k;
                    const bool inside = o < g.out_channels && i < g.in_channels;
                    *to++ = inside ? w[std::ptrdiff_t{o} * g.in_channels + i] * (out_scale != nullptr ? out_scale[o] : 1.0f) : 0.0f;
                }
}

namespace detail {

// Index packs rather than unrolling lambdas: see gemm_tile.hpp.

/// acc[i] += x * w[i], or = where there is no sum yet.
template <bool First, int... I>
MDL_ALWAYS_INLINE void tiny_step(simd::Vector* acc, simd::Vector x, const float* w, std::integer_sequence<int, I...>) noexcept {
    if constexpr (First)
        ((acc[I] = x * simd::load(w + I * simd::lanes)), ...);
    else
        ((acc[I] = simd::fma(x, simd::load(w + I * simd::lanes), acc[I])), ...);
}

template <bool Rows, int In, int K>
MDL_ALWAYS_INLINE auto tiny_input(const float* x) noexcept -> simd::Vector {
    if constexpr (Rows)
        return simd::load_first<smaller(simd::lanes, In - K * simd::lanes)>(x + K * simd::lanes);
    else
        return simd::broadcast(x[K]);
}

/// Steps From + K, each one input or vector of inputs times the weights of all outputs. acc[chain][output]: chain K % U takes step K;
/// `Started`: how many chains have a sum before the first step.
template <bool Rows, int In, int Size, int U, int Started, int From, int... K>
MDL_ALWAYS_INLINE void tiny_straight(simd::Vector (*acc)[Size], const float* x, const float* w, std::integer_sequence<int, K...>) noexcept {
    (tiny_step<(K >= Started && K < U)>(acc[K % U], tiny_input<Rows, In, From + K>(x), w + (From + K) * Size * simd::lanes,
                                        std::make_integer_sequence<int, Size>{}), ...);
}

/// The sums of one group. Up to `most` multiply-adds are straight-line code; a longer sum is a loop over rounds of some 64, whose
/// counting is three instructions in 75. (Unrolled altogether, two layers of 64 x 64 took GCC 12 39 s to compile.)
template <bool Rows, int In, int Depth, int Size, int U, int Started>
MDL_ALWAYS_INLINE void tiny_sums(simd::Vector (*acc)[Size], const float* x, const float* w) noexcept {
    constexpr int most = 128, round = larger(8, 64 / Size) / U * U;
    constexpr int start = Started < U ? U : 0;  // steps that start the other chains
    constexpr int rounds = Depth * Size <= most ? 0 : (Depth - start) / round;
    // The end first: it is the part with a vector that is not whole, and it starts the chains.
    if constexpr (Depth > rounds * round)
        tiny_straight<Rows, In, Size, U, Started, rounds * round>(acc, x, w, std::make_integer_sequence<int, Depth - rounds * round>{});
    if constexpr (rounds > 0) {
        constexpr int inputs = round * (Rows ? simd::lanes : 1), weights = round * Size * simd::lanes;
        for (const float* const end = w + std::ptrdiff_t{rounds} * weights; w != end; w += weights, x += inputs)
            tiny_straight<Rows, round * simd::lanes, Size, U, U, 0>(acc, x, w, std::make_integer_sequence<int, round>{});
    }
}

/// Chains of sums per output, so that at most eight multiply-adds wait for each other and at most eight sums are in flight.
constexpr auto tiny_chains(int size, int depth) noexcept -> int { return larger(1, smaller(8 / size, depth / 8)); }

template <class E, int In, int Out, int Group, int... I>
MDL_ALWAYS_INLINE void tiny_group(const EpilogueArgs& args, const Buffers& buffers, std::integer_sequence<int, I...>) noexcept {
    constexpr int c = simd::lanes;
    constexpr DenseTinyPlan plan(In, Out);
    constexpr int size = static_cast<int>(sizeof...(I)), U = tiny_chains(size, plan.depth), first = Group * plan.group;
    const float* const w = buffers.weights + padded_channels(Out) + plan.before(Group) * c;
    simd::Vector acc[U][size];
    if constexpr (!plan.rows) ((acc[0][I] = simd::load(buffers.weights + (first + I) * c)), ...);
    tiny_sums<plan.rows, In, plan.depth, size, U, plan.rows ? 0 : 1>(acc, buffers.input, w);
    for (int u = 1; u < U; ++u) ((acc[0][I] = acc[0][I] + acc[u][I]), ...);
    if constexpr (plan.rows)  // the lanes beyond the biases of this group hold other numbers, which are not stored
        E::template finish<size>(simd::sum_each<size>(acc[0]) + simd::load(buffers.weights + first), first, first, args, buffers);
    else
        (E::template finish<smaller(c, Out - (first + I) * c)>(acc[0][I], (first + I) * c, (first + I) * c, args, buffers), ...);
}

template <class E, int In, int Out, int... Group>
MDL_ALWAYS_INLINE void tiny_groups(const EpilogueArgs& args, const Buffers& buffers, std::integer_sequence<int, Group...>) noexcept {
    constexpr DenseTinyPlan plan(In, Out);
    constexpr int count = plan.rows ? Out : blocks_of(Out);
    (tiny_group<E, In, Out, Group>(args, buffers, std::make_integer_sequence<int, smaller(plan.group, count - Group * plan.group)>{}), ...);
}

}  // namespace detail

/// out(o) = bias(o) + sum in(i) * w(o,i), then the epilogue. Reads In floats, writes Out floats; the output is not the input.
template <class E, int In, int Out>
MDL_ALWAYS_INLINE void dense_tiny(const EpilogueArgs& args, const Buffers& buffers) noexcept {
    detail::tiny_groups<E, In, Out>(args, buffers, std::make_integer_sequence<int, DenseTinyPlan(In, Out).groups>{});
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
