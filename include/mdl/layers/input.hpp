// mdl: the network's inputs and the constants of its graph.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

template <Element E>
struct ElementOption : layers::Tag<OptionKind::element> {
    static constexpr void apply(Operation& op) noexcept { op.image.element = E; }
};
template <PixelLayout L>
struct PixelLayoutOption : layers::Tag<OptionKind::pixel_layout> {
    static constexpr void apply(Operation& op) noexcept { op.image.layout = L; }
};
template <PixelOrder P>
struct PixelOrderOption : layers::Tag<OptionKind::pixel_order> {
    static constexpr PixelOrder order = P;
    static constexpr void apply(Operation& op) noexcept { op.image.order = P; }
};

/// The caller's memory holds floats (the default) or bytes.
struct F32 : ElementOption<Element::f32> {};
struct U8 : ElementOption<Element::u8> {};
/// Rows of pixels, each with its channels side by side (the default), or one plane a channel.
struct Hwc : PixelLayoutOption<PixelLayout::hwc> {};
struct Chw : PixelLayoutOption<PixelLayout::chw> {};
/// Order of the channels in the caller's memory.
struct Rgb : PixelOrderOption<PixelOrder::rgb> {};
struct Bgr : PixelOrderOption<PixelOrder::bgr> {};
struct Rgba : PixelOrderOption<PixelOrder::rgba> {};
struct Grey : PixelOrderOption<PixelOrder::grey> {};

/// The order that the network was trained with, where it is not that of the memory: `Input<224, 224, 3, U8, Rgba, To<Bgr>>`.
template <class Order>
struct To : layers::Tag<OptionKind::network_order> {
    static constexpr PixelOrder order = Order::order;
    static_assert(order == PixelOrder::rgb || order == PixelOrder::bgr,
                  "mdl: To takes Rgb or Bgr, the order that the network was trained with");
    static constexpr void apply(Operation& op) noexcept { op.image.swap_red_blue = order == PixelOrder::bgr; }
};

/// Subtracted from each channel, in the network's channel order; one number for all channels.
template <Real... V>
struct Mean : layers::Tag<OptionKind::mean> {
    static_assert(sizeof...(V) >= 1 && sizeof...(V) <= 4,
                  "mdl: Mean and ScaleBy take one number, or one for each of at most four channels");
    static constexpr void apply(Operation& op) noexcept {
        int n = 0;
        ((op.image.mean[n++] = static_cast<float>(V)), ...);
        op.image.mean_count = n;
    }
};
/// Multiplied afterwards.
template <Real... V>
struct ScaleBy : layers::Tag<OptionKind::scale_by> {
    static_assert(sizeof...(V) >= 1 && sizeof...(V) <= 4,
                  "mdl: Mean and ScaleBy take one number, or one for each of at most four channels");
    static constexpr void apply(Operation& op) noexcept {
        int n = 0;
        ((op.image.scale[n++] = static_cast<float>(V)), ...);
        op.image.scale_count = n;
    }
};

namespace layers {

constexpr auto input_shape(Operation& op, std::span<const Shape>) -> graph::Inference {
    const ImageFormat& image = op.image;
    if (!is_positive(op.dims)) return graph::failed(graph::Problem::not_positive, op.dims);
    const int channels = op.dims.rank > 1 ? op.dims[1] : 1;
    const bool coloured = image.order == PixelOrder::rgb || image.order == PixelOrder::bgr ||
                          image.order == PixelOrder::rgba || image.swap_red_blue;
    if ((coloured && channels != 3) || (image.order == PixelOrder::grey && channels != 1))
        return graph::failed(graph::Problem::image_channels, op.dims);
    const auto wrong = [&](int count) { return count > 1 && count != channels; };
    if (wrong(image.mean_count) || wrong(image.scale_count))
        return graph::failed(graph::Problem::mean_count, op.dims, Shape{image.mean_count, image.scale_count});
    return shaped(op.dims);
}

/// An input of this full shape, row-major floats unless `image` says otherwise.
constexpr auto input_description(const Shape& shape, const ImageFormat& image = {}) noexcept -> graph::Description {
    Operation op;
    op.op = Op::input;
    op.dims = shape;
    op.image = image;
    return {op, &input_shape, 0, 0};
}

constexpr auto constant_shape(Operation& op, std::span<const Shape>) -> graph::Inference {
    graph::Inference found;
    found.shape = op.dims;
    found.add_weight(graph::Role::value, op.dims);
    return checked(found);
}

constexpr auto constant_description(const Shape& shape) noexcept -> graph::Description {
    Operation op;
    op.op = Op::constant;
    op.dims = shape;
    return {op, &constant_shape, 0, 0};
}

}  // namespace layers

/// An image of H rows, W columns and C channels: tensor [1, C, H, W]. Options, in any order: F32 or U8; Hwc or Chw; Rgb, Bgr, Rgba
/// or Grey, the order in memory; To<Rgb> or To<Bgr>, the network's own order; Mean<...>, ScaleBy<...>: x' = (x - mean) scale.
/// The first layer reads the image as it lies.
template <int H, int W, int C, class... Options>
struct Input {
    static_assert(layers::Takes<OptionKind::element, OptionKind::pixel_layout, OptionKind::pixel_order,
                                OptionKind::network_order, OptionKind::mean, OptionKind::scale_by>::check<Options...>());
    static constexpr graph::Description description = [] {
        ImageFormat image;
        image.layout = PixelLayout::hwc;
        graph::Description result = layers::input_description(Shape{1, C, H, W}, image);
        Operation& op = result.operation;
        op = layers::with<Options...>(op);
        // To<Bgr> says what the network wants; red and blue change places only if the memory is not so already.
        constexpr bool names_target = ((Options::option == OptionKind::network_order) || ...);
        constexpr bool names_memory = ((Options::option == OptionKind::pixel_order) || ...);
        static_assert(names_memory || !names_target, "mdl: To<...> needs the order in memory too; add Rgb, Bgr or Rgba");
        const bool memory_bgr = op.image.order == PixelOrder::bgr;
        if (names_target) op.image.swap_red_blue = op.image.swap_red_blue != memory_bgr;
        // One channel, or one pixel: both layouts are the same memory.
        if (C == 1 || (H == 1 && W == 1)) op.image.layout = PixelLayout::chw;
        return result;
    }();
};

/// A tensor of floats of any shape, batch included, row-major: `InputTensor<1, 640>`.
template <int... Dims>
struct InputTensor {
    static_assert(sizeof...(Dims) >= 1 && sizeof...(Dims) <= max_rank, "mdl: a tensor has from 1 to mdl::max_rank axes");
    static constexpr graph::Description description = layers::input_description(Shape{Dims...});
};

/// A tensor of the weights file, read by other nodes of a Graph.
template <int... Dims>
struct Constant {
    static_assert(sizeof...(Dims) <= max_rank, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static constexpr graph::Description description = layers::constant_description(Shape{Dims...});
};

}  // namespace mdl
