// mdl: runs one step with the kernels over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <mdl/engine/choose_tiles.hpp>
#include <mdl/engine/step.hpp>
#include <mdl/kernels/blocks/across_lrn.hpp>
#include <mdl/kernels/blocks/channel_gather.hpp>
#include <mdl/kernels/blocks/convolution_grouped.hpp>
#include <mdl/kernels/blocks/convolution_image.hpp>
#include <mdl/kernels/blocks/convolution_merged.hpp>
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/blocks/convolution_winograd.hpp>
#include <mdl/kernels/blocks/dense.hpp>
#include <mdl/kernels/blocks/depthwise.hpp>
#include <mdl/kernels/blocks/group_norm.hpp>
#include <mdl/kernels/blocks/layer_norm.hpp>
#include <mdl/kernels/blocks/layout.hpp>
#include <mdl/kernels/blocks/matmul.hpp>
#include <mdl/kernels/blocks/pad.hpp>
#include <mdl/kernels/blocks/pool.hpp>
#include <mdl/kernels/blocks/resize.hpp>
#include <mdl/kernels/blocks/softmax.hpp>
#include <mdl/kernels/blocks/transposed_convolution.hpp>
#include <mdl/kernels/blocks/transposed_depthwise.hpp>
#include <mdl/kernels/blocks/vector_operators.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/kernels/reference/matmul.hpp>

#if MDL_SIMD

namespace mdl::engine {
inline namespace MDL_ISA {

/// What a node does with each result, as the kernels' template argument: only what changes code.
template <class Net, class O, int I>
constexpr auto epilogue_of() noexcept {
    constexpr graph::Fusion fusion = laid_out<Net, O>.nodes[I].fusion;
    constexpr ActivationKind inner = fusion.slope >= 0 ? ActivationKind::leaky_relu : kernels::epilogue_kind(fusion.inner.kind);
    constexpr auto kernel = static_cast<Kernel>(laid_out<Net, O>.nodes[I].choice.kernel);
    return kernels::Epilogue<inner, Binary::add, kernels::epilogue_kind(fusion.outer.kind), O::small, tiles_for<Net, O, kernel>(),
                             O::in_order.value_or(simd::in_order_by_default)>{};
}

/// One copy of each kernel for all steps that share its template arguments: out of line, sizes as run-time arguments.
/// `Constants`: tile and kernel of Winograd's algorithm; kernel, stride and tile of a depthwise convolution; the same of a pooling
/// behind its kind.
template <Kernel Which, class E, int... Constants>
[[gnu::noinline]] void call_kernel(const Geometry& g, const kernels::EpilogueArgs& args, const kernels::Buffers& buffers) noexcept {
    constexpr Serial serial{};
    if constexpr (Which == Kernel::pointwise) kernels::convolution_pointwise<E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::strip) kernels::convolution_strip<E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::winograd) kernels::convolution_winograd<Constants..., E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::grouped) kernels::convolution_grouped<E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::merged) kernels::convolution_merged<E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::depthwise) kernels::depthwise<Constants..., E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::transposed_convolution) kernels::transposed_convolution<E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::transposed_depthwise) kernels::transposed_depthwise<E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::dense) kernels::dense<E>(g, args, buffers, serial);
    if constexpr (Which == Kernel::pool) {
        constexpr std::array constants{Constants...};
        kernels::pool<static_cast<Pooling>(constants[0]), constants[1], constants[2], constants[3], E>(g, args, buffers, serial);
    }
    if constexpr (Which == Kernel::global_pool) kernels::global_pool<static_cast<Pooling>(Constants)..., E>(g, args, buffers, serial);
}

/// One copy for all products with the same epilogue.
template <class E>
[[gnu::noinline]] void call_matmul(int rows, int inner, int columns, const kernels::EpilogueArgs& args, const kernels::MatmulRight& right,
                                   const kernels::Buffers& buffers) noexcept {
    kernels::matmul<E>(rows, inner, columns, args, buffers.input, right, buffers.slope, buffers.residual, buffers.output, Serial{});
}

/// Each matrix of two tensors by itself.
template <class E, class Net, class O, int I>
void run_matmul(const kernels::EpilogueArgs& args, const float* second, kernels::Buffers buffers) noexcept {
    constexpr const auto& graph = laid_out<Net, O>;
    static constexpr Shape a = graph.nodes[graph.input(I)].shape, b = graph.nodes[graph.input(I, 1)].shape, out = graph.nodes[I].shape;
    constexpr int rows = out[out.rank - 2], columns = out[out.rank - 1], inner = a[a.rank - 1];
    const float* const first = buffers.input;
    kernels::reference::for_each_matrix(a, b, out, [&](std::int64_t at_a, std::int64_t at_b) {
        buffers.input = first + at_a;
        call_matmul<E>(rows, inner, columns, args, {second + at_b, kernels::matmul_panel, columns, false, nullptr}, buffers);
        buffers.output += std::ptrdiff_t{rows} * columns;
    });
}

/// Floats from the arena's start to a channel's first pixel.
template <class Net, class O>
constexpr auto channel_offset(graph::ChannelSource source) noexcept -> int {
    const Shape& shape = laid_out<Net, O>.nodes[source.node].shape;
    const int lane = source.channel % simd::lanes;
    return static_cast<int>(place_of<Net, O>(source.node).offset / 4) + (source.channel - lane) * shape.height() * shape.width() + lane;
}

/// Where a gather of channels finds those that it takes from maps, and the others.
template <class Net, class O, int I>
inline constexpr auto gathered_offsets = [] {
    constexpr const auto& g = laid_out<Net, O>;
    std::array<int, static_cast<std::size_t>(g.nodes[I].shape.channels())> offsets{};
    for (std::size_t j = 0; j < offsets.size(); ++j)
        offsets[j] = channel_offset<Net, O>(graph::channel_source(g, graph::picked_channel(g, I, static_cast<int>(j))));
    return offsets;
}();

/// The taps of a 1x1 convolution that reads a map.
template <class Net, class O, int I>
struct MappedTaps {
    static constexpr const auto& taps = mapped_taps<Net, O, I>;
    static constexpr auto offsets = [] {
        std::array<int, static_cast<std::size_t>(taps.full + taps.single)> result{};
        for (std::size_t k = 0; k < result.size(); ++k) result[k] = channel_offset<Net, O>(taps.source[k]);
        return result;
    }();
    static constexpr kernels::Taps value{offsets.data(), taps.full, taps.single, 1, 0};
};

constexpr auto runs_on_blocks(Kernel kernel) noexcept -> bool {
    return kernel == Kernel::lrn || kernel == Kernel::resize || kernel == Kernel::pad || kernel == Kernel::channel_gather ||
           kernel == Kernel::activation || kernel == Kernel::affine || kernel == Kernel::binary || kernel == Kernel::binary_channel;
}

/// Steps without weights of their own layout: sizes are constants here, the loops are short.
template <class Net, class O, int I>
void run_on_blocks(const Frame& frame) noexcept {
    constexpr const auto& graph = laid_out<Net, O>;
    constexpr const graph::Node& node = graph.nodes[I];
    constexpr auto kernel = static_cast<Kernel>(node.choice.kernel);
    constexpr int pixels = node.shape.height() * node.shape.width(), channels = node.shape.channels(), blocks = kernels::blocks_of(channels);
    constexpr std::int64_t vectors = std::int64_t{blocks} * pixels;
    constexpr Place target = place_of<Net, O>(I), source = place_of<Net, O>(graph.input(I));
    constexpr PackedPlace packed = packing<Net, O>.place(I);
    float* const y = target.write(frame);
    const float* const x = source.floats(frame);
    if constexpr (kernel == Kernel::lrn) {
        static constexpr Operation op = node.operation;
        kernels::across_lrn(op, channels, pixels, x, y, frame.arena + memory<Net, O>.scratch[I]);
    } else if constexpr (kernel == Kernel::resize) {
        static constexpr Operation op = node.operation;
        static constexpr Shape in = graph.nodes[graph.input(I)].shape, out = node.shape;
        kernels::resize<kernels::resize_taps(op.resampling.interpolation)>(op, in, out, x, y, frame.arena + memory<Net, O>.scratch[I], Serial{});
    } else if constexpr (kernel == Kernel::pad) {
        static constexpr Operation op = node.operation;
        static constexpr Shape in = graph.nodes[graph.input(I)].shape, out = node.shape;
        kernels::pad(op, in, out, x, y, Serial{});
    } else if constexpr (kernel == Kernel::channel_gather && reads_map(graph, I)) {
        kernels::channel_gather_mapped(frame.floats(), gathered_offsets<Net, O, I>.data(), channels, pixels, y);
    } else if constexpr (kernel == Kernel::channel_gather) {
        constexpr graph::ChannelPick pick(node.operation);
        const auto parts = [&]<int... K>(std::integer_sequence<int, K...>) {
            constexpr const auto& g = laid_out<Net, O>;
            return std::array{kernels::ChannelPart{place_of<Net, O>(g.input(I, K)).floats(frame), g.nodes[g.input(I, K)].shape.channels()}...};
        }(std::make_integer_sequence<int, laid_out<Net, O>.nodes[I].input_count>{});
        kernels::channel_gather(parts, pick.groups, pick.begin, channels, pixels, y);
    } else if constexpr (kernel == Kernel::activation) {
        constexpr Activation activation = node.operation.activation;
        static constexpr kernels::EpilogueArgs args = kernels::epilogue_args(activation);
        kernels::map_activation<kernels::Epilogue<kernels::epilogue_kind(activation.kind)>>(vectors, args, x, y);
    } else {
        static constexpr kernels::EpilogueArgs args = kernels::epilogue_args(node.fusion.inner);
        constexpr bool parametric = node.operation.op == Op::prelu;
        using E = kernels::Epilogue<parametric ? ActivationKind::leaky_relu : kernels::epilogue_kind(node.fusion.inner.kind)>;
        if constexpr (kernel == Kernel::affine) {
            const auto at = [&](std::int64_t offset) { return offset < 0 ? nullptr : frame.weights + offset; };
            kernels::map_affine<E>(blocks, pixels, args, at(packed.scale), at(packed.shift), at(packed.slope), x, y);
        } else {
            constexpr int other = graph.input(I, 1);
            constexpr Place second = place_of<Net, O>(other);
            const float* const z = second.floats(frame);
            if constexpr (kernel == Kernel::binary)
                kernels::map_binary<node.operation.binary, E>(vectors, args, x, z, y);
            else if constexpr (graph.nodes[other].shape == node.shape)
                kernels::map_channel_binary<node.operation.binary, true, E>(blocks, pixels, args, z, x, y);
            else
                kernels::map_channel_binary<node.operation.binary, false, E>(blocks, pixels, args, x, z, y);
        }
    }
}

/// The kernel with the constants that a geometry and the kind of pooling give it.
template <Kernel Which, class E, const Geometry& G, Pooling Kind, bool Small>
MDL_ALWAYS_INLINE void call_window(const kernels::EpilogueArgs& args, const kernels::Buffers& buffers) noexcept {
    if constexpr (Which == Kernel::winograd) {
        constexpr kernels::WinogradTile tile = kernels::winograd_tile(G);
        call_kernel<Which, E, tile.rows, G.kernel_h, tile.columns, G.kernel_w>(G, args, buffers);
    } else if constexpr (Which == Kernel::depthwise && kernels::is_common_depthwise(G) && !Small) {
        call_kernel<Which, E, G.kernel_h, G.stride_h, kernels::depthwise_tile_width(G), kernels::depthwise_tile_rows(G)>(G, args, buffers);
    } else if constexpr (Which == Kernel::depthwise) {
        call_kernel<Which, E, 0, 0, 4, 1>(G, args, buffers);
    } else if constexpr (Which == Kernel::pool && kernels::is_common_pool(G) && !Small) {
        call_kernel<Which, E, static_cast<int>(Kind), G.kernel_h, G.stride_h, kernels::row_tile_width(G)>(G, args, buffers);
    } else if constexpr (Which == Kernel::pool) {
        call_kernel<Which, E, static_cast<int>(Kind), 0, 0, 4>(G, args, buffers);
    } else if constexpr (Which == Kernel::global_pool) {
        call_kernel<Which, E, static_cast<int>(Kind)>(G, args, buffers);
    } else {
        call_kernel<Which, E>(G, args, buffers);
    }
}

template <class Net, class O, int I>
void run_fast(const Frame& frame) noexcept {
    constexpr const auto& graph = laid_out<Net, O>;
    constexpr int input = graph.input(I);
    constexpr auto kernel = static_cast<Kernel>(graph.nodes[I].choice.kernel);
    constexpr Op op = graph.nodes[I].operation.op;
    constexpr graph::Fusion fusion = graph.nodes[I].fusion;
    constexpr PackedPlace packed = packing<Net, O>.place(I);
    constexpr Place source = place_of<Net, O>(input), target = place_of<Net, O>(I);
    static constexpr Geometry g = [] {
        Geometry result = geometry_of(laid_out<Net, O>.nodes[I].operation, laid_out<Net, O>.nodes[laid_out<Net, O>.input(I)].shape, laid_out<Net, O>.nodes[I].shape);
        if (laid_out<Net, O>.nodes[I].operation.op == Op::dense)
            result.in_channels = laid_out<Net, O>.nodes[I].weights[0].shape[1], result.in_h = result.in_w = 1;
        return result;
    }();
    if constexpr (kernel == Kernel::to_blocks) {
        kernels::to_blocks(g.out_channels, g.out_pixels(), source.floats(frame), target.write(frame), Serial{});
    } else if constexpr (kernel == Kernel::to_rows) {
        kernels::to_rows(g.out_channels, g.out_pixels(), source.floats(frame), target.write(frame), Serial{});
    } else if constexpr (kernel == Kernel::softmax) {
        constexpr Shape shape = graph.nodes[I].shape;
        constexpr int axis = graph.nodes[I].operation.axis;
        kernels::softmax_rows<op == Op::log_softmax>(static_cast<int>(shape.count(0, axis)), shape[axis], source.floats(frame), target.write(frame), Serial{});
    } else if constexpr (kernel == Kernel::concat) {
        run_joined_concat<Net, O, I>(frame);
    } else if constexpr (runs_on_blocks(kernel)) {
        run_on_blocks<Net, O, I>(frame);
    } else {
        static constexpr kernels::EpilogueArgs args = kernels::epilogue_args(fusion.inner, fusion.outer, fusion.prologue_activation);
        using E = decltype(epilogue_of<Net, O, I>());
        kernels::Buffers buffers;
        buffers.output = target.write(frame);
        if constexpr (packed.weights >= 0) buffers.weights = frame.weights + packed.weights;
        if constexpr (packed.slope >= 0) buffers.slope = frame.weights + packed.slope;
        if constexpr (fusion.prologue_count > 0) buffers.prologue_scale = frame.weights + packed.scale, buffers.prologue_shift = frame.weights + packed.shift;
        if constexpr (fusion.residual) buffers.residual = place_of<Net, O>(graph.input(I, graph.nodes[I].input_count - 1)).floats(frame);
        if constexpr (graph.nodes[I].choice.scratch_bytes > 0) buffers.scratch = frame.arena + memory<Net, O>.scratch[I];
        if constexpr (kernel == Kernel::image) {
            static constexpr ImageFormat format = graph.nodes[input].operation.image;
            using Pixel = std::conditional_t<graph.nodes[input].operation.image.element == Element::u8, std::uint8_t, float>;
            kernels::convolution_image<E>(g, format, args, static_cast<const Pixel*>(source.read(frame)), buffers, Serial{});
        } else {
            if constexpr (is_mapped_convolution(graph, I))
                buffers.input = frame.floats(), buffers.taps = &MappedTaps<Net, O, I>::value;
            else
                buffers.input = source.floats(frame);
            if constexpr (kernel == Kernel::matmul && op == Op::dense) {
                const auto rows = static_cast<int>(graph.nodes[I].shape.count() / g.out_channels);
                call_matmul<E>(rows, g.in_channels, g.out_channels, args, kernels::matmul_packed(g, buffers.weights), buffers);
            } else if constexpr (kernel == Kernel::matmul) {
                run_matmul<E, Net, O, I>(args, place_of<Net, O>(graph.input(I, 1)).floats(frame), buffers);
            } else if constexpr (kernel == Kernel::layer_norm) {
                static constexpr graph::Node node = graph.nodes[I];
                constexpr int axis = node.operation.axis, count = static_cast<int>(node.shape.count(axis, node.shape.rank));
                kernels::layer_norm(static_cast<int>(node.shape.count(0, axis)), count, node.operation.epsilon, buffers.input, buffers.weights,
                                    buffers.weights + count, buffers.output, Serial{});
            } else if constexpr (kernel == Kernel::group_norm) {
                constexpr Operation operation = graph.nodes[I].operation;
                kernels::group_norm<E>(g.out_channels, operation.groups, g.out_pixels(), operation.epsilon, args, buffers.weights,
                                       buffers.weights + g.out_channels, buffers, Serial{});
            } else {
                call_window<kernel, E, g, graph.nodes[I].operation.pooling, O::small>(args, buffers);
            }
        }
    }
}

}  // namespace MDL_ISA
}  // namespace mdl::engine

#endif
