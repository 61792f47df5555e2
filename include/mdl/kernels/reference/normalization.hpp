// mdl: reference batch, layer and group norm, scale and local response normalisation.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// y = (x - mean(c)) / sqrt(variance(c) + epsilon) * gamma(c) + beta(c); channels on axis 1.  Source: ONNX BatchNormalization-15.
inline void batch_norm(const Operation& op, const Shape& shape, const float* x, const float* gamma, const float* beta,
                       const float* mean, const float* variance, float* y) noexcept {
    const std::int64_t plane = count_of(shape, 2, shape.rank);
    for (int n = 0; n < shape[0]; ++n)
        for (int c = 0; c < shape[1]; ++c) {
            const double factor = static_cast<double>(gamma[c]) /
                                  std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(op.epsilon));
            for (std::int64_t i = 0; i < plane; ++i, ++x, ++y) {
                const double centred = static_cast<double>(*x) - static_cast<double>(mean[c]);
                *y = static_cast<float>(centred * factor + static_cast<double>(beta[c]));
            }
        }
}

/// 1 / sqrt(variance + epsilon) and the mean of `count` values.
struct Moments {
    double mean = 0, factor = 0;
    Moments(const float* x, std::int64_t count, float epsilon) noexcept {
        for (std::int64_t i = 0; i < count; ++i) mean += static_cast<double>(x[i]);
        mean /= static_cast<double>(count);
        double sum = 0;
        for (std::int64_t i = 0; i < count; ++i) sum += (static_cast<double>(x[i]) - mean) * (static_cast<double>(x[i]) - mean);
        factor = 1 / std::sqrt(sum / static_cast<double>(count) + static_cast<double>(epsilon));
    }
};

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, over op.axis and all axes behind it; `beta` may be null; y may be x.
/// Source: ONNX LayerNormalization-17.
inline void layer_norm(const Operation& op, const Shape& shape, const float* x, const float* gamma, const float* beta, float* y) noexcept {
    const std::int64_t outer = count_of(shape, 0, op.axis), count = count_of(shape, op.axis, shape.rank);
    for (std::int64_t o = 0; o < outer; ++o, x += count, y += count) {
        const Moments moments(x, count, op.epsilon);
        for (std::int64_t i = 0; i < count; ++i) {
            const double normal = (static_cast<double>(x[i]) - moments.mean) * moments.factor;
            y[i] = static_cast<float>(normal * static_cast<double>(gamma[i]) + (beta != nullptr ? static_cast<double>(beta[i]) : 0.0));
        }
    }
}

/// The same over each group of channels with all their pixels, gamma and beta one a channel; y may be x.  Source: Wu & He 2018.
inline void group_norm(const Operation& op, const Shape& shape, const float* x, const float* gamma, const float* beta, float* y) noexcept {
    const int each = shape[1] / op.groups;
    const std::int64_t plane = count_of(shape, 2, shape.rank), count = each * plane;
    for (int n = 0; n < shape[0]; ++n)
        for (int g = 0; g < op.groups; ++g, x += count, y += count) {
            const Moments moments(x, count, op.epsilon);
            for (std::int64_t i = 0; i < count; ++i) {
                const std::int64_t c = g * each + i / plane;
                y[i] = static_cast<float>((static_cast<double>(x[i]) - moments.mean) * moments.factor * static_cast<double>(gamma[c]) + static_cast<double>(beta[c]));
            }
        }
}

/// y = x * weight(c) + bias(c); channels on axis 1, `bias` may be null.
inline void scale(const Shape& shape, const float* x, const float* weight, const float* bias, float* y) noexcept {
    const std::int64_t plane = count_of(shape, 2, shape.rank);
    for (int n = 0; n < shape[0]; ++n)
        for (int c = 0; c < shape[1]; ++c) {
            const double offset = bias != nullptr ? static_cast<double>(bias[c]) : 0.0;
            for (std::int64_t i = 0; i < plane; ++i, ++x, ++y)
                *y = static_cast<float>(static_cast<double>(*x) * static_cast<double>(weight[c]) + offset);
        }
}

/// y(c) = x(c) / (k + alpha/size * sum x(j)^2)^beta over the `size` channels around c, those that exist: from
/// c - floor((size-1)/2) to c + ceil((size-1)/2).  Source: ONNX LRN-13.
/// within_channel: y = x / (k + alpha/size^2 * sum x^2)^beta over the size x size pixels around, zero outside.  Source: Caffe,
/// where k is 1. Not in place.
inline void lrn(const Operation& op, const Shape& shape, const float* x, float* y) noexcept {
    const int before = (op.size - 1) / 2;
    const int after = op.size - 1 - before;
    const int channels = shape.channels(), height = shape.height(), width = shape.width();
    const std::int64_t plane = std::int64_t{height} * width;
    const double area = op.within_channel ? static_cast<double>(op.size) * op.size : static_cast<double>(op.size);
    const double factor = static_cast<double>(op.alpha) / area;
    const int reach_before = op.within_channel ? 0 : before, reach_after = op.within_channel ? 0 : after;
    const int side_before = op.within_channel ? before : 0, side_after = op.within_channel ? after : 0;
    for (int n = 0; n < shape.batch(); ++n)
        for (int c = 0; c < channels; ++c)
            for (int row = 0; row < height; ++row)
                for (int column = 0; column < width; ++column) {
                    const auto at = [=](int j, int r, int q) {
                        return (std::int64_t{n} * channels + j) * plane + std::int64_t{r} * width + q;
                    };
                    double sum = 0;
                    for (int j = c - reach_before; j <= c + reach_after; ++j)
                        for (int r = row - side_before; r <= row + side_after; ++r)
                            for (int q = column - side_before; q <= column + side_after; ++q) {
                                if (j < 0 || j >= channels || r < 0 || r >= height || q < 0 || q >= width) continue;
                                const double value = static_cast<double>(x[at(j, r, q)]);
                                sum += value * value;
                            }
                    const double divisor = std::pow(static_cast<double>(op.k) + factor * sum, static_cast<double>(op.beta));
                    y[at(c, row, column)] = static_cast<float>(static_cast<double>(x[at(c, row, column)]) / divisor);
                }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
