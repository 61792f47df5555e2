// mdl: which pixels, with which weights, make a pixel of a resized image.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <mdl/base/config.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Up to four elements of an axis and their weights; indices lie inside of the axis.
struct ResamplingTaps {
    int count = 1;
    int index[4]{};
    double weight[4]{1, 0, 0, 0};
};

/// Where output index i lies on the input's axis; the formulas stand beside Coordinates. `factor`: out / in, or as given; `length`: in
/// times a given factor, which may have a fraction that out has not, or out.
inline auto resampled_coordinate(Coordinates coordinates, int i, int in, int out, double factor, double length) noexcept -> double {
    switch (coordinates) {
        case Coordinates::half_pixel: return (i + 0.5) / factor - 0.5;
        case Coordinates::pytorch_half_pixel: return out > 1 ? (i + 0.5) / factor - 0.5 : 0;
        case Coordinates::align_corners: return out > 1 ? i * (in - 1.0) / (length - 1) : 0;
        case Coordinates::asymmetric: return i / factor;
        case Coordinates::half_pixel_nearest: return (i + 0.5) / factor;
    }
    return 0;
}

/// Weight of an element at distance d in a cubic whose outer pieces have slope a.  Source: Keys 1981, equation 15.
inline auto cubic_weight(double d, double a) noexcept -> double {
    const double x = std::fabs(d);
    return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/// The taps of output index i. `given`: the factor that the operator names, or 0.
inline auto resampled_taps(const Resampling& how, double cubic, int i, int in, int out, float given) noexcept -> ResamplingTaps {
    const double factor = given > 0 ? static_cast<double>(given) : static_cast<double>(out) / in;
    const double x = resampled_coordinate(how.coordinates, i, in, out, factor, given > 0 ? factor * in : out);
    const auto inside = [in](int index) { return index < 0 ? 0 : index >= in ? in - 1 : index; };
    ResamplingTaps taps;
    if (how.interpolation == Interpolation::nearest) {
        const double chosen = how.rounding == Rounding::floor          ? std::floor(x)
                              : how.rounding == Rounding::ceil         ? std::ceil(x)
                              : how.rounding == Rounding::prefer_floor ? std::ceil(x - 0.5)
                                                                       : std::floor(x + 0.5);
        taps.index[0] = inside(static_cast<int>(chosen));
        return taps;
    }
    const bool is_cubic = how.interpolation == Interpolation::cubic;
    taps.count = is_cubic ? 4 : 2;
    const double below = std::floor(x), rest = x - below;
    const int first = static_cast<int>(below) - (is_cubic ? 1 : 0);
    double sum = 0;
    for (int k = 0; k < taps.count; ++k) {
        const int index = first + k;
        taps.weight[k] = is_cubic ? cubic_weight(rest + 1 - k, cubic) : k == 0 ? 1 - rest : rest;
        if (how.exclude_outside && index != inside(index)) taps.weight[k] = 0;
        taps.index[k] = inside(index);
        sum += taps.weight[k];
    }
    if (how.exclude_outside)
        for (int k = 0; k < taps.count; ++k) taps.weight[k] /= sum;
    return taps;
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl
