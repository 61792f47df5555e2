// mdl: what one operator of a network does, as plain values that layers write and kernels read.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/tensor/shape.hpp>
#include <mdl/tensor/window.hpp>

namespace mdl {

/// The operators. Attributes named behind each are the fields of Operation that it reads. Fingerprints hold their numbers: a new
/// one that users write stands behind the others, before those of the compiler.
enum class Op : std::uint8_t {
    input,            ///< image
    constant,         ///< dims: a tensor from the weights file
    identity,         ///< nothing; dropped by fusion
    convolution,      ///< window, out_channels, groups, bias
    dense,            ///< out_channels, bias; [n, ...] -> [n, out], everything behind the batch as one vector
    pool,             ///< pooling, window
    global_pool,      ///< pooling; [n, c, h, w] -> [n, c, 1, 1]
    batch_norm,       ///< epsilon; channel axis 1
    scale,            ///< bias; y = x * weight[c] + bias[c], channel axis 1
    prelu,            ///< y = x > 0 ? x : slope[c] * x, channel axis 1
    lrn,              ///< size, alpha, beta, k, within_channel
    activation,       ///< activation
    softmax,          ///< axis
    log_softmax,      ///< axis
    binary,           ///< binary; two or more inputs, broadcast as in NumPy
    concat,           ///< axis
    slice,            ///< axis, begin, end
    reshape,          ///< dims: 0 keeps the input's size, one -1 takes the rest; axis >= 0 with rank-0 dims: flatten at axis
    transpose,        ///< dims: the permutation
    channel_shuffle,  ///< groups; channel axis 1
    pad,              ///< dims: sizes added before each axis; dims_end: after; alpha: the value
    reduce_mean,      ///< dims: the axes; keep_dims
    // Made by the compiler only:
    to_blocks,  ///< row-major -> channel blocks
    to_rows,    ///< channel blocks -> row-major
    channel_gather,  ///< channels [begin, end) of the shuffle by groups of all inputs' concatenation
};

enum class ActivationKind : std::uint8_t {
    none,
    relu,          ///< max(x, 0)
    clip,          ///< min(max(x, a), b); relu6 is clip 0..6
    leaky_relu,    ///< x > 0 ? x : a * x
    elu,           ///< x > 0 ? x : a * (exp(x) - 1)
    sigmoid,       ///< 1 / (1 + exp(-x))
    tanh,          ///< tanh(x)
    hard_sigmoid,  ///< min(max(a * x + b, 0), 1)
    hard_swish,    ///< x * min(max(x / 6 + 1/2, 0), 1)
    silu,          ///< x / (1 + exp(-x))
    exp,           ///< exp(x)
};

struct Activation {
    ActivationKind kind = ActivationKind::none;
    float a = 0, b = 0;
    constexpr auto operator==(const Activation&) const noexcept -> bool = default;
    constexpr explicit operator bool() const noexcept { return kind != ActivationKind::none; }
};

enum class Pooling : std::uint8_t { max, average };
enum class Binary : std::uint8_t { add, subtract, multiply, divide, maximum, minimum };

enum class Element : std::uint8_t { f32, u8 };
enum class PixelLayout : std::uint8_t { hwc, chw };
/// Order of an image's channels in the caller's memory; the network sees red first for rgb, rgba, and what is
/// declared for bgr; the alpha of rgba is skipped. `any`: as they lie, whatever their number.
enum class PixelOrder : std::uint8_t { any, rgb, bgr, rgba, grey };

/// How the caller's memory of an input looks, and x' = (x - mean[c]) * scale[c] on the way in.
struct ImageFormat {
    Element element = Element::f32;
    PixelLayout layout = PixelLayout::chw;
    PixelOrder order = PixelOrder::any;  ///< order in memory
    bool swap_red_blue = false;          ///< the network's channel order is the other of rgb and bgr
    int mean_count = 0, scale_count = 0; ///< 0: none; 1: one for all channels; else one a channel (at most 4)
    float mean[4]{}, scale[4]{};
    constexpr auto operator==(const ImageFormat&) const noexcept -> bool = default;
    constexpr auto is_plain() const noexcept -> bool {
        return element == Element::f32 && layout == PixelLayout::chw && order != PixelOrder::rgba && !swap_red_blue && mean_count == 0 && scale_count == 0;
    }
};

/// One operator with its attributes. A flat struct rather than a variant: passes over hundreds of nodes run
/// inside the compiler, and a flat struct copies in one step there.
struct Operation {
    Op op = Op::identity;
    Binary binary = Binary::add;
    Pooling pooling = Pooling::max;
    bool bias = false;
    bool depthwise = false;       ///< convolution: groups = in_channels, out_channels = in_channels * multiplier; set by shape inference
    bool within_channel = false;  ///< lrn
    bool keep_dims = true;        ///< reduce_mean
    Activation activation{};
    Window window{};
    int out_channels = 0;
    int groups = 1;
    int multiplier = 1;  ///< depthwise convolution
    int axis = 0;        ///< negative counts from the end; shape inference makes it positive
    int begin = 0, end = 0;
    int size = 0;
    float alpha = 0, beta = 0, k = 0, epsilon = 0;
    Shape dims{}, dims_end{};
    ImageFormat image{};
    constexpr auto operator==(const Operation&) const noexcept -> bool = default;
};

}  // namespace mdl
