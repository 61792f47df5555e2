// mdl: convolutions and pools of the reference interpreter, over one to three spatial axes.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

using Sizes = std::array<std::int64_t, 3>;

/// Depth, rows and columns; missing axes in front have size 1.
auto spatial(const Dims& list, std::int64_t filler) -> Sizes {
    if (list.size() > 3) fail(Exit::bad_input, "works on ", list.size(), " spatial axes; the reference interpreter has at most 3");
    Sizes sizes{filler, filler, filler};
    std::copy(list.rbegin(), list.rend(), sizes.rbegin());
    return sizes;
}

auto product(const Sizes& sizes) -> std::int64_t { return sizes[0] * sizes[1] * sizes[2]; }

/// How a window moves over its input.
struct Geometry {
    Sizes in{}, kernel{}, stride{}, dilation{}, before{}, after{}, out{};

    auto extent(std::size_t axis) const -> std::int64_t { return (kernel[axis] - 1) * dilation[axis] + 1; }

    /// Where output i meets the input with the kernel's k-th element along an axis.
    auto position(std::size_t axis, std::int64_t i, std::int64_t k) const -> std::int64_t { return i * stride[axis] - before[axis] + k * dilation[axis]; }

    /// Calls visit(input pixel) for what output pixel `at` covers inside of the input.
    template <class Visit>
    void cover(const Sizes& at, Visit visit) const {
        Sizes k{};
        for (k[0] = 0; k[0] < kernel[0]; ++k[0])
            for (k[1] = 0; k[1] < kernel[1]; ++k[1])
                for (k[2] = 0; k[2] < kernel[2]; ++k[2]) {
                    std::int64_t pixel = 0;
                    bool inside = true;
                    for (std::size_t axis = 0; axis < 3; ++axis) {
                        const std::int64_t i = position(axis, at[axis], k[axis]);
                        inside &= i >= 0 && i < in[axis];
                        pixel = pixel * in[axis] + i;
                    }
                    if (inside) visit(pixel);
                }
    }
    /// Calls visit(output pixel's coordinates).
    template <class Visit>
    void each_output(Visit visit) const {
        Sizes at{};
        for (at[0] = 0; at[0] < out[0]; ++at[0])
            for (at[1] = 0; at[1] < out[1]; ++at[1])
                for (at[2] = 0; at[2] < out[2]; ++at[2]) visit(at);
    }
    /// Calls visit(kernel element, first output pixel, its input pixel, count) for each stretch of `count` output pixels of a row whose
    /// input pixels, stride[2] apart, lie inside of the input.
    template <class Visit>
    void each_stretch(Visit visit) const {
        Sizes k{};
        std::int64_t element = 0;
        for (k[0] = 0; k[0] < kernel[0]; ++k[0])
            for (k[1] = 0; k[1] < kernel[1]; ++k[1])
                for (k[2] = 0; k[2] < kernel[2]; ++k[2], ++element)
                    for (std::int64_t d = 0; d < out[0]; ++d)
                        for (std::int64_t r = 0; r < out[1]; ++r) {
                            const std::int64_t plane = position(0, d, k[0]), row = position(1, r, k[1]);
                            if (plane < 0 || plane >= in[0] || row < 0 || row >= in[1]) continue;
                            std::int64_t first = 0, last = out[2];
                            while (first < last && position(2, first, k[2]) < 0) ++first;
                            while (first < last && position(2, last - 1, k[2]) >= in[2]) --last;
                            if (first < last) visit(element, (d * out[1] + r) * out[2] + first, (plane * in[1] + row) * in[2] + position(2, first, k[2]), last - first);
                        }
    }
    auto out_dims(std::int64_t batch, std::int64_t channels, int axes) const -> Dims {
        Dims dims{batch, channels};
        dims.insert(dims.end(), out.end() - axes, out.end());
        return dims;
    }
};

/// Strides, dilations and explicit padding; the output's size is left to the operator.
auto read_geometry(const Node& node, const Dims& kernel) -> Geometry {
    const Array& x = node.input(0);
    const auto axes = static_cast<std::size_t>(std::max(0, x.rank() - 2));
    if (axes == 0 || kernel.size() != axes) fail(Exit::bad_input, "has a kernel of ", kernel.size(), " axes on an input of ", x.rank(), "; the model is wrong");
    Geometry g;
    g.in = spatial(Dims(x.dims.begin() + 2, x.dims.end()), 1);
    g.kernel = spatial(kernel, 1);
    g.stride = spatial(node.integers("strides", Dims(axes, 1)), 1);
    g.dilation = spatial(node.integers("dilations", Dims(axes, 1)), 1);
    const Dims pads = node.integers("pads", Dims(2 * axes, 0));
    if (pads.size() != 2 * axes) fail(Exit::bad_input, "has ", pads.size(), " pads for ", axes, " axes; the model is wrong");
    g.before = spatial(Dims(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes)), 0);
    g.after = spatial(Dims(pads.begin() + static_cast<std::ptrdiff_t>(axes), pads.end()), 0);
    for (std::size_t axis = 0; axis < 3; ++axis)
        if (g.stride[axis] < 1 || g.dilation[axis] < 1 || g.kernel[axis] < 1) fail(Exit::bad_input, "has a stride, dilation or kernel below 1; the model is wrong");
    return g;
}

/// out = (in + pads - extent) / stride + 1, rounded down, or up where `ceil` and the last window begins inside of input or front
/// padding; auto_pad replaces the pads.  Source: ONNX Conv-11, MaxPool-12.
void move_window(const Node& node, Geometry& g, bool ceil) {
    const std::string automatic = node.string("auto_pad", "NOTSET");
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::int64_t extent = g.extent(axis), stride = g.stride[axis];
        if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
            g.out[axis] = (g.in[axis] + stride - 1) / stride;
            const std::int64_t pad = std::max<std::int64_t>(0, (g.out[axis] - 1) * stride + extent - g.in[axis]);
            g.before[axis] = automatic == "SAME_UPPER" ? pad / 2 : pad - pad / 2;
            g.after[axis] = pad - g.before[axis];
            continue;
        }
        if (automatic == "VALID") g.before[axis] = g.after[axis] = 0;
        const std::int64_t room = g.in[axis] + g.before[axis] + g.after[axis] - extent;
        if (room < 0) fail(Exit::bad_input, "has a kernel larger than its padded input; the model is wrong");
        g.out[axis] = room / stride + 1;
        if (ceil && room % stride != 0 && g.out[axis] * stride < g.in[axis] + g.before[axis]) ++g.out[axis];
    }
}

/// y(n,o,p) = b(o) + sum over i, k of x(n, i, p * stride - pad + k * dilation) w(o, i, k).
auto convolution(const Node& node) -> Outputs {
    const Array &x = node.input(0), &w = node.input(1);
    if (w.rank() != x.rank() || x.rank() < 3) fail(Exit::bad_input, "has weights of ", w.rank(), " axes for an input of ", x.rank(), "; the model is wrong");
    node.attributes.ignore("kernel_shape");
    Geometry g = read_geometry(node, Dims(w.dims.begin() + 2, w.dims.end()));
    move_window(node, g, false);
    const std::int64_t groups = node.integer("group", 1), outs = w.size(0), ins = w.size(1), pixels = product(g.in), elements = product(g.kernel), area = product(g.out);
    if (groups < 1 || outs % groups != 0 || ins * groups != x.size(1)) fail(Exit::bad_input, "has groups that do not divide its channels; the model is wrong");
    Array y(g.out_dims(x.size(0), outs, x.rank() - 2));
    for (std::int64_t n = 0; n < x.size(0); ++n)
        for (std::int64_t o = 0; o < outs; ++o) {
            double* const out = y.values.data() + (n * outs + o) * area;
            std::fill_n(out, area, node.has(2) ? node.input(2).values.at(static_cast<std::size_t>(o)) : 0.0);
            for (std::int64_t i = 0; i < ins; ++i) {
                const double* const plane = x.values.data() + (n * x.size(1) + o / (outs / groups) * ins + i) * pixels;
                const double* const weights = w.values.data() + (o * ins + i) * elements;
                g.each_stretch([&](std::int64_t element, std::int64_t to, std::int64_t from, std::int64_t count) {
                    for (std::int64_t k = 0; k < count; ++k) out[to + k] += plane[from + k * g.stride[2]] * weights[element];
                });
            }
        }
    return {std::move(y)};
}

/// The transpose of the convolution's matrix: each input pixel adds its kernel to the output.  Source: ONNX ConvTranspose-11.
auto transposed_convolution(const Node& node) -> Outputs {
    const Array &x = node.input(0), &w = node.input(1);
    if (w.rank() != x.rank() || x.rank() < 3) fail(Exit::bad_input, "has weights of ", w.rank(), " axes for an input of ", x.rank(), "; the model is wrong");
    node.attributes.ignore("kernel_shape");
    const int axes = x.rank() - 2;
    Geometry small = read_geometry(node, Dims(w.dims.begin() + 2, w.dims.end()));
    const Sizes extra = spatial(node.integers("output_padding", Dims(static_cast<std::size_t>(axes), 0)), 0);
    const Dims wanted_list = node.integers("output_shape", {});
    const std::string automatic = node.string("auto_pad", "NOTSET");
    const bool given = !wanted_list.empty();
    const Sizes wanted = given ? spatial(Dims(wanted_list.end() - std::min<std::ptrdiff_t>(axes, std::ssize(wanted_list)), wanted_list.end()), 1) : Sizes{};
    Sizes out{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::int64_t whole = small.stride[axis] * (small.in[axis] - 1) + extra[axis] + small.extent(axis);
        const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
        if (automatic == "VALID") small.before[axis] = small.after[axis] = 0;
        if (given || same) {
            out[axis] = given ? wanted[axis] : small.in[axis] * small.stride[axis];
            const std::int64_t pad = std::max<std::int64_t>(0, whole - out[axis]);
            small.before[axis] = automatic == "SAME_UPPER" ? pad / 2 : pad - pad / 2;
        } else {
            out[axis] = whole - small.before[axis] - small.after[axis];
        }
    }
    // The convolution that this transposes: from the large map to the small one.
    Geometry g = small;
    g.in = out;
    g.out = small.in;
    const std::int64_t groups = node.integer("group", 1), ins = w.size(0), outs = w.size(1), elements = product(g.kernel), area = product(g.out), pixels = product(g.in);
    if (groups < 1 || ins % groups != 0 || ins != x.size(1)) fail(Exit::bad_input, "has groups that do not divide its channels; the model is wrong");
    Dims dims{x.size(0), outs * groups};
    dims.insert(dims.end(), out.end() - axes, out.end());
    Array y(dims);
    for (std::int64_t n = 0; n < x.size(0); ++n)
        for (std::int64_t i = 0; i < ins; ++i)
            for (std::int64_t o = 0; o < outs; ++o) {
                const double* const from = x.values.data() + (n * ins + i) * area;
                const double* const weights = w.values.data() + (i * outs + o) * elements;
                double* const to = y.values.data() + (n * outs * groups + i / (ins / groups) * outs + o) * pixels;
                g.each_stretch([&](std::int64_t element, std::int64_t small_pixel, std::int64_t large_pixel, std::int64_t count) {
                    for (std::int64_t k = 0; k < count; ++k) to[large_pixel + k * g.stride[2]] += from[small_pixel + k] * weights[element];
                });
            }
    if (node.has(2))
        for (std::int64_t k = 0; k < y.count(); ++k) y[k] += node.input(2).values.at(static_cast<std::size_t>(k / pixels % y.size(1)));
    return {std::move(y)};
}

/// Calls pool(plane, geometry, output pixel) for every plane and pixel.
template <class Pool>
auto pool_planes(const Array& x, const Geometry& g, Pool pool) -> Outputs {
    Array y(g.out_dims(x.size(0), x.size(1), x.rank() - 2));
    double* out = y.values.data();
    const std::int64_t area = product(g.in);
    for (std::int64_t plane = 0; plane < x.size(0) * x.size(1); ++plane)
        g.each_output([&](const Sizes& at) { *out++ = pool(x.values.data() + plane * area, at); });
    return {std::move(y)};
}

/// The maxima, and where in the whole tensor they stand; storage_order 1 counts the pixels of a map column by column.
auto max_pool(const Node& node) -> Outputs {
    Geometry g = read_geometry(node, node.integers("kernel_shape", {}));
    const bool by_columns = node.integer("storage_order", 0) != 0;
    move_window(node, g, node.integer("ceil_mode", 0) != 0);
    Outputs made = pool_planes(node.input(), g, [&](const double* plane, const Sizes& at) {
        double largest = -std::numeric_limits<double>::infinity();
        g.cover(at, [&](std::int64_t pixel) { largest = std::isnan(plane[pixel]) ? plane[pixel] : std::max(largest, plane[pixel]); });
        return largest;
    });
    Outputs positions = pool_planes(node.input(), g, [&](const double* plane, const Sizes& at) {
        std::int64_t best = -1;
        g.cover(at, [&](std::int64_t pixel) { best = best < 0 || plane[pixel] > plane[best] ? pixel : best; });
        if (by_columns) best = best % g.in[2] * g.in[1] + best / g.in[2];
        return static_cast<double>(plane - node.input().values.data() + best);
    });
    made.push_back(std::move(positions.front()));
    made.back().is_integer = true;
    return made;
}

/// The mean over what lies in the input, or in the padded input where count_include_pad; what a rounded-up last window covers
/// beyond the padding never counts.
auto average_pool(const Node& node) -> Outputs {
    Geometry g = read_geometry(node, node.integers("kernel_shape", {}));
    const bool padding_counts = node.integer("count_include_pad", 0) != 0;
    move_window(node, g, node.integer("ceil_mode", 0) != 0);
    return pool_planes(node.input(), g, [&](const double* plane, const Sizes& at) {
        double sum = 0;
        std::int64_t covered = 0, padded = 1;
        g.cover(at, [&](std::int64_t pixel) { sum += plane[pixel], ++covered; });
        for (std::size_t axis = 0; axis < 3; ++axis) {
            std::int64_t inside = 0;
            for (std::int64_t k = 0; k < g.kernel[axis]; ++k) {
                const std::int64_t i = g.position(axis, at[axis], k);
                inside += i >= -g.before[axis] && i < g.in[axis] + g.after[axis] ? 1 : 0;
            }
            padded *= inside;
        }
        return sum / static_cast<double>(padding_counts ? padded : covered);
    });
}

auto global_pool(bool largest) -> Operator {
    return [largest](const Node& node) -> Outputs {
        const Array& x = node.input();
        if (x.rank() < 3) fail(Exit::bad_input, "pools an input of ", x.rank(), " axes; the model is wrong");
        Dims dims(x.dims.size(), 1);
        dims[0] = x.size(0), dims[1] = x.size(1);
        Array y(dims);
        const std::int64_t area = x.count(2, x.rank());
        for (std::int64_t plane = 0; plane < y.count(); ++plane) {
            double value = x[plane * area];
            for (std::int64_t i = 1; i < area; ++i) value = largest ? std::max(value, x[plane * area + i]) : value + x[plane * area + i];
            y[plane] = largest ? value : value / static_cast<double>(area);
        }
        return {std::move(y)};
    };
}

}  // namespace

void add_windows(OperatorTable& table) {
    table["Conv"] = convolution;
    table["ConvTranspose"] = transposed_convolution;
    table["MaxPool"] = max_pool;
    table["AveragePool"] = average_pool;
    table["GlobalAveragePool"] = global_pool(false);
    table["GlobalMaxPool"] = global_pool(true);
}

}  // namespace mdl::tool::interpreter
