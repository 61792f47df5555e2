// mdl: lowering of DFT and STFT: of a fixed length both are products with a constant matrix, a dense layer and a convolution.
// SPDX-License-Identifier: MIT
#include <cmath>
#include <numbers>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

auto length_or_step(Call& call, int k, const char* what) -> std::int64_t {
    const std::int64_t value = call.constant_integer(k, what);
    if (value < 1 || value > 1 << 20) call.refuse(text("has the ", what, ' ', value));
    return value;
}

/// Weights that make of `samples` numbers, or pairs of real and imaginary part, a transform's `bins` pairs: [bins, 2, samples, parts].
/// Bin k of sample t is exp(-+ 2 pi i k t / length), sign and factor as given.
auto transform_weights(int bins, int samples, int parts, std::int64_t length, double sign, double factor) -> std::vector<float> {
    std::vector<float> weights;
    for (int k = 0; k < bins; ++k)
        for (const bool imaginary : {false, true})
            for (int t = 0; t < samples; ++t) {
                // The angle within one turn, so that the sine of a large one loses nothing.
                const double angle =
                    sign * 2 * std::numbers::pi * static_cast<double>(std::int64_t{k} * t % length) / static_cast<double>(length);
                const double c = t < length ? factor * std::cos(angle) : 0, s = t < length ? factor * std::sin(angle) : 0;
                weights.push_back(static_cast<float>(imaginary ? s : c));
                if (parts == 2) weights.push_back(static_cast<float>(imaginary ? c : -s));
            }
    return weights;
}

/// Real numbers have 1 as their last size, complex ones 2.
auto parts_of(Call& call, const Shape& shape) -> int {
    if (shape.rank < 3 || shape[shape.rank - 1] > 2)
        call.refuse(text("transforms a tensor of shape ", to_text(shape), "; its last axis must hold real parts or pairs"));
    return shape[shape.rank - 1];
}

void require_small(Call& call, int bins, int samples, std::int64_t length) {
    if (std::int64_t{bins} * samples > 1 << 24)
        call.refuse(text("has the length ", length, ", whose matrix is too large; compute the spectrum in the app"));
}

/// The axis goes to the end, next to the parts: a row of the matrix each.
void dft(Call& call) {
    const Shape shape = call.shape(0);
    const int parts = parts_of(call, shape), last = shape.rank - 1;
    std::int64_t given = call.opset() < 20 ? call.attributes.integer("axis", 1) : -2;
    if (call.has(2)) given = call.constant_integer(2, "axis");
    const int axis = static_cast<int>(normalised_axis(given, static_cast<std::size_t>(shape.rank)));
    if (axis == last) call.refuse("transforms along the axis of real and imaginary parts");
    const bool inverse = call.attributes.integer("inverse", 0) != 0, onesided = call.attributes.integer("onesided", 0) != 0;
    if (inverse && onesided) call.refuse("is an inverse of half a spectrum, which mdl does not support");
    const std::int64_t length = call.has(1) ? length_or_step(call, 1, "length") : shape[axis];
    const int bins = static_cast<int>(onesided ? length / 2 + 1 : length), samples = shape[axis];
    require_small(call, bins, samples, length);
    Shape order, restored;
    for (int a = 0; a < last; ++a)
        if (a != axis) order.push(a);
    order.push(axis);
    order.push(last);
    for (int a = 0; a < shape.rank; ++a)
        for (int k = 0; k < shape.rank; ++k)
            if (order[k] == a) restored.push(k);
    const bool moves = axis != last - 1;
    const int x = moves ? add_transpose(call, call.layer(0), order) : call.layer(0);
    const int rows = static_cast<int>(shape.count() / samples / parts);
    Operation dense;
    dense.op = Op::dense;
    dense.out_channels = 2 * bins;
    const double factor = inverse ? 1.0 / static_cast<double>(length) : 1;
    const int spectrum = call.add(dense, {add_reshape(call, x, Shape{rows, samples * parts})},
                                  {make_floats(transform_weights(bins, samples, parts, length, inverse ? 1 : -1, factor))});
    Shape result = call.network().shape(x);
    result[last - 1] = bins;
    result[last] = 2;
    const int y = add_reshape(call, spectrum, result);
    call.result(moves ? add_transpose(call, y, restored) : y);
}

/// Frames are what a convolution's window sees: its kernel is the matrix, each column times the window's number.
void stft(Call& call) {
    const Shape shape = call.shape(0);
    const int parts = parts_of(call, shape);
    if (shape.rank != 3) call.refuse(text("transforms a tensor of shape ", to_text(shape), "; mdl supports [batch, samples, parts]"));
    const std::int64_t step = length_or_step(call, 1, "frame step");
    Floats window;
    if (call.has(2)) window = call.constant_floats(2, "window").floats;
    if (!call.has(3) && !window) call.refuse("has neither a window nor a frame length");
    const std::int64_t length = call.has(3) ? length_or_step(call, 3, "frame length") : static_cast<std::int64_t>(window->size());
    if (window && static_cast<std::int64_t>(window->size()) != length) call.refuse("has a window of another length than its frames");
    if (length > shape[1]) call.refuse(text("has frames of ", length, " samples in a signal of ", shape[1]));
    const int bins = static_cast<int>(call.attributes.integer("onesided", 1) != 0 ? length / 2 + 1 : length),
              samples = static_cast<int>(length);
    require_small(call, bins, samples, length);
    const std::vector<float> matrix = transform_weights(bins, samples, parts, length, -1, 1);
    // A convolution's weights have the parts, its channels, before the samples.
    std::vector<float> kernel(matrix.size());
    for (int o = 0; o < 2 * bins; ++o)
        for (int t = 0; t < samples; ++t)
            for (int p = 0; p < parts; ++p) {
                const auto from = static_cast<std::size_t>((o * samples + t) * parts + p),
                           to = static_cast<std::size_t>((o * parts + p) * samples + t);
                kernel[to] = matrix[from] * (window ? (*window)[static_cast<std::size_t>(t)] : 1);
            }
    Operation convolution;
    convolution.op = Op::convolution;
    convolution.out_channels = 2 * bins;
    convolution.window.kernel_w = samples;
    convolution.window.stride_w = static_cast<int>(step);
    const int channels = parts == 1 ? call.layer(0) : add_transpose(call, call.layer(0), Shape{0, 2, 1});
    const int frames =
        call.add(convolution, {add_reshape(call, channels, Shape{shape[0], parts, 1, shape[1]})}, {make_floats(std::move(kernel))});
    const int count = call.network().shape(frames)[3];
    const int by_frame = add_transpose(call, add_reshape(call, frames, Shape{shape[0], 2 * bins, count}), Shape{0, 2, 1});
    call.result(add_reshape(call, by_frame, Shape{shape[0], count, bins, 2}));
}

}  // namespace

void add_spectra(LoweringTable& table) {
    table["DFT"] = dft;
    table["STFT"] = stft;
}

}  // namespace mdl::tool
