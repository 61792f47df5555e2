// mdl: Model<Net>, a network's weights, loaded once and shared by all threads.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <mdl/base/aligned_buffer.hpp>
#include <mdl/base/result.hpp>
#include <mdl/engine/load.hpp>
#include <mdl/engine/network.hpp>
#include <mdl/weights/mapped_source.hpp>
#include <mdl/weights/reader.hpp>

namespace mdl {
inline namespace MDL_ISA {

/// The packed weights of network type Net. Immutable: any number of contexts on any number of threads may run from it.
template <class Net, class O = Options<>>
class Model {
    static_assert(engine::checked<Net>);

public:
    /// Maps the file, checks that it is this network's, packs it tensor by tensor, unmaps it.
    /// Errors: cannot_open, not_a_weights_file, unsupported_version, truncated, corrupt, wrong_network, missing_tensor, wrong_tensor,
    /// unsupported_encoding, out_of_memory.
    static auto load(const char* path) noexcept -> Result<Model> {
        auto source = weights::MappedSource::open(path);
        if (!source) return source.error();
        return load_from(*source);
    }

    /// The same from a weights file in memory (embedded in the app, say), which is not needed afterwards.
    static auto load(std::span<const std::byte> file) noexcept -> Result<Model> {
        const auto opened = weights::File::open(file);
        if (!opened) return opened.error();
        weights::FileSource source(*opened);
        return load_from(source);
    }

    /// The same from any source of tensors that has `check_network`.
    template <weights::TensorSource Source>
    static auto load_from(Source& source) noexcept -> Result<Model> {
        // A constant: called at run time, the name's function would be a symbol outside our namespace.
        static constexpr std::string_view name = network_name<Net>();
        if (const auto same = source.check_network(fingerprint<Net>, name); !same) return same.error();
        auto packed = AlignedBuffer::create(std::max<std::size_t>(weight_bytes<Net, O>, 64));
        if (!packed) return packed.error();
        static constexpr auto& all = engine::packing<Net, O>;
        static constexpr auto jobs = [] {
            std::array<engine::PackJob, static_cast<std::size_t>(all.job_count)> result{};
            for (std::size_t i = 0; i < result.size(); ++i) result[i] = all.jobs[i];
            return result;
        }();
        static constexpr auto affine = [] {
            std::array<engine::AffineJob, static_cast<std::size_t>(all.affine_count + 1)> result{};
            for (std::size_t i = 0; i < result.size(); ++i) result[i] = all.affine[i];
            return result;
        }();
        const auto floats = packed->template as<float>();
        std::fill(floats.begin(), floats.end(), 0.0f);
        const auto done = engine::pack_all(source, jobs, affine.data(), engine::weight_shapes<Net>, all.most_channels, engine::channel_orders<Net, O>.data(), floats.data());
        if (!done) return done.error();
        return Model(std::move(*packed));
    }

    auto packed_weights() const noexcept -> const float* { return reinterpret_cast<const float*>(weights_.data()); }

private:
    explicit Model(AlignedBuffer weights) noexcept : weights_(std::move(weights)) {}

    AlignedBuffer weights_;
};

}  // namespace MDL_ISA
}  // namespace mdl
