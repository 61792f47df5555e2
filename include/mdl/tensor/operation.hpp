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
    slice,            ///< axis, begin, end, step
    reshape,          ///< dims: 0 keeps the input's size, one -1 takes the rest; axis >= 0 with rank-0 dims: flatten at axis
    transpose,        ///< dims: the permutation
    channel_shuffle,  ///< groups; channel axis 1
    pad,              ///< dims: sizes added before each axis; dims_end: after; fill; alpha: the value
    reduce,           ///< reduction; dims: the axes; keep_dims
    tile,             ///< dims: how often each axis is repeated
    gather,           ///< axis; of data and indices: floats that hold integers, negative ones count from the end
    select,           ///< condition != 0 ? yes : no; three inputs, broadcast as in NumPy
    depth_to_space,   ///< size: the block's side; channels_outer
    space_to_depth,   ///< size
    resize,           ///< dims: rows and columns of the output, or alpha, beta: their factors; resampling; k: cubic coefficient
    transposed_convolution,  ///< window, out_channels, groups, bias; dims: rows and columns added at the end; size: pixels of the input,
                             ///< set by shape inference
    matmul,           ///< [..., m, k] x [..., k, n] -> [..., m, n], leading axes broadcast; size: k, set by shape inference
    layer_norm,       ///< axis: it and all behind it are normalised; epsilon, bias
    group_norm,       ///< groups of channels, 0: each channel by itself; epsilon; channel axis 1
    top_k,            ///< axis, size: how many; reduction: arg_max finds the largest, arg_min the smallest; positions as floats
    gather_elements,  ///< axis; of data and indices, one for each element
    scatter_elements, ///< axis, scattering; of data, indices and updates
    max_positions,    ///< window; positions of the maxima in the whole tensor, as floats
    grid_sample,      ///< resampling: interpolation, align_corners or half_pixel; fill; k: cubic coefficient; of an image and a grid
    roi_align,        ///< dims: rows and columns; size: samples along a cell, 0: by its extent; alpha: factor of the regions;
                      ///< resampling: half_pixel or asymmetric; of an image, regions and, where the batch is not 1, their images
    recurrence,       ///< cell, size: units, activation of the gates, step: 1 or -1 from the last to the first, multiplier: 2 where
                      ///< cell states stand behind the units' outputs, bias; of projected inputs and initial states
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
    abs,
    negate,
    sqrt,
    reciprocal,  ///< 1 / x
    log,
    floor,
    ceil,
    round,             ///< to the nearest integer, halves to the even one
    sign,
    erf,
    softplus,          ///< log(1 + exp(x))
    softsign,          ///< x / (1 + |x|)
    gelu,              ///< x / 2 * (1 + erf(x / sqrt(2)))
    gelu_tanh,         ///< x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))
    mish,              ///< x * tanh(log(1 + exp(x)))
    selu,              ///< b * (x > 0 ? x : a * (exp(x) - 1))
    celu,              ///< x > 0 ? x : a * (exp(x / a) - 1)
    thresholded_relu,  ///< x > a ? x : 0
    shrink,            ///< x < -a ? x + b : x > a ? x - b : 0
    power,             ///< x^a
    sin,
    cos,
    tan,
    asin,
    acos,
    atan,
    sinh,
    cosh,
    asinh,
    acosh,
    atanh,
    is_nan,  ///< x is no number ? 1 : 0
    is_inf,  ///< x is infinite ? 1 : 0; of the positive ones only with a = 1, of the negative ones only with b = 1
    count
};

/// Kinds that other operators' kernels can end in; the others are operators by themselves, computed a number at a time.
constexpr auto is_common(ActivationKind kind) noexcept -> bool {
    return kind <= ActivationKind::sqrt || (kind >= ActivationKind::erf && kind <= ActivationKind::thresholded_relu);
}

struct Activation {
    ActivationKind kind = ActivationKind::none;
    float a = 0, b = 0;
    constexpr auto operator==(const Activation&) const noexcept -> bool = default;
    constexpr explicit operator bool() const noexcept { return kind != ActivationKind::none; }
};

enum class Pooling : std::uint8_t { max, average };
enum class Binary : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    maximum,
    minimum,
    power,             ///< a^b
    modulo,            ///< a - b * trunc(a / b), as C's fmod
    less,              ///< these give 1 or 0
    less_or_equal,
    greater,
    greater_or_equal,
    equal,
};

/// Operators with code of their own over vectors; the others run a number at a time.
constexpr auto is_common(Binary binary) noexcept -> bool { return binary <= Binary::minimum; }

/// What becomes of the numbers along the reduced axes.
enum class Reduction : std::uint8_t {
    mean,
    sum,
    max,
    min,
    product,
    l1,              ///< sum of |x|
    l2,              ///< square root of the sum of x^2
    sum_of_squares,
    log_sum,         ///< log of the sum
    log_sum_exp,     ///< log of the sum of exp(x)
    arg_max,         ///< where along the one axis the largest stands; of equals the first
    arg_max_last,    ///< of equals the last
    arg_min,
    arg_min_last,
};
constexpr auto is_position(Reduction reduction) noexcept -> bool { return reduction >= Reduction::arg_max; }

enum class Interpolation : std::uint8_t { nearest, linear, cubic };
/// Where an output's index i lies on an input's axis of `in`, of which `out` are made; s = out / in, or the factor given.
enum class Coordinates : std::uint8_t {
    half_pixel,          ///< (i + 1/2) / s - 1/2
    pytorch_half_pixel,  ///< the same; 0 where out is 1
    align_corners,       ///< i * (in - 1) / (s * in - 1)
    asymmetric,          ///< i / s
    half_pixel_nearest,  ///< (i + 1/2) / s, TensorFlow's for nearest neighbours
};
enum class Rounding : std::uint8_t { prefer_floor, prefer_ceil, floor, ceil };

/// How a resized image is read from the original.
struct Resampling {
    Interpolation interpolation = Interpolation::nearest;
    Coordinates coordinates = Coordinates::half_pixel;
    Rounding rounding = Rounding::prefer_floor;  ///< nearest; `prefer` is about halves
    bool exclude_outside = false;                ///< what lies outside has no weight, rather than the edge's value
    constexpr auto operator==(const Resampling&) const noexcept -> bool = default;
};

/// What padding is filled with.
enum class Fill : std::uint8_t {
    constant,
    edge,     ///< the nearest element
    reflect,  ///< mirrored at the outermost element, which is not repeated
    wrap,     ///< from the other end
};

/// What becomes of an element that is written to.
enum class Scattering : std::uint8_t { replace, add, multiply, maximum, minimum };

/// One step of a recurrent layer; gates stand in ONNX's order, as named here.
enum class Cell : std::uint8_t {
    rnn,
    gru,              ///< update, reset, hidden
    gru_reset_after,  ///< the reset gate multiplies what the hidden gate's matrix gives, not what it takes
    lstm,             ///< input, output, forget, cell
    lstm_peephole,    ///< its first three gates see the cell state too
};
constexpr auto gates_of(Cell cell) noexcept -> int { return cell == Cell::rnn ? 1 : cell <= Cell::gru_reset_after ? 3 : 4; }

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
    Reduction reduction = Reduction::mean;
    Fill fill = Fill::constant;
    Scattering scattering = Scattering::replace;
    Cell cell = Cell::rnn;
    Resampling resampling{};
    bool bias = false;
    bool depthwise = false;       ///< convolution: groups = in_channels, out_channels = in_channels * multiplier; set by shape inference
    bool within_channel = false;  ///< lrn
    bool keep_dims = true;        ///< reduce
    bool channels_outer = false;  ///< depth_to_space: channel c n + p, not p C + c, holds pixel p of n in a block of output channel c of C
    Activation activation{};
    Window window{};
    int out_channels = 0;
    int groups = 1;
    int multiplier = 1;  ///< depthwise convolution, recurrence
    int axis = 0;        ///< negative counts from the end; shape inference makes it positive
    int begin = 0, end = 0;
    int step = 1;  ///< slice, recurrence
    int size = 0;
    float alpha = 0, beta = 0, k = 0, epsilon = 0;
    Shape dims{}, dims_end{};
    ImageFormat image{};
    constexpr auto operator==(const Operation&) const noexcept -> bool = default;
};

}  // namespace mdl
