// mdl: where packed weights lie, and the jobs that pack them, computed by the compiler.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

#include <mdl/engine/pack_function.hpp>
#include <mdl/engine/program.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

/// An affine map y = a x + b a channel that fusion found: a batch norm or a scale of the written graph.
struct AffineJob {
    std::int16_t first_weight = 0;
    bool batch_norm = false;
    bool bias = false;
    float epsilon = 0;
};

/// Offsets, in floats from the start of the packed weights, of what one node reads; -1: none.
struct PackedPlace {
    std::int64_t weights = -1;
    std::int64_t scale = -1, shift = -1;  ///< of the prologue, or of an affine map that is a node of its own
    std::int64_t slope = -1;
};

/// How one node's weights are packed. Numbers of tensors count as in the weights file; -1: none.
struct PackJob {
    PackFunction pack = nullptr;  ///< null: nothing but affine maps and slopes
    std::int16_t weight = -1, bias = -1, slope = -1;
    std::int16_t folded = 0, folded_count = 0;      ///< affine maps on the output, range of the list
    std::int16_t prologue = 0, prologue_count = 0;  ///< affine maps on the input
    std::int32_t order = -1;                        ///< from where on channel_orders says how input channels are summed; -1: in their order
    bool affine = false;                            ///< the folded maps are the node itself
    Geometry geometry{};
    ImageFormat image{};                            ///< of the input, where that is the caller's
    PackedPlace place{};
};

constexpr auto round_to_line(std::int64_t floats) noexcept -> std::int64_t { return (floats + 15) / 16 * 16; }

/// The taps of node I, a 1x1 convolution that reads a map. A constant of its own: compilers bound the work of each.
template <class Net, class O, int I>
inline constexpr ChannelTaps<laid_out<Net, O>.nodes[laid_out<Net, O>.input(I)].shape.channels()> mapped_taps{laid_out<Net, O>, laid_out<Net, O>.input(I)};

/// The nodes that do.
template <class Net, class O>
inline constexpr auto mapped_convolutions = [] {
    constexpr std::size_t count = [] {
        std::size_t n = 0;
        for (int i = 0; i < laid_out<Net, O>.node_count; ++i) n += is_mapped_convolution(laid_out<Net, O>, i);
        return n;
    }();
    std::array<int, count> nodes{};
    std::size_t next = 0;
    for (int i = 0; i < laid_out<Net, O>.node_count; ++i)
        if (is_mapped_convolution(laid_out<Net, O>, i)) nodes[next++] = i;
    return nodes;
}();

/// In which order they sum their channels, one behind the other.
template <class Net, class O>
inline constexpr auto channel_orders = []<std::size_t... K>(std::index_sequence<K...>) {
    std::array<std::int16_t, (std::size(mapped_taps<Net, O, mapped_convolutions<Net, O>[K]>.order) + ... + 1)> orders{};
    [[maybe_unused]] auto to = orders.begin();
    ((to = std::copy(std::begin(mapped_taps<Net, O, mapped_convolutions<Net, O>[K]>.order), std::end(mapped_taps<Net, O, mapped_convolutions<Net, O>[K]>.order), to)), ...);
    return orders;
}(std::make_index_sequence<mapped_convolutions<Net, O>.size()>{});

template <class Net, class O>
struct Packing {
    static constexpr int node_count = laid_out<Net, O>.node_count;
    static constexpr int tensor_count = graph::weight_tensor_count(written<Net>);

    PackJob jobs[node_count]{};
    AffineJob affine[written<Net>.node_count + 1]{};
    int job_count = 0, affine_count = 0;
    std::int64_t floats = 0;
    int most_channels = 1;
    int job_of[node_count]{};  ///< -1: the node has no weights
    int ordered = 0;          ///< channels of convolutions that read maps, so far

    constexpr Packing() noexcept {
        for (int i = 0; i < node_count; ++i) {
            job_of[i] = -1;
            add(i, laid_out<Net, O>.nodes[i]);
        }
    }
    constexpr auto place(int node) const noexcept -> PackedPlace { return job_of[node] < 0 ? PackedPlace{} : jobs[job_of[node]].place; }

private:
    constexpr auto reserve(std::int64_t count) noexcept -> std::int64_t {
        const std::int64_t at = floats;
        floats += round_to_line(count);
        return at;
    }
    constexpr void add_affine(int source) noexcept {
        const graph::Node& node = written<Net>.nodes[source];
        affine[affine_count++] = {static_cast<std::int16_t>(node.first_weight), node.operation.op == Op::batch_norm, node.operation.bias, node.operation.epsilon};
    }
    constexpr void add(int i, const graph::Node& node) noexcept {
        const graph::Fusion& fusion = node.fusion;
        const Op op = node.operation.op;
        const bool affine_node = op == Op::batch_norm || op == Op::scale;
        if (node.weight_count == 0 && fusion.prologue_count == 0) return;
        PackJob job;
        const Shape& in = node.input_count > 0 ? laid_out<Net, O>.nodes[laid_out<Net, O>.input(i)].shape : node.shape;
        job.geometry = geometry_of(node.operation, in, node.shape);
        // One number for each normalised element, as if those were channels.
        const bool norm = op == Op::layer_norm || op == Op::group_norm;
        if (norm) job.geometry.out_channels = static_cast<int>(node.weights[0].shape.count());
        if (op == Op::recurrence) job.geometry.out_channels = node.weights[0].shape[0];
        const std::int64_t in_channels = round_to_line(job.geometry.in_channels), out_channels = round_to_line(job.geometry.out_channels);
        most_channels = static_cast<int>(std::max({std::int64_t{most_channels}, in_channels, out_channels}));
        job.folded = static_cast<std::int16_t>(affine_count);
        if (affine_node) add_affine(node.source);
        for (int k = 0; k < fusion.folded_count; ++k) add_affine(fusion.folded[k]);
        job.folded_count = static_cast<std::int16_t>(affine_count - job.folded);
        job.prologue = static_cast<std::int16_t>(affine_count);
        for (int k = 0; k < fusion.prologue_count; ++k) add_affine(fusion.prologue[k]);
        job.prologue_count = fusion.prologue_count;
        job.affine = affine_node;
        if (affine_node || fusion.prologue_count > 0) {
            job.place.scale = reserve(in_channels);
            job.place.shift = reserve(in_channels);
        }
        if (op == Op::prelu) {
            job.slope = static_cast<std::int16_t>(node.first_weight);
            job.place.slope = reserve(round_to_line(node.weights[0].shape.count()));
        } else if (fusion.slope >= 0) {
            job.slope = static_cast<std::int16_t>(written<Net>.nodes[fusion.slope].first_weight);
            job.place.slope = reserve(out_channels);
        }
        if (op == Op::convolution || op == Op::transposed_convolution || op == Op::dense || op == Op::recurrence || op == Op::constant || norm) {
            job.weight = static_cast<std::int16_t>(node.first_weight);
            if (node.operation.bias) job.bias = static_cast<std::int16_t>(node.first_weight + 1);
            const auto kernel = static_cast<Kernel>(node.choice.kernel);
            const bool mapped = is_mapped_convolution(laid_out<Net, O>, i);
            job.pack = pack_function(kernel, op, mapped);
            if (node.input_count > 0) job.image = laid_out<Net, O>.nodes[laid_out<Net, O>.input(i)].operation.image;
            // A dense layer reads a feature map as one long vector.
            if (op == Op::dense) job.geometry.in_channels = node.weights[0].shape[1], job.geometry.in_h = job.geometry.in_w = 1;
            if (mapped) job.order = ordered, ordered += job.geometry.in_channels;
            job.place.weights = reserve(packed_floats(kernel, op, job.geometry, node.weights[0].shape));
        }
        job_of[i] = job_count;
        jobs[job_count++] = job;
    }
};

template <class Net, class O>
inline constexpr auto packing = Packing<Net, O>();

/// Shapes of the tensors in the weights file, in its order.
template <class Net>
inline constexpr auto weight_shapes = [] {
    std::array<Shape, graph::weight_tensor_count(written<Net>) + 1> shapes{};
    for (const graph::Node& node : written<Net>.all())
        for (int w = 0; w < node.weight_count; ++w) shapes[static_cast<std::size_t>(node.first_weight + w)] = node.weights[w].shape;
    return shapes;
}();

}  // namespace MDL_ISA
}  // namespace mdl::engine
