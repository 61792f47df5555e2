// mdl: layers that read an image at places which the network computes: grid sample, region of interest align.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>
#include <mdl/layers/resize.hpp>

namespace mdl {

namespace layers {

constexpr auto grid_sample_shape(Operation&, std::span<const Shape> in) -> graph::Inference {
    const Shape &x = in[0], &grid = in[1];
    if (x.rank != 4) return graph::failed(graph::Problem::wrong_rank, x, Shape{4});
    if (grid.rank != 4 || grid[0] != x[0] || grid[3] != 2) return graph::failed(graph::Problem::places_do_not_fit, x, grid);
    return shaped(Shape{x[0], x[1], grid[1], grid[2]});
}

constexpr auto grid_sample_description(Operation op) noexcept -> graph::Description {
    op.op = Op::grid_sample;
    return {op, &grid_sample_shape, 2, 2};
}

constexpr auto roi_align_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape &x = in[0], &regions = in[1];
    if (x.rank != 4) return graph::failed(graph::Problem::wrong_rank, x, Shape{4});
    if (op.dims.rank != 2 || op.size < 0 || !(op.alpha > 0)) return graph::failed(graph::Problem::not_positive, x, op.dims);
    const bool fits = regions.rank == 2 && regions[1] == 4 && (in.size() == 3 ? in[2] == Shape{regions[0]} : x[0] == 1);
    if (!fits) return graph::failed(graph::Problem::places_do_not_fit, regions, in[in.size() - 1]);
    return shaped(Shape{regions[0], x[1], op.dims[0], op.dims[1]});
}

constexpr auto roi_align_description(Operation op) noexcept -> graph::Description {
    op.op = Op::roi_align;
    return {op, &roi_align_shape, 2, 3};
}

}  // namespace layers

// Operators on a node's own inputs: `Node<"y", GridSample<Linear>, From<"image", "grid">>`.

/// y(n,c,r,q) = x(n,c) at the column grid(n,r,q,0) and the row grid(n,r,q,1), -1 and 1 being the image's borders, or with AlignCorners
/// the middles of its outermost pixels; between pixels as How says: Nearest, Linear or Cubic. Outside there are zeros, with Edge the
/// nearest pixels, with Reflect the mirror image. Option: CubicCoefficient (-0.75).  Source: ONNX GridSample-20; PyTorch grid_sample.
template <class How, class... Options>
struct GridSample {
    static_assert(
        requires { How::interpolation; }, "mdl: GridSample takes Nearest, Linear or Cubic first");
    static_assert(layers::Takes<OptionKind::coordinates, OptionKind::fill, OptionKind::cubic>::check<Options...>());
    static constexpr graph::Description description = [] {
        Operation op;
        op.resampling.interpolation = How::interpolation;
        op.k = -0.75f;
        return layers::grid_sample_description(layers::with<Options...>(op));
    }();
    static_assert(description.operation.fill != Fill::wrap && (description.operation.resampling.coordinates == Coordinates::half_pixel ||
                                                               description.operation.resampling.coordinates == Coordinates::align_corners),
                  "mdl: of these options GridSample takes AlignCorners, Edge and Reflect");
};

/// `Node<"y", RoiAlign<OutputSize<7>, Size<2>, Factor<0.0625>>, From<"image", "regions">>`: of each region (left, top, right, bottom), times
/// the factor (1), the means of OutputSize cells: of Size x Size samples a cell, linear between pixels; without Size of as many as a cell
/// has pixels. Asymmetric: the middle of the first pixel, not its corner, is 0. Where the batch is not 1 a third input tells each
/// region's image.  Source: ONNX RoiAlign-16; He et al. 2017 (Mask R-CNN), section 3.
template <class... Options>
struct RoiAlign {
    static_assert(
        layers::Takes<OptionKind::output_size, OptionKind::size, OptionKind::factor, OptionKind::coordinates>::check<Options...>());
    static constexpr graph::Description description = [] {
        Operation op;
        op.alpha = op.beta = 1;
        return layers::roi_align_description(layers::with<Options...>(op));
    }();
    static_assert(description.operation.alpha == description.operation.beta &&
                      (description.operation.resampling.coordinates == Coordinates::half_pixel ||
                       description.operation.resampling.coordinates == Coordinates::asymmetric),
                  "mdl: RoiAlign takes one Factor for rows and columns, and Asymmetric or none of the options of coordinates");
};

}  // namespace mdl
