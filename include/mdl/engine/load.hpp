// mdl: packs a network's weights, pulling one tensor at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <span>

#include <mdl/base/aligned_buffer.hpp>
#include <mdl/engine/packing.hpp>
#include <mdl/weights/tensor_source.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

/// Multiplies the affine maps of a job into (scale, shift), one number a channel each: y = a (scale x + shift) + b.
/// A batch norm is a = gamma / sqrt(variance + epsilon), b = beta - mean a.  Source: Jacob et al. 2018, section 3.2.
template <weights::TensorSource Source>
[[gnu::cold]] auto compose_affine(Source& source, std::span<const AffineJob> maps, std::span<const Shape> shapes, float* scale, float* shift,
                    std::span<double> first, std::span<double> second) noexcept -> Result<void> {
    for (const AffineJob& map : maps) {
        const auto pull = [&](int k) {
            const int number = map.first_weight + k;
            return source.tensor(number, shapes[static_cast<std::size_t>(number)]);
        };
        {
            const auto tensor = pull(0);
            if (!tensor) return tensor.error();
            for (std::size_t c = 0; c < tensor->size(); ++c) first[c] = static_cast<double>((*tensor)[c]), second[c] = 0;
        }
        if (map.batch_norm || map.bias) {
            const auto tensor = pull(1);
            if (!tensor) return tensor.error();
            for (std::size_t c = 0; c < tensor->size(); ++c) second[c] = static_cast<double>((*tensor)[c]);
        }
        const std::size_t channels = static_cast<std::size_t>(shapes[static_cast<std::size_t>(map.first_weight)].count());
        if (map.batch_norm) {
            // Variance before mean: a must be known before it multiplies the mean.
            const auto variance = pull(3);
            if (!variance) return variance.error();
            for (std::size_t c = 0; c < channels; ++c) first[c] /= std::sqrt(static_cast<double>((*variance)[c]) + static_cast<double>(map.epsilon));
            const auto mean = pull(2);
            if (!mean) return mean.error();
            for (std::size_t c = 0; c < channels; ++c) second[c] -= static_cast<double>((*mean)[c]) * first[c];
        }
        for (std::size_t c = 0; c < channels; ++c) {
            scale[c] = static_cast<float>(scale[c] * first[c]);
            shift[c] = static_cast<float>(shift[c] * first[c] + second[c]);
        }
    }
    return {};
}

/// Packs everything that `jobs` says into `packed`, which is all zero. `order`: see channel_orders.
template <weights::TensorSource Source>
[[gnu::cold]] auto pack_all(Source& source, std::span<const PackJob> jobs, const AffineJob* affine, std::span<const Shape> shapes, int most_channels,
              const std::int16_t* order, float* packed) noexcept -> Result<void> {
    const auto channels = static_cast<std::size_t>(most_channels);
    auto memory = AlignedBuffer::create(channels * (2 * sizeof(float) + 2 * sizeof(double)));
    if (!memory) return memory.error();
    const std::span<double> first(reinterpret_cast<double*>(memory->data()), channels), second(first.data() + channels, channels);
    float* const scale = reinterpret_cast<float*>(second.data() + channels);
    float* const shift = scale + channels;
    const auto pull = [&](int number) { return source.tensor(number, shapes[static_cast<std::size_t>(number)]); };
    for (const PackJob& job : jobs) {
        const std::span folded(affine + job.folded, static_cast<std::size_t>(job.folded_count));
        const std::span prologue(affine + job.prologue, static_cast<std::size_t>(job.prologue_count));
        if (job.affine || job.prologue_count > 0) {
            float* const a = packed + job.place.scale;
            float* const b = packed + job.place.shift;
            for (int c = 0; c < job.geometry.in_channels; ++c) a[c] = 1;
            if (const auto done = compose_affine(source, job.affine ? folded : prologue, shapes, a, b, first, second); !done) return done.error();
        }
        if (job.slope >= 0) {
            const auto slope = pull(job.slope);
            if (!slope) return slope.error();
            for (std::size_t c = 0; c < slope->size(); ++c) packed[static_cast<std::size_t>(job.place.slope) + c] = (*slope)[c];
        }
        if (job.pack == nullptr) continue;
        for (std::size_t c = 0; c < channels; ++c) scale[c] = 1, shift[c] = 0;
        if (job.bias >= 0) {
            const auto bias = pull(job.bias);
            if (!bias) return bias.error();
            for (std::size_t c = 0; c < bias->size(); ++c) shift[c] = (*bias)[c];
        }
        if (const auto done = compose_affine(source, folded, shapes, scale, shift, first, second); !done) return done.error();
        const auto weight = pull(job.weight);
        if (!weight) return weight.error();
        job.pack(job.geometry, {job.image, job.order >= 0 ? order + job.order : nullptr}, *weight, scale, shift, packed + job.place.weights);
    }
    return {};
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
