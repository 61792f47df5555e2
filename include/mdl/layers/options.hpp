// mdl: the options of layers: type tags in any order.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/layers/real.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {

enum class OptionKind : std::uint32_t {
    kernel, stride, pad, dilation, groups, multiplier, no_bias, ceil, count_padding, axis, axes, begin, end, step, epsilon, alpha, beta, k, size,
    within_channel, drop_dims, element, pixel_layout, pixel_order, network_order, mean, scale_by, before, after, value, fill,
    output_size, factor, coordinates, rounding, exclude_outside, cubic, output_padding, channels_outer, smallest,
    backwards, with_cells, gates,
};

/// A type that is an option of a layer.
template <class T>
concept LayerOption = requires { T::option; };

namespace layers {

template <OptionKind Kind>
struct Tag {
    static constexpr OptionKind option = Kind;
};

}  // namespace layers

// Each says what it sets; `apply` writes it.

/// Rows and columns of the sliding window; one number for both.
template <int H, int W = H>
struct Kernel : layers::Tag<OptionKind::kernel> {
    static constexpr void apply(Operation& op) noexcept { op.window.kernel_h = H, op.window.kernel_w = W; }
};
template <int H, int W = H>
struct Stride : layers::Tag<OptionKind::stride> {
    static constexpr void apply(Operation& op) noexcept { op.window.stride_h = H, op.window.stride_w = W; }
};
template <int H, int W = H>
struct Dilation : layers::Tag<OptionKind::dilation> {
    static constexpr void apply(Operation& op) noexcept { op.window.dilation_h = H, op.window.dilation_w = W; }
};
/// `Pad<all>`, `Pad<rows, columns>` or `Pad<top, left, bottom, right>`.
template <int... N>
struct Pad : layers::Tag<OptionKind::pad> {
    static_assert(sizeof...(N) == 1 || sizeof...(N) == 2 || sizeof...(N) == 4,
                  "mdl: Pad takes one number for all sides, two for rows and columns, or four: top, left, bottom, right");
    static constexpr void apply(Operation& op) noexcept {
        constexpr int n[] = {N...};
        constexpr int count = sizeof...(N);
        op.window.pad_top = n[0], op.window.pad_left = n[count > 1 ? 1 : 0];
        op.window.pad_bottom = n[count == 4 ? 2 : 0], op.window.pad_right = n[count == 4 ? 3 : count > 1 ? 1 : 0];
    }
};
/// out = ceil(in / stride); an odd rest of the padding goes to bottom and right.
struct Same : layers::Tag<OptionKind::pad> {
    static constexpr void apply(Operation& op) noexcept { op.window.padding = Padding::same_upper; }
};
/// The same, an odd rest goes to top and left.
struct SameLower : layers::Tag<OptionKind::pad> {
    static constexpr void apply(Operation& op) noexcept { op.window.padding = Padding::same_lower; }
};
template <int N>
struct Groups : layers::Tag<OptionKind::groups> {
    static constexpr void apply(Operation& op) noexcept { op.groups = N; }
};
/// Output channels of a depthwise convolution for each input channel.
template <int N>
struct Multiplier : layers::Tag<OptionKind::multiplier> {
    static constexpr void apply(Operation& op) noexcept { op.multiplier = N; }
};
struct NoBias : layers::Tag<OptionKind::no_bias> {
    static constexpr void apply(Operation& op) noexcept { op.bias = false; }
};
/// Rounds the output's size up.
struct Ceil : layers::Tag<OptionKind::ceil> {
    static constexpr void apply(Operation& op) noexcept { op.window.ceil = true; }
};
/// Average pooling divides by the kernel's area, padding included.
struct CountPadding : layers::Tag<OptionKind::count_padding> {
    static constexpr void apply(Operation& op) noexcept { op.window.count_padding = true; }
};
/// Axis as ONNX counts: 0 batch, 1 channels, 2 rows, 3 columns; negative from the end.
template <int N>
struct Axis : layers::Tag<OptionKind::axis> {
    static constexpr int value = N;
    static constexpr void apply(Operation& op) noexcept { op.axis = N; }
};
template <int... N>
struct Axes : layers::Tag<OptionKind::axes> {
    static_assert(sizeof...(N) <= max_rank, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static constexpr void apply(Operation& op) noexcept { op.dims = Shape{N...}; }
};
template <int N>
struct Begin : layers::Tag<OptionKind::begin> {
    static constexpr void apply(Operation& op) noexcept { op.begin = N; }
};
/// One behind the last; negative counts from the axis's end.
template <int N>
struct End : layers::Tag<OptionKind::end> {
    static constexpr void apply(Operation& op) noexcept { op.end = N; }
};
/// From one index to the next; negative walks backwards.
template <int N>
struct Step : layers::Tag<OptionKind::step> {
    static constexpr void apply(Operation& op) noexcept { op.step = N; }
};
template <Real V>
struct Epsilon : layers::Tag<OptionKind::epsilon> {
    static constexpr void apply(Operation& op) noexcept { op.epsilon = static_cast<float>(V); }
};
template <Real V>
struct Alpha : layers::Tag<OptionKind::alpha> {
    static constexpr void apply(Operation& op) noexcept { op.alpha = static_cast<float>(V); }
};
template <Real V>
struct Beta : layers::Tag<OptionKind::beta> {
    static constexpr void apply(Operation& op) noexcept { op.beta = static_cast<float>(V); }
};
template <Real V>
struct K : layers::Tag<OptionKind::k> {
    static constexpr void apply(Operation& op) noexcept { op.k = static_cast<float>(V); }
};
template <int N>
struct Size : layers::Tag<OptionKind::size> {
    static constexpr void apply(Operation& op) noexcept { op.size = N; }
};
struct WithinChannel : layers::Tag<OptionKind::within_channel> {
    static constexpr void apply(Operation& op) noexcept { op.within_channel = true; }
};
/// Reduced axes disappear from the shape.
struct DropDims : layers::Tag<OptionKind::drop_dims> {
    static constexpr void apply(Operation& op) noexcept { op.keep_dims = false; }
};
template <int... N>
struct Before : layers::Tag<OptionKind::before> {
    static_assert(sizeof...(N) <= max_rank, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static constexpr void apply(Operation& op) noexcept { op.dims = Shape{N...}; }
};
template <int... N>
struct After : layers::Tag<OptionKind::after> {
    static_assert(sizeof...(N) <= max_rank, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static constexpr void apply(Operation& op) noexcept { op.dims_end = Shape{N...}; }
};
template <Real V>
struct Value : layers::Tag<OptionKind::value> {
    static constexpr void apply(Operation& op) noexcept { op.alpha = static_cast<float>(V); }
};
/// Padding repeats the outermost element.
struct Edge : layers::Tag<OptionKind::fill> {
    static constexpr void apply(Operation& op) noexcept { op.fill = Fill::edge; }
};
/// Padding is the mirror image; the outermost element is the mirror.
struct Reflect : layers::Tag<OptionKind::fill> {
    static constexpr void apply(Operation& op) noexcept { op.fill = Fill::reflect; }
};
/// Padding comes from the other end.
struct Wrap : layers::Tag<OptionKind::fill> {
    static constexpr void apply(Operation& op) noexcept { op.fill = Fill::wrap; }
};

/// Rows and columns of a resized image; one number for both.
template <int H, int W = H>
struct OutputSize : layers::Tag<OptionKind::output_size> {
    static constexpr void apply(Operation& op) noexcept { op.dims = Shape{H, W}; }
};
/// How many times as many rows and columns a resized image has, rounded down; one number for both.
template <Real H, Real W = H>
struct Factor : layers::Tag<OptionKind::factor> {
    static constexpr void apply(Operation& op) noexcept { op.alpha = static_cast<float>(H), op.beta = static_cast<float>(W); }
};
/// Where a resized image's pixels lie on the original: see Coordinates. Half pixels are the default.
template <Coordinates Where>
struct CoordinatesOption : layers::Tag<OptionKind::coordinates> {
    static constexpr void apply(Operation& op) noexcept { op.resampling.coordinates = Where; }
};
struct PytorchHalfPixel : CoordinatesOption<Coordinates::pytorch_half_pixel> {};
struct AlignCorners : CoordinatesOption<Coordinates::align_corners> {};
struct Asymmetric : CoordinatesOption<Coordinates::asymmetric> {};
struct HalfPixelNearest : CoordinatesOption<Coordinates::half_pixel_nearest> {};
/// Which neighbour is the nearest: halves up rather than down, or always the lower or the upper.
template <Rounding How>
struct RoundingOption : layers::Tag<OptionKind::rounding> {
    static constexpr void apply(Operation& op) noexcept { op.resampling.rounding = How; }
};
struct HalvesUp : RoundingOption<Rounding::prefer_ceil> {};
struct LowerNeighbour : RoundingOption<Rounding::floor> {};
struct UpperNeighbour : RoundingOption<Rounding::ceil> {};
/// Pixels outside of the image have no weight.
struct ExcludeOutside : layers::Tag<OptionKind::exclude_outside> {
    static constexpr void apply(Operation& op) noexcept { op.resampling.exclude_outside = true; }
};
/// The slope of a cubic's outer pieces (-0.75).
template <Real A>
struct CubicCoefficient : layers::Tag<OptionKind::cubic> {
    static constexpr void apply(Operation& op) noexcept { op.k = static_cast<float>(A); }
};
/// Rows and columns that a transposed convolution adds at bottom and right; one number for both.
template <int H, int W = H>
struct OutputPadding : layers::Tag<OptionKind::output_padding> {
    static constexpr void apply(Operation& op) noexcept { op.dims = Shape{H, W}; }
};
/// DepthToSpace reads the pixels of a block from neighbouring channels, as PyTorch's PixelShuffle does.
struct ChannelsOuter : layers::Tag<OptionKind::channels_outer> {
    static constexpr void apply(Operation& op) noexcept { op.channels_outer = true; }
};

namespace layers {

template <class Option, OptionKind... Known>
inline constexpr bool is_known = ((Option::option == Known) || ...);

/// Stops the build where an option is unknown to the layer or given twice.
template <OptionKind... Known>
struct Takes {
    template <class... Options>
    static constexpr auto check() noexcept -> bool {
        static_assert((LayerOption<Options> && ...), "mdl: this is no option of a layer; see mdl/layers/options.hpp");
        if constexpr ((LayerOption<Options> && ...)) {
            static_assert((is_known<Options, Known...> && ...),
                          "mdl: an option does not belong to this layer; see the layer's documentation for those it takes");
            constexpr OptionKind given[] = {Options::option..., OptionKind::kernel};
            constexpr bool unique = [&] {
                for (std::size_t i = 0; i < sizeof...(Options); ++i)
                    for (std::size_t j = 0; j < i; ++j)
                        if (given[i] == given[j]) return false;
                return true;
            }();
            static_assert(unique, "mdl: an option is given twice to one layer; keep one of them");
        }
        return true;
    }
};

/// The operation with every option written into it.
template <class... Options>
constexpr auto with(Operation op) noexcept -> Operation {
    (Options::apply(op), ...);
    return op;
}

}  // namespace layers
}  // namespace mdl
