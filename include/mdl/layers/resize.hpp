// mdl: resizing of images.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

/// floor(size * factor), at most the largest int.
constexpr auto scaled_size(int size, float factor) noexcept -> int {
    const double product = static_cast<double>(size) * static_cast<double>(factor);
    return product < static_cast<double>(std::numeric_limits<int>::max()) ? static_cast<int>(product) : std::numeric_limits<int>::max();
}

constexpr auto resize_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank != 4) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{4});
    if (op.dims.rank != 2) {
        if (!(op.alpha > 0) || !(op.beta > 0)) return graph::failed(graph::Problem::not_positive, in[0]);
        op.dims = Shape{scaled_size(in[0].height(), op.alpha), scaled_size(in[0].width(), op.beta)};
    }
    return shaped(Shape{in[0].batch(), in[0].channels(), op.dims[0], op.dims[1]});
}

constexpr auto resize_description(Operation op) noexcept -> graph::Description {
    op.op = Op::resize;
    return {op, &resize_shape, 1, 1};
}

}  // namespace layers

/// The nearest pixel; weights of the two nearest along each axis by their distance; of the four nearest by a cubic.
struct Nearest {
    static constexpr Interpolation interpolation = Interpolation::nearest;
};
struct Linear {
    static constexpr Interpolation interpolation = Interpolation::linear;
};
struct Cubic {
    static constexpr Interpolation interpolation = Interpolation::cubic;
};

/// `Resize<Linear, OutputSize<28, 28>>` or `Resize<Nearest, Factor<2>>`: [n, c, h, w] -> [n, c, h', w'], each of rows and columns by
/// itself. Options: PytorchHalfPixel, AlignCorners, Asymmetric or HalfPixelNearest; of Nearest HalvesUp, LowerNeighbour or
/// UpperNeighbour; ExcludeOutside; CubicCoefficient (-0.75).  Source: ONNX Resize-19; Keys 1981 for the cubic.
template <class How, class... Options>
struct Resize {
    static_assert(requires { How::interpolation; }, "mdl: Resize takes Nearest, Linear or Cubic first");
    static_assert(layers::Takes<OptionKind::output_size, OptionKind::factor, OptionKind::coordinates, OptionKind::rounding,
                                OptionKind::exclude_outside, OptionKind::cubic>::check<Options...>());
    static constexpr graph::Description description = [] {
        Operation op;
        op.resampling.interpolation = How::interpolation;
        op.k = -0.75f;
        return layers::resize_description(layers::with<Options...>(op));
    }();
};

}  // namespace mdl
