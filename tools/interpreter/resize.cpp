// mdl: resizing in the reference interpreter, one axis after the other.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

/// How Resize-19 finds an output element's place and neighbours.
struct Rule {
    std::string mode{}, coordinates{}, nearest{};
    double cubic = -0.75;
    bool exclude_outside = false;
    double start = 0, end = 1, outside = 0;  ///< tf_crop_and_resize: the part of the axis, and what lies outside of the image

    /// x_original of output i; `scale`: out / in, or as given.
    auto place(std::int64_t i, double scale, std::int64_t in, std::int64_t out) const -> double {
        const auto x = static_cast<double>(i);
        const double length = scale * static_cast<double>(in);
        if (coordinates == "half_pixel") return (x + 0.5) / scale - 0.5;
        if (coordinates == "pytorch_half_pixel") return out > 1 ? (x + 0.5) / scale - 0.5 : 0;
        if (coordinates == "align_corners") return out > 1 ? x * static_cast<double>(in - 1) / (length - 1) : 0;
        if (coordinates == "asymmetric") return x / scale;
        if (coordinates == "tf_half_pixel_for_nn") return (x + 0.5) / scale;
        if (coordinates == "tf_crop_and_resize") {
            const auto last = static_cast<double>(in - 1);
            return out > 1 ? start * last + x * (end - start) * last / static_cast<double>(out - 1) : 0.5 * (start + end) * last;
        }
        fail(Exit::bad_input, "has the coordinates '", coordinates, "', which the reference interpreter does not know");
    }
    auto rounded(double x) const -> std::int64_t {
        if (nearest == "floor") return static_cast<std::int64_t>(std::floor(x));
        if (nearest == "ceil") return static_cast<std::int64_t>(std::ceil(x));
        const bool tie = x - std::floor(x) == 0.5;
        if (tie) return static_cast<std::int64_t>(nearest == "round_prefer_ceil" ? std::ceil(x) : std::floor(x));
        return static_cast<std::int64_t>(std::round(x));
    }
    /// Weight of a neighbour at distance d.
    auto weight(double d) const -> double {
        d = std::abs(d);
        if (mode == "linear" || mode == "bilinear") return std::max(0.0, 1 - d);
        if (d <= 1) return (cubic + 2) * d * d * d - (cubic + 3) * d * d + 1;
        return d < 2 ? cubic * d * d * d - 5 * cubic * d * d + 8 * cubic * d - 4 * cubic : 0;
    }
};

auto resize_axis(const Array& x, int axis, std::int64_t out, double scale, const Rule& rule) -> Array {
    Dims dims = x.dims;
    dims[static_cast<std::size_t>(axis)] = out;
    Array y(dims, x.is_integer);
    const std::int64_t in = x.size(axis), outer = x.count(0, axis), inner = x.count(axis + 1, x.rank());
    const auto add = [&](std::int64_t i, std::int64_t from, double weight) {
        from = std::clamp<std::int64_t>(from, 0, in - 1);
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t k = 0; k < inner; ++k) y[(o * out + i) * inner + k] += weight * x[(o * in + from) * inner + k];
    };
    for (std::int64_t i = 0; i < out; ++i) {
        const double place = rule.place(i, scale, in, out);
        if (rule.coordinates == "tf_crop_and_resize" && !(place >= 0 && place <= static_cast<double>(in - 1))) {
            for (std::int64_t o = 0; o < outer; ++o) std::fill_n(y.values.begin() + (o * out + i) * inner, inner, rule.outside);
            continue;
        }
        if (rule.mode == "nearest") {
            add(i, rule.rounded(place), 1);
            continue;
        }
        const auto below = static_cast<std::int64_t>(std::floor(place));
        double sum = 0;
        const auto counts = [&](std::int64_t k) { return !rule.exclude_outside || (k >= 0 && k < in); };
        for (std::int64_t k = below - 1; k <= below + 2; ++k)
            if (counts(k)) sum += rule.weight(place - static_cast<double>(k));
        for (std::int64_t k = below - 1; k <= below + 2; ++k)
            if (counts(k)) add(i, k, rule.weight(place - static_cast<double>(k)) / (rule.exclude_outside ? sum : 1));
    }
    return y;
}

auto resize(const Node& node) -> Outputs {
    Array x = node.input();
    Rule rule;
    rule.mode = node.string("mode", "nearest");
    const bool old = node.proto.op_type() == "Upsample" || node.opset < 11;
    rule.coordinates = old ? "asymmetric" : node.string("coordinate_transformation_mode", "half_pixel");
    rule.nearest = old ? "floor" : node.string("nearest_mode", "round_prefer_floor");
    rule.cubic = node.real("cubic_coeff_a", -0.75);
    rule.exclude_outside = node.integer("exclude_outside", 0) != 0;
    rule.outside = node.real("extrapolation_value", 0);
    for (const char* name : {"antialias", "keep_aspect_ratio_policy"}) node.attributes.ignore(name);
    const bool crops = rule.coordinates == "tf_crop_and_resize";
    const std::size_t scales_at = old ? 1 : 2;
    std::vector<double> scales;
    if (node.has(scales_at)) scales = node.input(scales_at).values;
    if (const auto* given = node.attributes.find("scales")) scales.assign(given->floats().begin(), given->floats().end());
    const Dims sizes = node.has(3) ? node.integers(std::size_t{3}) : Dims{};
    Dims axes(x.dims.size());
    for (std::size_t k = 0; k < axes.size(); ++k) axes[k] = static_cast<std::int64_t>(k);
    axes = node.integers("axes", axes);
    if ((sizes.empty() ? scales.size() : sizes.size()) != axes.size()) fail(Exit::bad_input, "has another number of factors or sizes than of axes; the model is wrong");
    for (std::size_t k = 0; k < axes.size(); ++k) {
        const int axis = node.axis(axes[k], x.rank());
        const auto in = static_cast<double>(x.size(axis));
        const std::int64_t out = sizes.empty() ? static_cast<std::int64_t>(std::floor(in * scales[k])) : sizes[k];
        const double scale = sizes.empty() ? scales[k] : static_cast<double>(out) / in;
        if (out < 1) fail(Exit::bad_input, "resizes to nothing; the model is wrong");
        if (crops) rule.start = node.input(1).values.at(k), rule.end = node.input(1).values.at(k + axes.size());
        if (scale != 1 || crops) x = resize_axis(x, axis, out, scale, rule);
    }
    return {std::move(x)};
}

}  // namespace

void add_resizing(OperatorTable& table) { table["Resize"] = table["Upsample"] = resize; }

}  // namespace mdl::tool::interpreter
