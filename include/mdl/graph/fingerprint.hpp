// mdl: the 64-bit fingerprint that ties a weights file to its network.
// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>

#include <mdl/graph/graph.hpp>

namespace mdl::graph {

namespace detail {

/// A multiplicative hash a word at a time: a byte-wise one would use up the compiler's step limit on large networks.
class WordHash {
public:
    constexpr void add(std::uint64_t word) noexcept {
        hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15u;
        hash_ ^= hash_ >> 29;
    }
    constexpr void add_pair(int a, int b) noexcept {
        add(static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b));
    }
    constexpr void add_pair(float a, float b) noexcept { add_pair(std::bit_cast<int>(a), std::bit_cast<int>(b)); }
    constexpr void add(const Shape& shape) noexcept {
        add_pair(shape.rank, shape.rank > 0 ? shape.dims[0] : 0);
        for (int i = 1; i < shape.rank; i += 2) add_pair(shape.dims[i], i + 1 < shape.rank ? shape.dims[i + 1] : 0);
    }
    constexpr auto value() const noexcept -> std::uint64_t { return hash_; }

private:
    std::uint64_t hash_ = 0x6d646c;
};

constexpr void add_operation(WordHash& hash, const Operation& op) noexcept {
    const auto flag = [](bool set, int bit) { return static_cast<int>(set) << bit; };
    hash.add_pair(static_cast<int>(op.op) << 16 | static_cast<int>(op.binary) << 8 | static_cast<int>(op.pooling),
                  flag(op.bias, 0) | flag(op.depthwise, 1) | flag(op.within_channel, 2) | flag(op.keep_dims, 3) |
                      flag(op.window.ceil, 4) | flag(op.window.count_padding, 5) | static_cast<int>(op.activation.kind) << 8 |
                      static_cast<int>(op.reduction) << 16 | static_cast<int>(op.fill) << 24);
    hash.add_pair(op.activation.a, op.activation.b);
    const Window& w = op.window;
    if (!(w == Window{})) {
        hash.add_pair(w.kernel_h, w.kernel_w);
        hash.add_pair(w.stride_h, w.stride_w);
        hash.add_pair(w.dilation_h, w.dilation_w);
        hash.add_pair(w.pad_top, w.pad_left);
        hash.add_pair(w.pad_bottom, w.pad_right);
    }
    hash.add_pair(op.out_channels, op.groups);
    hash.add_pair(op.axis, op.size);
    hash.add_pair(op.begin, op.end);
    if (op.step != 1) hash.add_pair(op.step, 1);
    if (op.op == Op::resize || op.op == Op::grid_sample || op.op == Op::roi_align || op.channels_outer)
        hash.add_pair(static_cast<int>(op.resampling.interpolation) << 16 | static_cast<int>(op.resampling.coordinates) << 8 |
                          static_cast<int>(op.resampling.rounding),
                      flag(op.resampling.exclude_outside, 0) | flag(op.channels_outer, 1));
    if (op.scattering != Scattering{} || op.cell != Cell{}) hash.add_pair(static_cast<int>(op.scattering), static_cast<int>(op.cell));
    hash.add_pair(op.alpha, op.beta);
    hash.add_pair(op.k, op.epsilon);
    hash.add(op.dims);
    hash.add(op.dims_end);
}

}  // namespace detail

/// Hash of a network as written, after shape inference and before any other pass: operators, attributes, edges,
/// shapes, outputs. Names and the caller's image format (memory order, element, mean, scale) do not count: an app may
/// read its camera's pixels another way without converting the model again.
template <int N, int E, int O>
constexpr auto fingerprint(const Graph<N, E, O>& g) noexcept -> std::uint64_t {
    detail::WordHash hash;
    hash.add_pair(g.node_count, g.output_count);
    for (int i = 0; i < g.node_count; ++i) {
        const Node& node = g.nodes[i];
        detail::add_operation(hash, node.operation);
        hash.add(node.shape);
        for (int k = 0; k < node.input_count; ++k) hash.add_pair(k, g.input(i, k));
    }
    for (int o = 0; o < g.output_count; ++o) hash.add_pair(-1, g.outputs[o]);
    return hash.value();
}

}  // namespace mdl::graph
