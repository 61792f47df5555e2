// mdl: channel blocks for the kernels' tests, written without the kernels' own conversions.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/kernels/reference/activation.hpp>
#include <mdl/kernels/reference/elementwise.hpp>
#include <mdl/tensor/geometry.hpp>

#include <kernels/numbers.hpp>
#include <kernels/windows.hpp>

namespace mdl::test {

/// Exactly as many floats as a kernel may touch, so that the address sanitizer sees every read beyond them.
using Floats = std::vector<float>;

/// [1, C, H, W] in channel blocks; the padding lanes hold numbers that would spoil any sum that read them.
inline auto blocked(const Shape& shape, const Floats& rows) -> Floats {
    const int c = simd::lanes, pixels = shape.height() * shape.width();
    Floats blocks(static_cast<std::size_t>((shape.channels() + c - 1) / c) * static_cast<std::size_t>(pixels * c), 4096.0f);
    for (int channel = 0; channel < shape.channels(); ++channel)
        for (int p = 0; p < pixels; ++p)
            blocks[static_cast<std::size_t>((channel / c * pixels + p) * c + channel % c)] = rows[static_cast<std::size_t>(channel * pixels + p)];
    return blocks;
}

/// Room for blocks, filled with a number that no test expects.
inline auto blocked_room(const Shape& shape) -> Floats { return blocked(shape, room(shape)); }

inline auto unblocked(const Shape& shape, const Floats& blocks) -> Floats {
    const int c = simd::lanes, pixels = shape.height() * shape.width();
    Floats rows(static_cast<std::size_t>(shape.count()));
    for (int channel = 0; channel < shape.channels(); ++channel)
        for (int p = 0; p < pixels; ++p)
            rows[static_cast<std::size_t>(channel * pixels + p)] = blocks[static_cast<std::size_t>((channel / c * pixels + p) * c + channel % c)];
    return rows;
}

/// One number a channel, padded to blocks.
inline auto padded(const Floats& values) -> Floats {
    Floats result(static_cast<std::size_t>(kernels::padded_channels(static_cast<int>(values.size()))), 0.0f);
    for (std::size_t i = 0; i < values.size(); ++i) result[i] = values[i];
    return result;
}

/// Scratch memory aligned to 64 bytes.
class Scratch {
public:
    explicit Scratch(std::size_t bytes) : memory_((bytes + 63) / 64) {}
    auto data() -> std::byte* { return reinterpret_cast<std::byte*>(memory_.data()); }

private:
    struct alignas(64) Line {
        std::byte bytes[64];
    };
    std::vector<Line> memory_;
};

/// Workers that take the indices in turn, last index first: results may depend on neither order nor worker. One type for any number
/// of them, so that a kernel is compiled once for all tests of a file.
struct Workers {
    int workers = 1;

    template <class Body>
    void operator()(int count, const Body& body) const noexcept {
        for (int index = count - 1; index >= 0; --index) body(index, index % workers);
    }
};
inline constexpr Workers one_worker{1}, three_workers{3};

inline constexpr Activation relu{ActivationKind::relu, 0, 0};

/// What the epilogue does to a row-major result: inner activation, residual, outer activation.
inline auto finished(Floats y, const Activation& inner, const Floats& residual = {}, Binary binary = Binary::add, const Activation& outer = {}) -> Floats {
    const auto count = static_cast<std::int64_t>(y.size());
    kernels::reference::activation(inner, count, y.data(), y.data());
    if (residual.empty()) return y;
    const Shape all{static_cast<int>(y.size())};
    kernels::reference::binary(binary, all, all, all, y.data(), residual.data(), y.data());
    kernels::reference::activation(outer, count, y.data(), y.data());
    return y;
}

}  // namespace mdl::test
