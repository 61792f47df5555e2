// mdl: max and average pooling.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>
#include <mdl/layers/window_rule.hpp>

namespace mdl {

namespace layers {

constexpr auto pool_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape& x = in[0];
    Window& w = op.window;
    if (x.rank != 4) return graph::failed(graph::Problem::wrong_rank, x, Shape{4});
    const graph::Inference found = slide(w, x);
    if (found.problem != graph::Problem::none) return found;
    if (sees_only_padding(rows_of(w, x.height()), found.shape.height()) || sees_only_padding(columns_of(w, x.width()), found.shape.width()))
        return graph::failed(graph::Problem::padding_too_large, Shape{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right},
                             Shape{w.kernel_h, w.kernel_w});
    return checked(found);
}

constexpr auto pool_description(Pooling pooling, const Window& window) noexcept -> graph::Description {
    Operation op;
    op.op = Op::pool;
    op.pooling = pooling;
    op.window = window;
    return {op, &pool_shape, 1, 1};
}

constexpr auto max_positions_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].count() > 1 << 24) return graph::failed(graph::Problem::too_many_positions, in[0]);
    return pool_shape(op, in);
}

constexpr auto max_positions_description(const Window& window) noexcept -> graph::Description {
    Operation op;
    op.op = Op::max_positions;
    op.window = window;
    return {op, &max_positions_shape, 1, 1};
}

constexpr auto global_pool_shape(Operation&, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank != 4) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{4});
    return shaped(Shape{in[0].batch(), in[0].channels(), 1, 1});
}

constexpr auto global_pool_description(Pooling pooling) noexcept -> graph::Description {
    Operation op;
    op.op = Op::global_pool;
    op.pooling = pooling;
    return {op, &global_pool_shape, 1, 1};
}

}  // namespace layers

/// The largest, or the mean, of what the window sees.
struct Max {
    static constexpr Pooling pooling = Pooling::max;
};
struct Average {
    static constexpr Pooling pooling = Pooling::average;
};

/// Options: Kernel, Stride (1), Dilation, Pad, Same, SameLower, Ceil, CountPadding. Padding never wins a maximum; it counts in an
/// average only with CountPadding.  Source: ONNX MaxPool-12, AveragePool-19.
template <class How, class... Options>
struct Pool {
    static_assert(requires { How::pooling; }, "mdl: Pool takes Max or Average first");
    static_assert(layers::Takes<OptionKind::kernel, OptionKind::stride, OptionKind::dilation, OptionKind::pad, OptionKind::ceil,
                                OptionKind::count_padding>::check<Options...>());
    static constexpr graph::Description description = layers::pool_description(How::pooling, layers::with<Options...>(Operation{}).window);
};

/// Where in the whole tensor, counted row by row, Pool<Max> with the same options finds its maxima, of equals the first: as floats.
/// Source: the second output of ONNX MaxPool-12.
template <class... Options>
struct MaxPositions {
    static_assert(layers::Takes<OptionKind::kernel, OptionKind::stride, OptionKind::dilation, OptionKind::pad,
                                OptionKind::ceil>::check<Options...>());
    static constexpr graph::Description description = layers::max_positions_description(layers::with<Options...>(Operation{}).window);
};

/// [n, c, h, w] -> [n, c, 1, 1].
template <class How>
struct GlobalPool {
    static_assert(requires { How::pooling; }, "mdl: GlobalPool takes Max or Average");
    static constexpr graph::Description description = layers::global_pool_description(How::pooling);
};

}  // namespace mdl
