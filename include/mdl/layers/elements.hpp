// mdl: layers that find elements and read or write them one by one: top k, gather elements, scatter elements.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto top_k_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = front_axis(op.axis, in[0].rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    if (op.size < 1) return graph::failed(graph::Problem::not_positive, in[0], Shape{op.size});
    if (op.size > in[0][axis]) return graph::failed(graph::Problem::too_few_elements, in[0], Shape{op.size});
    op.axis = axis;
    Shape out = in[0];
    out[axis] = op.size;
    return shaped(out);
}

constexpr auto top_k_description(int k, int axis) noexcept -> graph::Description {
    Operation op;
    op.op = Op::top_k;
    op.size = k;
    op.axis = axis;
    op.reduction = Reduction::arg_max;
    return {op, &top_k_shape, 1, 1};
}

/// Are there as many axes, and no more elements along any but `axis`?
constexpr auto indexes_into(const Shape& indices, const Shape& data, int axis) noexcept -> bool {
    if (indices.rank != data.rank) return false;
    for (int i = 0; i < data.rank; ++i)
        if (i != axis && indices[i] > data[i]) return false;
    return true;
}

constexpr auto gather_elements_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = front_axis(op.axis, in[0].rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    if (!indexes_into(in[1], in[0], axis)) return graph::failed(graph::Problem::indices_do_not_fit, in[0], in[1]);
    op.axis = axis;
    return shaped(in[1]);
}

constexpr auto gather_elements_description(int axis) noexcept -> graph::Description {
    Operation op;
    op.op = Op::gather_elements;
    op.axis = axis;
    return {op, &gather_elements_shape, 2, 2};
}

constexpr auto scatter_elements_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape &data = in[0], &indices = in[1], &updates = in[2];
    const int axis = front_axis(op.axis, data.rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, data, Shape{op.axis});
    bool fits = indexes_into(updates, data, axis) && indices.rank == updates.rank;
    for (int i = 0; fits && i < data.rank; ++i) fits = indices[i] == updates[i] || indices[i] == 1;
    if (!fits) return graph::failed(graph::Problem::indices_do_not_fit, indices, updates);
    op.axis = axis;
    return shaped(data);
}

constexpr auto scatter_elements_description(int axis, Scattering how) noexcept -> graph::Description {
    Operation op;
    op.op = Op::scatter_elements;
    op.axis = axis;
    op.scattering = how;
    return {op, &scatter_elements_shape, 3, 3};
}

template <Scattering How, class... Options>
struct ScatterLayer {
    static_assert(Takes<OptionKind::axis>::check<Options...>());
    static constexpr graph::Description description = scatter_elements_description(with<Options...>(Operation{.axis = 1}).axis, How);
};

}  // namespace layers

/// The smallest elements rather than the largest.
struct Smallest : layers::Tag<OptionKind::smallest> {
    static constexpr void apply(Operation& op) noexcept { op.reduction = Reduction::arg_min; }
};

/// Where the K largest along the channels, or along `Axis<n>`, stand, the largest first, of equals the first: positions as floats. The
/// elements themselves are GatherElements of the same axis with these indices.  Source: ONNX TopK-11.
template <int K, class... Options>
struct TopK {
    static_assert(layers::Takes<OptionKind::axis, OptionKind::smallest>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::top_k_description(K, 1);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

// Operators on a node's own inputs: `Node<"y", GatherElements<Axis<2>>, From<"data", "indices">>`. Indices are floats that hold
// integers; negative ones count from the end.

/// y[..., i, ...] = data[..., indices[..., i, ...], ...]: an index of its own for each element, in the shape of the indices. One outside
/// of the axis (the channels, or `Axis<n>`) reads its nearest element.  Source: ONNX GatherElements-13.
template <class... Options>
struct GatherElements {
    static_assert(layers::Takes<OptionKind::axis>::check<Options...>());
    static constexpr graph::Description description =
        layers::gather_elements_description(layers::with<Options...>(Operation{.axis = 1}).axis);
};

// `Node<"y", ScatterElements<Axis<0>>, From<"data", "indices", "updates">>`: the data with y[..., indices[..., i, ...], ...] replaced by,
// or combined with, updates[..., i, ...]; one after the other where several updates meet. The indices have the updates' shape, or 1
// along axes that share them; an index outside of the axis (the channels, or `Axis<n>`) changes nothing.  Source: ONNX ScatterElements-18.

template <class... Options>
struct ScatterElements : layers::ScatterLayer<Scattering::replace, Options...> {};
template <class... Options>
struct ScatterAdd : layers::ScatterLayer<Scattering::add, Options...> {};
template <class... Options>
struct ScatterMul : layers::ScatterLayer<Scattering::multiply, Options...> {};
template <class... Options>
struct ScatterMax : layers::ScatterLayer<Scattering::maximum, Options...> {};
template <class... Options>
struct ScatterMin : layers::ScatterLayer<Scattering::minimum, Options...> {};

}  // namespace mdl
