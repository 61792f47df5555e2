// mdl: layers that pick elements by others: gather and select; and those that repeat or fold them: tile, depth to space and back.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/binary_rule.hpp>
#include <mdl/layers/composite.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto gather_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = front_axis(op.axis, in[0].rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    if (in[0].rank - 1 + in[1].rank > max_rank) return graph::failed(graph::Problem::rank_too_high, in[0], in[1]);
    op.axis = axis;
    Shape out;
    for (int i = 0; i < axis; ++i) out.push(in[0][i]);
    for (int i = 0; i < in[1].rank; ++i) out.push(in[1][i]);
    for (int i = axis + 1; i < in[0].rank; ++i) out.push(in[0][i]);
    return shaped(out);
}

constexpr auto gather_description(int axis) noexcept -> graph::Description {
    Operation op;
    op.op = Op::gather;
    op.axis = axis;
    return {op, &gather_shape, 2, 2};
}

constexpr auto select_description() noexcept -> graph::Description {
    Operation op;
    op.op = Op::select;
    return {op, &broadcast_shape, 3, 3};
}

constexpr auto tile_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (op.dims.rank != in[0].rank) return graph::failed(graph::Problem::wrong_rank, in[0], op.dims);
    Shape out = in[0];
    for (int axis = 0; axis < out.rank; ++axis) {
        if (op.dims[axis] < 1) return graph::failed(graph::Problem::not_positive, in[0], op.dims);
        const std::int64_t size = std::int64_t{out[axis]} * op.dims[axis];
        if (size > std::numeric_limits<std::int32_t>::max()) return graph::failed(graph::Problem::too_large, in[0], op.dims);
        out[axis] = static_cast<int>(size);
    }
    return shaped(out);
}

constexpr auto tile_description(const Shape& repeats) noexcept -> graph::Description {
    Operation op;
    op.op = Op::tile;
    op.dims = repeats;
    return {op, &tile_shape, 1, 1};
}

constexpr auto depth_to_space_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank != 4) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{4});
    if (op.size < 1 || op.size > 1 << 15) return graph::failed(graph::Problem::not_positive, in[0], Shape{op.size});
    const std::int64_t height = std::int64_t{in[0].height()} * op.size, width = std::int64_t{in[0].width()} * op.size;
    if (in[0].channels() % (op.size * op.size) != 0) return graph::failed(graph::Problem::block_does_not_divide, in[0], Shape{op.size});
    if (height > std::numeric_limits<std::int32_t>::max() || width > std::numeric_limits<std::int32_t>::max())
        return graph::failed(graph::Problem::too_large, in[0], Shape{op.size});
    return shaped(Shape{in[0].batch(), in[0].channels() / (op.size * op.size), static_cast<int>(height), static_cast<int>(width)});
}

constexpr auto space_to_depth_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank != 4) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{4});
    if (op.size < 1 || op.size > 1 << 15) return graph::failed(graph::Problem::not_positive, in[0], Shape{op.size});
    if (in[0].height() % op.size != 0 || in[0].width() % op.size != 0) return graph::failed(graph::Problem::block_does_not_divide, in[0], Shape{op.size});
    const std::int64_t channels = std::int64_t{in[0].channels()} * op.size * op.size;
    if (channels > std::numeric_limits<std::int32_t>::max()) return graph::failed(graph::Problem::too_large, in[0], Shape{op.size});
    return shaped(Shape{in[0].batch(), static_cast<int>(channels), in[0].height() / op.size, in[0].width() / op.size});
}

constexpr auto depth_to_space_description(int block, bool channels_outer) noexcept -> graph::Description {
    Operation op;
    op.op = Op::depth_to_space;
    op.size = block;
    op.channels_outer = channels_outer;
    return {op, &depth_to_space_shape, 1, 1};
}

constexpr auto space_to_depth_description(int block) noexcept -> graph::Description {
    Operation op;
    op.op = Op::space_to_depth;
    op.size = block;
    return {op, &space_to_depth_shape, 1, 1};
}

template <int N, class... Branches>
struct GatherJoin {
    static constexpr auto flatten(graph::Builder& builder, std::span<const int> inputs) -> int {
        return join<Branches...>(builder, inputs, gather_description(N));
    }
};

template <class... Items>
struct GatherOf : GatherJoin<1, Items...> {};
template <int N, class... Branches>
struct GatherOf<Axis<N>, Branches...> : GatherJoin<N, Branches...> {};

}  // namespace layers

/// y[..., i, ...] = data[..., indices[i], ...] along the channels, or along `Axis<n>` given first: `Gather<Axis<2>, Data, Indices>`.
/// Indices are floats that hold integers, negative ones count from the end; one outside of the axis reads its nearest element.
/// Without branches an operator on its node's two inputs.  Source: ONNX Gather-13.
template <class... Items>
struct Gather : layers::GatherOf<Items...> {};

/// y = condition != 0 ? yes : no, shapes broadcast as in NumPy: `Where<Condition, Yes, No>`; without branches an operator on its node's
/// three inputs.  Source: ONNX Where-16.
template <class... Branches>
struct Where {
    static constexpr auto flatten(graph::Builder& builder, std::span<const int> inputs) -> int {
        return layers::join<Branches...>(builder, inputs, layers::select_description());
    }
};

/// The tensor side by side with itself, so many times along each axis: `Tile<1, 1, 2, 3>`.  Source: ONNX Tile-13.
template <int... Repeats>
struct Tile {
    static_assert(sizeof...(Repeats) <= max_rank, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static constexpr graph::Description description = layers::tile_description(Shape{Repeats...});
};

/// [n, c b b, h, w] -> [n, c, h b, w b]: y(c, h b + i, w b + j) = x((i b + j) C + c, h, w), or with ChannelsOuter, as PyTorch's
/// PixelShuffle, x(c b b + i b + j, h, w).  Source: ONNX DepthToSpace-13; Shi et al. 2016.
template <int Block, class... Options>
struct DepthToSpace {
    static_assert(layers::Takes<OptionKind::channels_outer>::check<Options...>());
    static constexpr graph::Description description = layers::depth_to_space_description(Block, sizeof...(Options) > 0);
};
/// What PyTorch calls it.
template <int Block>
struct PixelShuffle : DepthToSpace<Block, ChannelsOuter> {};

/// [n, c, h b, w b] -> [n, c b b, h, w]: undoes DepthToSpace.  Source: ONNX SpaceToDepth-13.
template <int Block>
struct SpaceToDepth {
    static constexpr graph::Description description = layers::space_to_depth_description(Block);
};

}  // namespace mdl
