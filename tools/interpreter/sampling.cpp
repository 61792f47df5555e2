// mdl: operators of the reference interpreter that read an image at given places: GridSample, RoiAlign.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

/// One plane of an image, with what lies outside of it.
struct Plane {
    const double* pixels;
    std::int64_t height, width;
    std::string padding{};
    bool align_corners = false;

    /// Reflection of p between low and high, as often as it takes.
    static auto reflected(double p, double low, double high) -> double {
        if (high <= low) return low;
        const double range = high - low, distance = std::fmod(std::abs(p - low), 2 * range);
        return low + (distance <= range ? distance : 2 * range - distance);
    }
    auto bounded(std::int64_t i, std::int64_t size) const -> std::int64_t {
        if (padding == "border") return std::clamp<std::int64_t>(i, 0, size - 1);
        const double low = align_corners ? 0 : -0.5, high = static_cast<double>(size) - (align_corners ? 1 : 0.5);
        return padding == "reflection" ? static_cast<std::int64_t>(reflected(static_cast<double>(i), low, high)) : i;
    }
    auto at(std::int64_t row, std::int64_t column) const -> double {
        row = bounded(row, height), column = bounded(column, width);
        return row < 0 || row >= height || column < 0 || column >= width ? 0 : pixels[row * width + column];
    }
};

/// Weight of a neighbour at distance d: of the two, or with `cubic` of the four nearest.
auto weight(double d, bool cubic) -> double {
    d = std::abs(d);
    if (!cubic) return std::max(0.0, 1 - d);
    constexpr double a = -0.75;
    if (d <= 1) return (a + 2) * d * d * d - (a + 3) * d * d + 1;
    return d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
}

auto grid_sample(const Node& node) -> Outputs {
    const Array &x = node.input(0), &grid = node.input(1);
    if (x.rank() != 4 || grid.rank() != 4 || grid.size(3) != 2 || grid.size(0) != x.size(0))
        fail(Exit::bad_input, "has a grid that does not fit its image; the model is wrong");
    const std::string mode = node.string("mode", "linear");
    const std::int64_t pixels = grid.size(1) * grid.size(2);
    Plane plane{nullptr, x.size(2), x.size(3), node.string("padding_mode", "zeros"), node.integer("align_corners", 0) != 0};
    const auto place = [&](double p, std::int64_t size) {
        const auto n = static_cast<double>(size);
        const double found = plane.align_corners ? (p + 1) / 2 * (n - 1) : ((p + 1) * n - 1) / 2;
        return std::isnan(found) ? -1e9 : std::clamp(found, -1e9, 1e9);
    };
    Array y(Dims{x.size(0), x.size(1), grid.size(1), grid.size(2)});
    for (std::int64_t i = 0; i < y.count(); ++i) {
        const std::int64_t number = i / pixels / x.size(1) * pixels + i % pixels;
        const double column = place(grid[2 * number], plane.width), row = place(grid[2 * number + 1], plane.height);
        plane.pixels = x.values.data() + i / pixels * plane.height * plane.width;
        if (mode == "nearest") {
            y[i] = plane.at(static_cast<std::int64_t>(std::nearbyint(row)), static_cast<std::int64_t>(std::nearbyint(column)));
            continue;
        }
        const bool cubic = mode == "cubic" || mode == "bicubic";
        const auto top = static_cast<std::int64_t>(std::floor(row)), left = static_cast<std::int64_t>(std::floor(column));
        for (std::int64_t r = top - 1; r <= top + 2; ++r)
            for (std::int64_t c = left - 1; c <= left + 2; ++c)
                y[i] += weight(row - static_cast<double>(r), cubic) * weight(column - static_cast<double>(c), cubic) * plane.at(r, c);
    }
    return {std::move(y)};
}

/// An image's value between its pixels; 0 from one pixel outside of it on, the nearest pixel's up to there.
auto between(const Plane& plane, double row, double column) -> double {
    const auto height = static_cast<double>(plane.height), width = static_cast<double>(plane.width);
    if (row < -1 || row > height || column < -1 || column > width) return 0;
    row = std::clamp(row, 0.0, height - 1), column = std::clamp(column, 0.0, width - 1);
    const auto top = static_cast<std::int64_t>(row), left = static_cast<std::int64_t>(column);
    double sum = 0;
    for (std::int64_t r = top; r <= top + 1; ++r)
        for (std::int64_t c = left; c <= left + 1; ++c)
            sum += weight(row - static_cast<double>(r), false) * weight(column - static_cast<double>(c), false) * plane.at(r, c);
    return sum;
}

auto roi_align(const Node& node) -> Outputs {
    const Array &x = node.input(0), &regions = node.input(1);
    if (x.rank() != 4 || regions.rank() != 2 || regions.size(1) != 4)
        fail(Exit::bad_input, "has regions that are no boxes; the model is wrong");
    if (node.string("mode", "avg") != "avg")
        fail(Exit::bad_input, "takes the maximum of its samples, which the reference interpreter does not know");
    const bool half = node.string("coordinate_transformation_mode", node.opset < 16 ? "output_half_pixel" : "half_pixel") == "half_pixel";
    const double scale = node.real("spatial_scale", 1), shift = half ? 0.5 : 0;
    const std::int64_t height = node.integer("output_height", 1), width = node.integer("output_width", 1),
                       ratio = node.integer("sampling_ratio", 0);
    Array y(Dims{regions.size(0), x.size(1), height, width});
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) {
        const auto edge = [&](std::int64_t k) { return regions[at[0] * 4 + k] * scale - shift; };
        const double left = edge(0), top = edge(1);
        double wide = edge(2) - left, high = edge(3) - top;
        if (!half) wide = std::max(wide, 1.0), high = std::max(high, 1.0);
        wide /= static_cast<double>(width), high /= static_cast<double>(height);
        const auto samples = [&](double cell, std::int64_t most) {
            return ratio > 0 ? ratio : std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(cell)), 0, most);
        };
        const std::int64_t down = samples(high, x.size(2)), across = samples(wide, x.size(3));
        const auto image = static_cast<std::int64_t>(node.has(2) ? node.input(2).values.at(static_cast<std::size_t>(at[0])) : 0);
        if (image < 0 || image >= x.size(0)) fail(Exit::bad_input, "reads image ", image, " of ", x.size(0), "; the model is wrong");
        const Plane plane{x.values.data() + (image * x.size(1) + at[1]) * x.size(2) * x.size(3), x.size(2), x.size(3)};
        double sum = 0;
        for (std::int64_t r = 0; r < down; ++r)
            for (std::int64_t c = 0; c < across; ++c)
                sum +=
                    between(plane, top + high * (static_cast<double>(at[2]) + (static_cast<double>(r) + 0.5) / static_cast<double>(down)),
                            left + wide * (static_cast<double>(at[3]) + (static_cast<double>(c) + 0.5) / static_cast<double>(across)));
        y[i] = down * across == 0 ? 0 : sum / static_cast<double>(down * across);
    }
    return {std::move(y)};
}

}  // namespace

void add_sampling(OperatorTable& table) {
    table["GridSample"] = grid_sample;
    table["RoiAlign"] = roi_align;
}

}  // namespace mdl::tool::interpreter
